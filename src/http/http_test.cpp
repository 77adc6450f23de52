#include "http/http.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace millrace::http {
namespace {

// A plain blocking TCP client: what goes over the wire is what the test wrote.
class Client {
 public:
  explicit Client(uint16_t port) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
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
class EchoHandler final : public web::Handler {
 public:
  void handle(web::Request request, web::Respond respond) override {
    if (request.path == "/drop") return;
    if (request.path == "/cut") {
      respond({500, {{std::string(kDropConnectionHeader), "1"}}, {}});
      return;
    }
    if (request.path == "/wait") {
      const std::lock_guard lock(mutex_);
      kept_.push_back(std::move(respond));
      changed_.notify_all();
      return;
    }
    if (request.path == "/split") {
      respond({200, {{"X-Value", "a\r\nX-Injected: b"}}, "x"});
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

  EchoHandler handler_;
  std::unique_ptr<IoLanes> lanes_ = IoLanes::make(2);
  std::unique_ptr<Server> server_;
};

constexpr std::string_view kUpgrade =
    "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

// A masked client frame of at most 125 bytes; the mask is zero, so the payload stays readable.
std::string frame(int opcode, std::string_view payload) {
  std::string out;
  out.push_back(static_cast<char>(0x80 | opcode));
  out.push_back(static_cast<char>(0x80 | payload.size()));
  out.append(4, '\0');
  return out.append(payload);
}

TEST_F(HttpServer, KeepsAConnectionAndAnswersPipelinedRequestsInOrder) {
  listen();
  Client client(server_->port());
  client.send(
      "GET /a?x=1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /b%20c HTTP/1.1\r\nHost: h\r\n"
      "Content-Length: 4\r\n\r\nbodyGET /c HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string all = client.read_until("GET /c? ");
  EXPECT_LT(all.find("GET /a?x=1 "), all.find("POST /b c? body"));
  EXPECT_LT(all.find("POST /b c? body"), all.find("GET /c? "));
  EXPECT_NE(all.find("X-Content-Type-Options: nosniff"), std::string::npos);
  EXPECT_NE(all.find("Date: "), std::string::npos);
}

TEST_F(HttpServer, ReadsChunkedBodiesAndContinues) {
  listen();
  Client client(server_->port());
  client.send(
      "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_NE(client.read_until("POST /p? abcde").find("200 OK"), std::string::npos);
  client.forget();
  client.send("POST /q HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_NE(client.read_until("100 Continue\r\n\r\n").find("100 Continue"), std::string::npos);
  client.send("hi");
  EXPECT_NE(client.read_until("POST /q? hi").find("POST /q? hi"), std::string::npos);
}

TEST_F(HttpServer, ClosesForOldClientsAndThoseWhoAskForIt) {
  listen();
  for (const char* text :
       {"GET /x HTTP/1.0\r\n\r\n", "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"}) {
    Client client(server_->port());
    client.send(text);
    EXPECT_NE(client.read_all().find("Connection: close"), std::string::npos);
    EXPECT_TRUE(client.closed);
  }
}

TEST_F(HttpServer, AnswersHeadAndNoContentWithoutABody) {
  listen();
  Client client(server_->port());
  client.send(
      "HEAD /x HTTP/1.1\r\nHost: h\r\n\r\nGET /none HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /end HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string all = client.read_until("GET /end? ");
  EXPECT_EQ(all.find("HEAD /x"), std::string::npos);
  EXPECT_NE(all.find("Content-Length: 9"), std::string::npos);  // "HEAD /x? "
  EXPECT_NE(all.find("204 No Content"), std::string::npos);
}

TEST_F(HttpServer, RefusesWhatIsMalformedOrTooLarge) {
  ServerOptions options;
  options.max_body_bytes = 100;
  options.max_header_bytes = 1'000;
  listen(options);
  const std::pair<std::string, std::string> cases[] = {
      {"nonsense\r\n\r\n", "400"},
      {"GET relative HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET /%ff HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'x'), "413"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2'000, 'x') + "\r\n\r\n", "431"}};
  for (const auto& [text, status] : cases) {
    Client client(server_->port());
    client.send(text);
    EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 " + status)) << text.substr(0, 60);
    EXPECT_TRUE(client.closed);
  }
}

TEST_F(HttpServer, TakesAnswersLateAndFromAnyThread) {
  listen();
  Client client(server_->port());
  client.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  auto respond = handler_.take();
  std::thread([&] { respond(web::json_response(200, "late")); }).join();
  EXPECT_NE(client.read_until("late").find("late"), std::string::npos);
}

TEST_F(HttpServer, SurvivesAnAnswerToAClientThatHasGone) {
  listen();
  std::optional<Client> client(server_->port());
  client->send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  auto respond = handler_.take();
  client.reset();
  respond(web::json_response(200, std::string(1'000'000, 'x')));
  Client next(server_->port());
  next.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(next.read_until("GET /next").find("200 OK"), std::string::npos);
}

TEST_F(HttpServer, AnswersForAHandlerThatForgets) {
  listen();
  Client client(server_->port());
  client.send("GET /drop HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.read_until("}").starts_with("HTTP/1.1 500"));
}

TEST_F(HttpServer, CutsTheConnectionWhenAskedTo) {
  listen();
  Client client(server_->port());
  client.send("GET /cut HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read_all(), "");
  EXPECT_TRUE(client.closed);
}

TEST_F(HttpServer, LetsNoHeaderBeginInsideAValue) {
  listen();
  Client client(server_->port());
  client.send("GET /split HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\nx").find("\r\nX-Injected"), std::string::npos);
}

TEST_F(HttpServer, EndsConnectionsThatOutstayTheirTime) {
  ServerOptions options;
  options.keep_alive_idle = std::chrono::milliseconds(30);
  options.request_read_limit = std::chrono::milliseconds(30);
  options.answer_limit = std::chrono::milliseconds(30);
  listen(options);
  for (const char* text : {"", "GET / HTTP/1.1\r\nHo", "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n"}) {
    Client client(server_->port());
    client.send(text);
    client.read_all();
    EXPECT_TRUE(client.closed) << text;
  }
  handler_.take()(web::json_response(200, "too late"));
}

TEST_F(HttpServer, RefusesMoreConnectionsThanItsLimit) {
  ServerOptions options;
  options.max_connections = 1;
  listen(options);
  Client first(server_->port());
  first.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  first.read_until("GET /a");
  Client second(server_->port());
  second.send("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(second.read_all(), "");
}

TEST_F(HttpServer, SaysWhenItsPortIsTaken) {
  listen();
  ServerOptions options;
  options.port = server_->port();
  const auto second = Server::listen(*lanes_, handler_, options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::Code::unavailable);
  options.address = "nowhere";
  EXPECT_EQ(Server::listen(*lanes_, handler_, options).error().code, base::Code::invalid_argument);
}

TEST_F(HttpServer, DrainLetsRequestsInProgressBeAnswered) {
  listen();
  Client client(server_->port());
  client.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  auto respond = handler_.take();
  EXPECT_FALSE(server_->drain(std::chrono::milliseconds(20)));
  respond(web::json_response(200, "answered"));
  const auto all = client.read_all();
  EXPECT_NE(all.find("answered"), std::string::npos);
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
}

TEST_F(HttpServer, ServesManyConnectionsOverItsLanes) {
  listen();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(std::make_unique<Client>(server_->port()));
  for (auto& client : clients) client->send("GET /many HTTP/1.1\r\nHost: h\r\n\r\n");
  for (auto& client : clients) {
    EXPECT_NE(client->read_until("GET /many").find("200 OK"), std::string::npos);
  }
}

TEST_F(HttpServer, SpeaksWebSocket) {
  listen();
  Client client(server_->port());
  client.send("GET /socket HTTP/1.1\r\n" + std::string(kUpgrade));
  const auto head = client.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 101"));
  EXPECT_NE(head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  EXPECT_NE(head.find("Sec-WebSocket-Protocol: phoenix"), std::string::npos);
  client.send(frame(1, "one") + frame(1, "two"));
  const auto all = client.read_until("echo two");
  EXPECT_LT(all.find("echo one"), all.find("echo two"));
  client.send(frame(9, "ping"));
  client.read_until("ping");
  client.send(frame(1, "bye"));
  EXPECT_NE(client
                .read_until("\x03\xe8"
                            "bye")
                .find("bye"),
            std::string::npos);
}

TEST_F(HttpServer, RefusesAndEndsWebSocketsByTheRules) {
  listen();
  Client refused(server_->port());
  refused.send("GET /refused HTTP/1.1\r\n" + std::string(kUpgrade));
  EXPECT_TRUE(refused.read_until("{}").starts_with("HTTP/1.1 403"));
  const std::pair<std::string, std::string> cases[] = {{frame(2, "binary"), "\x03\xeb"},     // 1003
                                                       {frame(1, "\xff\xfe"), "\x03\xef"},   // 1007
                                                       {frame(3, "reserved"), "\x03\xea"}};  // 1002
  for (const auto& [bytes, code] : cases) {
    Client client(server_->port());
    client.send("GET /socket HTTP/1.1\r\n" + std::string(kUpgrade));
    client.read_until("\r\n\r\n");
    client.forget();
    client.send(bytes);
    EXPECT_NE(client.read_until(code).find(code), std::string::npos);
  }
  Client idle(server_->port());
  idle.send("GET /short HTTP/1.1\r\n" + std::string(kUpgrade));
  EXPECT_NE(idle.read_until("timeout").find("timeout"), std::string::npos);
}

TEST_F(HttpServer, DropsASocketThatDoesNotRead) {
  listen();
  Client client(server_->port());
  client.send("GET /socket HTTP/1.1\r\n" + std::string(kUpgrade));
  client.read_until("\r\n\r\n");
  client.send(frame(1, "flood"));
  client.read_all();
  EXPECT_TRUE(client.closed);
}

TEST_F(HttpServer, TellsSocketsThatItGoesAway) {
  listen();
  Client client(server_->port());
  client.send("GET /socket HTTP/1.1\r\n" + std::string(kUpgrade));
  client.read_until("\r\n\r\n");
  std::thread draining([&] { EXPECT_TRUE(server_->drain(std::chrono::seconds(10))); });
  EXPECT_NE(client.read_until("going away").find("\x03\xe9"), std::string::npos);  // 1001
  client.send(frame(8, "\x03\xe9"));
  draining.join();
}

TEST(HttpLanes, RunTasksOnTheirOwnThreadInOrder) {
  auto lanes = IoLanes::make(2);
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<int> ran;
  for (int i = 0; i < 3; ++i) {
    lanes->run_on(1, [&, i] {
      EXPECT_EQ(lanes->current_lane(), 1u);
      const std::lock_guard lock(mutex);
      ran.push_back(i);
      changed.notify_all();
    });
  }
  lanes->run_after(0, std::chrono::milliseconds(1), [&] {
    lanes->run_on(0, [&] {  // already there: at once
      const std::lock_guard lock(mutex);
      ran.push_back(9);
      changed.notify_all();
    });
  });
  lanes->start();
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ran.size() == 4; });
  std::erase(ran, 9);
  EXPECT_EQ(ran, (std::vector{0, 1, 2}));
  EXPECT_FALSE(lanes->current_lane());
}

TEST_F(HttpServer, IsReachedByTheClient) {
  listen();
  const std::string url = "http://127.0.0.1:" + std::to_string(server_->port());
  FetchRequest request;
  request.method = "PUT";
  request.url = url + "/x";
  request.body = "data";
  const auto answer = fetch(request);
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->body, "PUT /x? data");
  request.max_body_bytes = 3;
  EXPECT_EQ(fetch(request).error().code, base::Code::resource_exhausted);
  request.url = "ftp://127.0.0.1/";
  EXPECT_EQ(fetch(request).error().code, base::Code::invalid_argument);
  request.url = "http://127.0.0.1:1/";
  EXPECT_EQ(fetch(request).error().code, base::Code::unavailable);
}

}  // namespace
}  // namespace millrace::http
