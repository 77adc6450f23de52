// For the tests of `http`: a client that writes bytes as they are, a handler that echoes, and a
// server with both.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "base/resilience/shares.hpp"
#include "http/http.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/meter.hpp"

namespace millrace::http {

// A plain blocking TCP client: what goes over the wire is what the test wrote.
class Client {
 public:
  explicit Client(uint16_t port, const char* from = nullptr, int receive_bytes = 0) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_bytes > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    }
    if (from != nullptr) {
      sockaddr_in own{};
      own.sin_family = AF_INET;
      ::inet_pton(AF_INET, from, &own.sin_addr);
      ::bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own);
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    connected = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~Client() { ::close(socket_); }

  void send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<size_t>(sent));
    }
  }

  // Reads until `enough` of what has come holds, or the other side closes, or ten seconds.
  std::string read_until(const std::function<bool(const std::string&)>& enough) {
    while (!enough(read_)) {
      pollfd waits{socket_, POLLIN, 0};
      if (::poll(&waits, 1, 10'000) <= 0) break;
      char buffer[4096];
      const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
      if (count <= 0) {
        closed = true;
        break;
      }
      read_.append(buffer, static_cast<size_t>(count));
    }
    return read_;
  }
  std::string read_until(const std::string& text) {
    return read_until([&](const std::string& all) { return all.find(text) != std::string::npos; });
  }
  std::string read_all() {
    return read_until([](const std::string&) { return false; });
  }
  void forget() { read_.clear(); }

  bool connected = false;
  bool closed = false;

 private:
  int socket_ = -1;
  std::string read_;
};

// Keeps the Responds of /wait for the test to answer, and echoes everything else.
// Three pieces, each given by another thread; or two, and then it fails.
class Pieces final : public web::BodySource {
 public:
  explicit Pieces(bool breaks) : breaks_(breaks) {}
  ~Pieces() override {
    if (thread_.joinable()) thread_.join();
  }
  void next(Give give) override {
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([this, give = std::move(give), number = ++given_]() mutable {
      if (number == 3 && breaks_) {
        give(base::fail(base::Code::unavailable, "the disk is away"));
      } else {
        give(number > 3 ? std::string() : "piece " + std::to_string(number) + " ");
      }
    });
  }

 private:
  const bool breaks_;
  int given_ = 0;
  std::thread thread_;
};

class EchoHandler final : public web::Handler {
 public:
  void handle(web::Request request, web::Respond respond) override {
    if (request.path == "/drop") return;
    if (request.path == "/cut") {
      respond({.drops_connection = true});
      return;
    }
    if (request.path == "/wait") {
      const std::lock_guard lock(mutex_);
      kept_.push_back(std::move(respond));
      changed_.notify_all();
      return;
    }
    if (request.path == "/pieces" || request.path == "/broken") {
      web::Response response{200, {}, "first "};
      response.rest = std::make_shared<Pieces>(request.path == "/broken");
      respond(std::move(response));
      return;
    }
    if (request.path == "/throw") throw std::length_error("of a library");
    if (request.path == "/peer") {
      respond(web::json_response(200, request.peer + " in " + request.network));
      return;
    }
    if (request.path == "/long-headers") {
      respond({200, {{"X-A", std::string(40'000, 'a')}, {"X-B", std::string(40'000, 'b')}}, {}});
      return;
    }
    if (request.path == "/split") {
      respond({200, {{"X-Value", "a\r\nX-Injected: b"}}, "x"});
      return;
    }
    if (request.path == "/busy") {
      respond(web::with_retry_after(web::json_response(503, "busy " + request.query), 1));
      return;
    }
    if (request.path == "/none") {
      respond({204, {}, {}});
      return;
    }
    respond(web::json_response(
        200, request.method + " " + request.path + "?" + request.query + " " + request.body));
  }

  web::Respond take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !kept_.empty(); });
    auto respond = std::move(kept_.back());
    kept_.pop_back();
    return respond;
  }

  web::UpgradeAnswer upgrade(const web::Request& request) override {
    if (request.path == "/refused") return web::json_response(403, "{}");
    struct Echo final : web::SocketHandler {
      explicit Echo(EchoHandler& the_owner) : owner(the_owner) {}
      void opened(std::shared_ptr<web::Socket> the_socket) override {
        socket = std::move(the_socket);
        ++owner.opened;
      }
      void received_text(std::string_view text) override {
        if (text == "throw") throw std::length_error("of a library");
        if (text == "flood") {
          for (int i = 0; i < 200; ++i) socket->send_text(std::string(100'000, 'x'));
        } else if (text == "bye") {
          socket->close(1000, "bye");
        } else {
          socket->send_text("echo " + std::string(text));
        }
      }
      void closed() override { ++owner.closed; }
      EchoHandler& owner;
      std::shared_ptr<web::Socket> socket;
    };
    web::SocketAccept accept;
    accept.handler = std::make_shared<Echo>(*this);
    accept.subprotocol = "phoenix";
    accept.idle_timeout_seconds = request.path == "/short" ? 0 : 60;
    return accept;
  }

  std::atomic<int> opened = 0;
  std::atomic<int> closed = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<web::Respond> kept_;
};

class HttpServer : public testing::Test {
 protected:
  void listen(ServerOptions options = {}) {
    options.sweep_every = std::chrono::milliseconds(10);
    options.notices = notices_;
    auto server = Server::listen(*lanes_, handler_, std::move(options));
    ASSERT_TRUE(server) << server.error().describe();
    server_ = std::move(*server);
    lanes_->start();
  }
  void TearDown() override {
    if (server_) EXPECT_TRUE(server_->drain(std::chrono::seconds(10)));
    lanes_->stop();
    EXPECT_EQ(handler_.opened, handler_.closed);
  }

  // How often the edges told of that kind of thing.
  static std::string notices_of(const std::string& kind) { return "edge_notices_total " + kind; }

  fakes::KeptLog log_;
  fakes::KeptMeter meter_;
  std::shared_ptr<lanes::Notices> notices_ = std::make_shared<lanes::Notices>(log_, meter_);
  EchoHandler handler_;
  std::unique_ptr<lanes::IoLanes> lanes_ = lanes::IoLanes::make(2, notices_);
  std::unique_ptr<Server> server_;
};

inline constexpr std::string_view kUpgrade =
    "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

// A masked client frame of at most 125 bytes; the mask is zero, so the payload stays readable.
inline std::string frame(int opcode, std::string_view payload) {
  std::string out;
  out.push_back(static_cast<char>(0x80 | opcode));
  out.push_back(static_cast<char>(0x80 | payload.size()));
  out.append(4, '\0');
  return out.append(payload);
}

}  // namespace millrace::http
