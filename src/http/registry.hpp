// What one server's connections share: the handler, the options, and per lane the list of live
// connections with the time until which each may go on as it is.
#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>

#include "http/asio.hpp"

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

  SteadyTime deadline = SteadyTime::max();
};

struct Shared {
  struct PerLane {
    std::list<Connection*> connections;
    SteadyTime now = std::chrono::steady_clock::now();  // as of the last sweep or request
    std::string date;  // the Date header's value, at most a sweep old
  };

  Shared(IoLanes& the_lanes, web::Handler& the_handler, ServerOptions the_options)
      : lanes(the_lanes), handler(the_handler), options(std::move(the_options)) {
    for (size_t i = 0; i < lanes.count(); ++i) per_lane.push_back(std::make_unique<PerLane>());
  }

  IoLanes& lanes;
  web::Handler& handler;
  const ServerOptions options;
  std::vector<std::unique_ptr<PerLane>> per_lane;
  std::atomic<size_t> connections{0};
  std::atomic<bool> draining{false};
  std::mutex mutex;
  std::condition_variable closed_one;
};

// Holds a connection's place in its lane's list, from its first moment to its last.
class Place {
 public:
  Place(std::shared_ptr<Shared> shared, size_t lane, Connection& connection)
      : shared_(std::move(shared)), lane_(lane) {
    auto& list = shared_->per_lane[lane]->connections;
    at_ = list.insert(list.end(), &connection);
    shared_->connections.fetch_add(1);
  }
  ~Place() {
    shared_->per_lane[lane_]->connections.erase(at_);
    const std::lock_guard lock(shared_->mutex);
    shared_->connections.fetch_sub(1);
    shared_->closed_one.notify_all();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  Shared& shared() const { return *shared_; }
  const std::shared_ptr<Shared>& shared_pointer() const { return shared_; }
  Shared::PerLane& lane() const { return *shared_->per_lane[lane_]; }
  size_t lane_index() const { return lane_; }

 private:
  std::shared_ptr<Shared> shared_;
  const size_t lane_;
  std::list<Connection*>::iterator at_;
};

// Begins the life of a connection that has just been accepted on that lane.
void serve_connection(std::shared_ptr<Shared> shared, size_t lane, tcp::socket socket);

}  // namespace millrace::http
