// What one server's connections share: the handler, the options, and per lane the list of live
// connections with the time until which each may go on as it is; and how many each address holds.
#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "http/asio.hpp"
#include "http/peer.hpp"
#include "http/respite.hpp"
#include "http/tls.hpp"

namespace millrace::http {

using SteadyTime = std::chrono::steady_clock::time_point;

// One connection as its lane's sweep sees it. Called on the lane.
class Connection {
 public:
  virtual ~Connection() = default;
  // Its time is over.
  virtual void time_is_over() = 0;
  // The server goes away: finish what is under way and close.
  virtual void go_away() = 0;
  // Something of its own failed: close at once.
  virtual void fail() = 0;

  SteadyTime deadline = SteadyTime::max();
};

struct Shared {
  struct PerLane {
    std::list<Connection*> connections;
    SteadyTime now = std::chrono::steady_clock::now();  // as of the last sweep or request
    std::string date;  // the Date header's value, at most a sweep old
    // What is read lands here before it is looked at, so that a silent connection holds no buffer.
    std::vector<char> scratch = std::vector<char>(kScratchBytes);
    Respite respite;
  };
  static constexpr size_t kScratchBytes = 64 << 10;

  Shared(lanes::IoLanes& the_lanes, web::Handler& the_handler, ServerOptions the_options)
      : lanes(the_lanes), handler(the_handler), options(std::move(the_options)) {
    for (size_t i = 0; i < lanes.count(); ++i) per_lane.push_back(std::make_unique<PerLane>());
  }

  bool is_trusted(const Address& address) const {
    return std::ranges::any_of(trusted, [&](const Network& one) { return one.contains(address); });
  }
  void tell(std::string_view kind, std::string_view sentence) const {
    if (options.notices) options.notices->tell(kind, sentence);
  }
  void tell_exception(std::string_view where) const noexcept {
    if (options.notices) options.notices->tell_exception(where);
  }

  lanes::IoLanes& lanes;
  web::Handler& handler;
  const ServerOptions options;
  std::vector<Network> trusted;
  std::unique_ptr<Certificates> certificates;  // null: plain HTTP
  std::vector<std::unique_ptr<PerLane>> per_lane;
  std::atomic<size_t> connections{0};
  std::atomic<size_t> sockets{0};  // those of `connections` that are web sockets
  std::atomic<bool> draining{false};
  std::mutex mutex;
  std::condition_variable closed_one;
  // Connections by share_name; trusted proxies are not in it. Under `mutex`.
  std::unordered_map<std::string, size_t> by_address;
};

// A connection's claim to be one of those that its address may hold. Thread-safe.
class Claim {
 public:
  // nullptr when there are too many, and then the operator has been told.
  static std::shared_ptr<Claim> make(std::shared_ptr<Shared> shared, const Address& peer);
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  Claim(std::shared_ptr<Shared> shared, std::string name)
      : shared_(std::move(shared)), name_(std::move(name)) {}
  const std::shared_ptr<Shared> shared_;
  const std::string name_;  // "" of a trusted proxy, which may hold as many as there are
};

// Holds a connection's place in its lane's list, from its first moment to its last.
class Place {
 public:
  Place(std::shared_ptr<Shared> shared, size_t lane, Connection& connection,
        std::shared_ptr<Claim> claim)
      : shared_(std::move(shared)), lane_(lane), claim_(std::move(claim)) {
    auto& list = shared_->per_lane[lane]->connections;
    at_ = list.insert(list.end(), &connection);
  }
  ~Place() { shared_->per_lane[lane_]->connections.erase(at_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  Shared& shared() const { return *shared_; }
  const std::shared_ptr<Shared>& shared_pointer() const { return shared_; }
  const std::shared_ptr<Claim>& claim() const { return claim_; }
  Shared::PerLane& lane() const { return *shared_->per_lane[lane_]; }
  size_t lane_index() const { return lane_; }
  // Does what comes next when the connection, which was told to wait for so long, is read again.
  void rest(std::chrono::milliseconds told, base::Task next) const {
    const auto pause = lane().respite.next(std::chrono::steady_clock::now(), told);
    shared_->lanes.run_after(lane_, pause, std::move(next));
  }

 private:
  std::shared_ptr<Shared> shared_;
  const size_t lane_;
  std::shared_ptr<Claim> claim_;
  std::list<Connection*>::iterator at_;
};

// One step of a connection: what escapes from it ends the connection and nothing else.
template <typename Step>
void guarded(const Shared& shared, Connection& connection, Step&& step) noexcept {
  try {
    step();
  } catch (...) {
    shared.tell_exception("connection");
    try {
      connection.fail();
    } catch (...) {
      shared.tell_exception("connection");
    }
  }
}

// Begins the life of a connection that has just been accepted on that lane.
void serve_connection(std::shared_ptr<Shared> shared, size_t lane, tcp::socket socket, Address peer,
                      std::shared_ptr<Claim> claim);

}  // namespace millrace::http
