#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <cstring>
#include <future>
#include <map>
#include <thread>

#include "egress/tunnel.hpp"
#include "posix/files.hpp"
#include "posix/threads.hpp"

namespace millrace::egress {
namespace {

using base::Code;
using base::fail;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kSweep{100};
// Beyond the connections that a version may have: those whose request is awaited or refused.
constexpr size_t kGreetingMax = 64;

// Somebody serves it, if it can be connected to.
bool is_served(const std::string& path) {
  const posix::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path.data(), path.size());
  return ::connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 ||
         errno == EAGAIN;  // its queue is full
}

base::Result<void> make_room(const std::string& path) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(Code::invalid_argument, "the path of a socket has 1 to 107 bytes", path);
  }
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) return fail(Code::already_exists, "this is not a socket", path);
  if (is_served(path)) return fail(Code::already_exists, "this socket is served already", path);
  ::unlink(path.c_str());
  return {};
}

// Nobody can connect between the two: a bound socket that does not listen yet refuses.
base::Result<void> listen_at(Acceptor& acceptor, const std::string& path) {
  if (auto room = make_room(path); !room) return room;
  error_code error;
  acceptor.open(asio::local::stream_protocol(), error);
  if (!error) acceptor.bind(asio::local::stream_protocol::endpoint(path), error);
  if (error) return fail(Code::unavailable, error.message(), path);
  if (auto taken = posix::make_private(path); !taken) return taken;
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(Code::unavailable, error.message(), path);
  return {};
}

}  // namespace

struct Proxy::Impl {
  Impl(Resolver& resolver, base::Log& log, base::Meter& meter)
      : shared{resolver, log, meter, std::make_shared<Gate>(), {}}, sweeper(context) {
    shared.gate->context = &context;
    work.emplace(context.get_executor());
    sweep();
    thread = posix::named_thread("egress proxy", [this] { serve(); });
  }

  void serve();
  void accept(const std::shared_ptr<Door>& door);
  void admit(const std::shared_ptr<Door>& door, Socket worker);
  void sweep();
  void shut(Door& door);
  // Runs it on the loop and waits for its end.
  void run(std::move_only_function<void()> task);

  asio::io_context context{1};
  Shared shared;
  std::optional<asio::executor_work_guard<Executor>> work;
  asio::steady_timer sweeper;
  std::atomic<size_t> tunnels{0};  // as of the last sweep or change
  std::mutex mutex;                // guards what follows
  std::map<std::string, std::shared_ptr<Door>> doors;
  bool stopped = false;
  std::thread thread;
};

// The one place where what escapes from a step of a tunnel ends; the tunnel goes with its step.
void Proxy::Impl::serve() {
  while (!context.stopped()) {
    try {
      context.run();
    } catch (const std::exception& error) {
      shared.meter.count("egress_exceptions_total", {}, 1);
      shared.log.line(base::Level::error, "egress",
                      "an exception ended a tunnel: " + std::string(error.what()).substr(0, 120));
    }
  }
}

void Proxy::Impl::accept(const std::shared_ptr<Door>& door) {
  door->acceptor.async_accept(
      [this, door](error_code error,
                   asio::local::stream_protocol::socket::rebind_executor<Executor>::other worker) {
        if (!door->is_open) return;
        if (!error) admit(door, Socket(std::move(worker)));
        // Out of descriptors, most likely. The sweep begins again; a loop here would do nothing
        // else.
        if (error) {
          shared.log.line(base::Level::warning, "egress", "cannot accept: " + error.message());
          door->is_paused = true;
          return;
        }
        accept(door);
      });
}

void Proxy::Impl::admit(const std::shared_ptr<Door>& door, Socket worker) {
  const size_t most = static_cast<size_t>(door->limits.connections_max) + kGreetingMax;
  if (door->tunnels.size() >= most) {
    shared.meter.count("egress_refused_total", {{"status", "closed"}}, 1);
    return;
  }
  auto tunnel = std::make_shared<Tunnel>(shared, door, std::move(worker), SteadyClock::now());
  door->tunnels.insert(tunnel);
  tunnel->start();
}

