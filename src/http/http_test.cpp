#include "http/http.hpp"

#include <future>

#include "tests/support/http.hpp"

namespace millrace::http {
namespace {

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
  options.head_read_limit = std::chrono::milliseconds(30);
  options.answer_limit = std::chrono::milliseconds(30);
  listen(options);
  for (const char* text :
       {"", "GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab",
        "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n"}) {
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

TEST_F(HttpServer, ClosesASocketThatLeavesTooMuchUnread) {
  listen();
  Client client(server_->port());
  client.send("GET /socket HTTP/1.1\r\n" + std::string(kUpgrade));
  client.read_until("\r\n\r\n");
  client.send(frame(1, "flood"));
  const std::string farewell = "\x03\xf5too much is unread";  // 1013
  const auto all = client.read_until(farewell);
  EXPECT_LT(all.size(), size_t{1'000'000});  // of the 20 MB that were to be sent
  EXPECT_TRUE(all.ends_with(farewell));
  client.send(frame(8, "\x03\xf5"));
  client.read_all();
  EXPECT_TRUE(client.closed);
  EXPECT_EQ(meter_.value(notices_of("unread")), 1);
}

TEST_F(HttpServer, CutsASocketWhoseFramesAreNotTakenInTime) {
  ServerOptions options;
  options.unsent_limit = std::chrono::milliseconds(100);
  options.max_unsent_socket_bytes = 64 << 20;
  listen(options);
  Client client(server_->port(), nullptr, 4096);
  client.send("GET /socket HTTP/1.1\r\n" + std::string(kUpgrade));
  client.read_until("\r\n\r\n");
  client.send(frame(1, "flood"));
  EXPECT_TRUE(meter_.reaches(notices_of("unread"), 1));
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

TEST_F(HttpServer, OutlivesWhatAHandlerThrows) {
  listen();
  Client client(server_->port());
  client.send("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.read_until("}").starts_with("HTTP/1.1 500"));
  client.send("GET /after HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.read_until("GET /after").find("GET /after"), std::string::npos);
  Client socket(server_->port());
  socket.send("GET /socket HTTP/1.1\r\n" + std::string(kUpgrade));
  socket.read_until("\r\n\r\n");
  socket.send(frame(1, "throw"));
  socket.read_all();
  EXPECT_TRUE(socket.closed);
  EXPECT_EQ(meter_.value(notices_of("exception")), 2);
  EXPECT_EQ(log_.lines().size(), 1u);  // once a kind and minute
  EXPECT_NE(log_.lines().front().find("of a library"), std::string::npos);
}

TEST_F(HttpServer, GivesOneAddressHalfOfWhatTheOthersLeave) {
  ServerOptions options;
  options.max_connections = 8;
  listen(options);
  std::vector<std::unique_ptr<Client>> many;
  for (int i = 0; i < 8; ++i) {
    many.push_back(std::make_unique<Client>(server_->port(), "127.0.0.9"));
    many.back()->send("GET /many HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  int served = 0;
  for (auto& client : many) served += client->read_until("GET /many").empty() ? 0 : 1;
  EXPECT_EQ(served, 4);
  Client other(server_->port());
  other.send("GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(other.read_until("GET /other").find("200 OK"), std::string::npos);
  EXPECT_EQ(meter_.value(notices_of("address-connections")), 4);
  ASSERT_EQ(log_.lines().size(), 1u);
  EXPECT_EQ(log_.lines().front().find("127.0.0.9"), std::string::npos);
  many.clear();
}

TEST_F(HttpServer, BelievesOnlyTrustedProxiesAboutWhoAsks) {
  ServerOptions options;
  options.trusted_proxies = {"127.0.0.8/31"};
  listen(options);
  const auto ask = [&](const char* from, const std::string& headers) {
    Client client(server_->port(), from);
    client.send("GET /peer HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
    const auto answer =
        client.read_until([](const auto& all) { return all.find(" in ") != all.npos; });
    return answer.substr(answer.find("\r\n\r\n") + 4);
  };
  EXPECT_EQ(ask("127.0.0.1", "X-Forwarded-For: 9.9.9.9\r\n"), "127.0.0.1 in 127.0.0.1");
  EXPECT_EQ(ask("127.0.0.9", "X-Forwarded-For: 1.1.1.1, 9.9.9.9\r\n"), "9.9.9.9 in 9.9.9.9");
  EXPECT_EQ(ask("127.0.0.9", "Forwarded: for=\"[2001:db8::7]:80\"\r\n"),
            "2001:db8::7 in 2001:db8::/64");
}

TEST_F(HttpServer, CutsWhoDoesNotReadItsAnswer) {
  ServerOptions options;
  options.unsent_limit = std::chrono::milliseconds(200);
  options.max_body_bytes = 32 << 20;
  listen(options);
  Client client(server_->port(), nullptr, 4096);
  client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 16777216\r\n\r\n" +
              std::string(16 << 20, 'x'));
  EXPECT_TRUE(meter_.reaches(notices_of("unread"), 1));  // nothing is read until then
  EXPECT_LT(client.read_all().size(), size_t{16} << 20);
}

TEST(HttpLanes, OutliveWhatATaskThrows) {
  fakes::KeptLog log;
  fakes::KeptMeter meter;
  auto lanes = lanes::IoLanes::make(1, std::make_shared<lanes::Notices>(log, meter));
  std::promise<void> ran;
  lanes->run_on(0, [] { throw std::length_error("first"); });
  lanes->run_after(0, std::chrono::milliseconds(0), [] { throw 7; });
  lanes->run_after(0, std::chrono::milliseconds(1), [&] { ran.set_value(); });
  lanes->start();
  EXPECT_EQ(ran.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(meter.value("edge_notices_total exception"), 2);
}

TEST(HttpLanes, RunTasksOnTheirOwnThreadInOrder) {
  auto lanes = lanes::IoLanes::make(2);
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
  request.max_body_bytes = 1'000;
  request.method = "GET";
  request.url = url + "/long-headers";
  EXPECT_EQ(fetch(request).error().code, base::Code::resource_exhausted);
  request.url = "ftp://127.0.0.1/";
  EXPECT_EQ(fetch(request).error().code, base::Code::invalid_argument);
  request.url = "http://127.0.0.1:1/";
  EXPECT_EQ(fetch(request).error().code, base::Code::unavailable);
}

}  // namespace
}  // namespace millrace::http
