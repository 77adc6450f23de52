// For the tests of `egress`: servers on loopback that behave as written, plain sockets. Nothing
// here waits without a deadline.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <netinet/in.h>
#include <atomic>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>

#include "egress/egress.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/resolver.hpp"

namespace millrace::egress::testing {

constexpr int kPatience_ms = 20'000;

inline Address ip(std::string_view text) {
  const auto address = parse_address(text);
  MILLRACE_CHECK(address.has_value());
  return *address;
}

// One connected stream, either end.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}
  Stream(Stream&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  ~Stream() { close(); }

  static Stream to_path(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, path.data(), path.size());
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return Stream(fd);
    ::close(fd);
    return Stream(-1);
  }
  static Stream to_port(uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return Stream(fd);
    ::close(fd);
    return Stream(-1);
  }

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  // False when the other side takes no more.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  // One read; empty at the end, at an error, or when nothing comes.
  std::string receive(int patience_ms = kPatience_ms) {
    pollfd one{fd_, POLLIN, 0};
    if (::poll(&one, 1, patience_ms) <= 0) return {};
    std::string buffer(64 * 1024, '\0');
    const auto count = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (count <= 0) is_ended_ = true;
    buffer.resize(count > 0 ? static_cast<size_t>(count) : 0);
    return buffer;
  }
  // Everything up to and with `text`, or what there was before the end. What follows is kept.
  std::string receive_until(std::string_view text) {
    for (;;) {
      const auto at = received_.find(text);
      if (at != std::string::npos) {
        std::string taken = received_.substr(0, at + text.size());
        received_.erase(0, at + text.size());
        return taken;
      }
      const std::string more = receive();
      if (more.empty()) return std::exchange(received_, {});
      received_ += more;
    }
  }
  std::string receive_bytes(size_t count) {
    while (received_.size() < count) {
      const std::string more = receive();
      if (more.empty()) return std::exchange(received_, {});
      received_ += more;
    }
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }
  std::string receive_all() {
    for (std::string more = receive(); !more.empty(); more = receive()) received_ += more;
    return std::exchange(received_, {});
  }
  // True when the other side has ended, as seen by a read.
  bool is_ended() const { return is_ended_; }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }
  // Closes so that the other side sees a reset (TCP).
  void reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
  bool is_ended_ = false;
  std::string received_;
};

// Listens on 127.0.0.1, port of the system's choosing; each connection has a thread of its own.
class Server {
 public:
  using Serve =
      std::function<void(Stream& stream, int number)>;  // number of the connection, from 1

  explicit Server(Serve serve) : serve_(std::move(serve)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    MILLRACE_CHECK(::bind(fd_, reinterpret_cast<sockaddr*>(&here), size) == 0);
    MILLRACE_CHECK(::listen(fd_, 2'048) == 0);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&here), &size);
    port = ntohs(here.sin_port);
    thread_ = std::thread([this] { accept_all(); });
  }
  ~Server() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& one : threads_) one.join();
    ::close(fd_);
  }

  std::string authority() const { return "127.0.0.1:" + std::to_string(port); }
  int connections() const { return connections_; }
  // All that came until now, also those that are not accepted yet: they stand before this one's
  // own.
  int connections_so_far() {
    Stream last = Stream::to_port(port);
    sockaddr_in here{};
    socklen_t size = sizeof here;
    ::getsockname(last.fd(), reinterpret_cast<sockaddr*>(&here), &size);
    while (last_peer_port_ != ntohs(here.sin_port)) ::poll(nullptr, 0, 1);
    return connections_ - 1;
  }

  uint16_t port = 0;

 private:
  void accept_all() {
    for (;;) {
      sockaddr_in peer{};
      socklen_t size = sizeof peer;
      const int fd = ::accept4(fd_, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC);
      if (fd < 0) return;
      const int number = ++connections_;
      last_peer_port_ = ntohs(peer.sin_port);
      {
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
      }
      threads_.emplace_back([this, fd, number] {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);  // OpenSSL writes to whoever has gone
        Stream stream(fd);
        serve_(stream, number);
        const std::lock_guard lock(mutex_);
        std::erase(open_, fd);
        stream.close();
      });
    }
  }

  Serve serve_;
  int fd_ = -1;
  std::atomic<int> connections_{0};
  std::atomic<int> last_peer_port_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread thread_;
};

// A server that sends back what it gets, until the other side ends.
inline void echo(Stream& stream, int) {
  for (std::string some = stream.receive(); !some.empty(); some = stream.receive()) {
    if (!stream.send(some)) return;
  }
}

// Waits for it to become true.
template <typename Condition>
bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + milliseconds(kPatience_ms);
  while (std::chrono::steady_clock::now() < until) {
    if (condition()) return true;
    std::this_thread::yield();
    ::poll(nullptr, 0, 1);
  }
  return condition();
}

}  // namespace millrace::egress::testing