void Proxy::Impl::sweep() {
  sweeper.expires_after(kSweep);
  sweeper.async_wait([this](error_code error) {
    if (error) return;
    std::vector<std::shared_ptr<Door>> all;
    {
      const std::lock_guard lock(mutex);
      for (const auto& [name, door] : doors) all.push_back(door);
    }
    const auto now = SteadyClock::now();
    size_t count = 0;
    for (const auto& door : all) {
      const std::vector<std::shared_ptr<Tunnel>> present(door->tunnels.begin(),
                                                         door->tunnels.end());
      for (const auto& tunnel : present) tunnel->sweep(now);
      count += door->tunnels.size();
      if (std::exchange(door->is_paused, false) && door->is_open) accept(door);
    }
    tunnels = count;
    shared.meter.set("egress_tunnels", {}, static_cast<double>(count));
    sweep();
  });
}

void Proxy::Impl::shut(Door& door) {
  door.is_open = false;
  error_code ignored;
  door.acceptor.close(ignored);
  ::unlink(door.path.c_str());
  const auto present = std::exchange(door.tunnels, {});
  for (const auto& tunnel : present) tunnel->end("closed");
}

void Proxy::Impl::run(std::move_only_function<void()> task) {
  if (std::this_thread::get_id() == thread.get_id()) return task();
  std::promise<void> done;
  asio::post(context, [&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

Proxy::Proxy(Resolver& resolver, base::Log& log, base::Meter& meter)
    : impl_(std::make_unique<Impl>(resolver, log, meter)) {}

Proxy::~Proxy() {
  stop();
}

base::Result<void> Proxy::open(const std::string& name, const std::string& socket_path,
                               const Rules& rules, const ProxyLimits& limits, Observer observer) {
  auto guard = Guard::make(rules);
  if (!guard) return std::unexpected(std::move(guard.error()));
  const std::lock_guard lock(impl_->mutex);
  if (impl_->stopped) return fail(Code::failed_precondition, "the proxy has stopped");
  if (impl_->doors.contains(name)) return fail(Code::already_exists, "is open already", name);
  Acceptor acceptor(impl_->context.get_executor());
  if (auto listening = listen_at(acceptor, socket_path); !listening) return listening;
  auto door = std::make_shared<Door>(Door{name, socket_path, std::move(*guard), limits,
                                          std::move(observer), std::move(acceptor),
                                          Rate(limits.connects_per_second, SteadyClock::now())});
  impl_->doors.emplace(name, door);
  asio::post(impl_->context, [impl = impl_.get(), door] {
    if (door->is_open) impl->accept(door);
  });
  return {};
}

void Proxy::close(const std::string& name) {
  std::shared_ptr<Door> door;
  {
    const std::lock_guard lock(impl_->mutex);
    const auto found = impl_->doors.find(name);
    if (found == impl_->doors.end() || impl_->stopped) return;
    door = std::move(found->second);
    impl_->doors.erase(found);
  }
  impl_->run([&] { impl_->shut(*door); });
}

void Proxy::stop() {
  std::map<std::string, std::shared_ptr<Door>> doors;
  {
    const std::lock_guard lock(impl_->mutex);
    if (std::exchange(impl_->stopped, true)) return;
    doors.swap(impl_->doors);
  }
  impl_->run([&] {
    for (const auto& [name, door] : doors) impl_->shut(*door);
  });
  {
    const std::lock_guard lock(impl_->shared.gate->mutex);
    impl_->shared.gate->context = nullptr;
  }
  impl_->work.reset();
  impl_->context.stop();
  impl_->thread.join();
}

size_t Proxy::connections() const {
  return impl_->tunnels;
}

}  // namespace millrace::egress
