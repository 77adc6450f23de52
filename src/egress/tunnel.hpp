// The proxy's insides: what listens for one solution version, and one worker's connection through
// it. All of it runs on the proxy's one thread.
#pragma once

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <unordered_set>

#include "egress/connect_request.hpp"
#include "egress/egress.hpp"

namespace millrace::egress {

namespace asio = boost::asio;
using error_code = boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::local::stream_protocol, Executor>;
using Moment = std::chrono::steady_clock::time_point;

class Tunnel;

inline bool is_would_block(const error_code& error) {
  return error == boost::asio::error::would_block || error == boost::asio::error::try_again;
}

// Lets other threads reach the loop for as long as there is one.
struct Gate {
  std::mutex mutex;
  asio::io_context* context = nullptr;

  void post(std::move_only_function<void()> task);
};

// What all tunnels share.
struct Shared {
  Resolver& resolver;
  base::Log& log;
  base::Meter& meter;
  std::shared_ptr<Gate> gate;           // shared with answers of the resolver under way
  std::array<char, 64 * 1024> scratch;  // for one read and the write that follows it
};

// A bucket that fills by so many a second and holds as many.
class Rate {
 public:
  Rate(int per_second, Moment now) : per_second_(per_second), tokens_(per_second), at_(now) {}
  bool take(Moment now);

 private:
  double per_second_;
  double tokens_;
  Moment at_;
};

// Shared by its tunnels, which may outlive its being open by a handler or two.
struct Door {
  std::string name;
  std::string path;
  Guard guard;
  ProxyLimits limits;
  Proxy::Observer observer;
  Acceptor acceptor;
  Rate rate;
  int connected = 0;  // tunnels that got past the limit
  std::unordered_set<std::shared_ptr<Tunnel>> tunnels;
  bool is_open = true;
  bool is_paused = false;  // accepting failed; the next sweep tries again
};

class Tunnel : public std::enable_shared_from_this<Tunnel> {
 public:
  Tunnel(Shared& shared, std::shared_ptr<Door> door, Socket worker, Moment now);
  void start();
  // Looks at the time: whatever has taken too long ends.
  void sweep(Moment now);
  // Closes both sides at once and forgets the tunnel.
  void end(std::string_view outcome);

 private:
  enum class Stage { request, resolve, connect, open, refused, ended };

  // One direction. What could not be written at once waits in `unsent`.
  struct Way {
    std::string unsent;
    int64_t bytes = 0;
    int64_t bytes_max = 0;
    bool is_done = false;  // the source has ended, or the sink takes no more
  };

  void read_request();
  void take_request();
  void decide(ConnectRequest request);
  void resolved(base::Result<std::vector<Address>> found);
  void connect_next();
  void connected(error_code error, size_t attempt);
  void refuse(int status, const std::string& reason);
  void drain();
  void observe(int status, const std::string& reason);

  Socket& source(size_t way) { return way == 0 ? worker_ : outside_; }
  Socket& sink(size_t way) { return way == 0 ? outside_ : worker_; }
  void await_bytes(size_t way);
  void forward(size_t way);
  void write(size_t way, std::string_view bytes);
  void await_room(size_t way);
  void finish(size_t way);
  bool is_worker_gone();

  Shared& shared_;
  std::shared_ptr<Door> door_;
  Socket worker_;
  Socket outside_;
  Stage stage_ = Stage::request;
  Moment began_;
  Moment last_byte_;
  Moment attempt_until_;
  std::string head_;
  ConnectRequest request_;
  std::vector<Address> addresses_;
  size_t attempt_ = 0;       // of addresses_; counts connects begun
  std::array<Way, 2> ways_;  // out of the sandbox, and back
  bool is_counted_ = false;
};

}  // namespace millrace::egress
