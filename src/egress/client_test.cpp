// The client against servers on loopback that behave well, badly, and worse. What matters most is
// that its word about a failed request can be relied on: not_sent means that nobody can have acted
// on it.
#include <gtest/gtest.h>

#include <future>

#include "tests/support/egress_http.hpp"
#include "tests/support/ssrf_corpus.hpp"

namespace millrace::egress {
namespace {

using testing::always;
using testing::eventually;
using testing::ip;
using testing::read_request;
using testing::response;
using testing::Server;
using testing::Stream;
using web::OutboundAnswer;
using web::OutboundRequest;
using Kind = OutboundAnswer::Kind;

std::string url_of(const Server& server, const std::string& target = "/") {
  return "http://" + server.authority() + target;
}

class EgressClient : public ::testing::Test {
 protected:
  // Servers that may be reached have to be there before.
  void make(std::vector<const Server*> servers, ClientOptions options = {}) {
    for (const Server* one : servers) options.rules.internal_allowed.push_back(one->authority());
    auto made = Client::make(std::move(options), resolver, clock, meter);
    ASSERT_TRUE(made) << made.error().describe();
    client = std::move(*made);
  }
  std::future<OutboundAnswer> begin(OutboundRequest request) {
    auto promise = std::make_shared<std::promise<OutboundAnswer>>();
    auto future = promise->get_future();
    client->send(std::move(request),
                 [promise](OutboundAnswer answer) { promise->set_value(std::move(answer)); });
    return future;
  }
  static OutboundAnswer end(std::future<OutboundAnswer> future) {
    if (future.wait_for(milliseconds(testing::kPatience_ms)) != std::future_status::ready) {
      ADD_FAILURE() << "no end of it";
      return {};
    }
    return future.get();
  }
  OutboundAnswer ask(OutboundRequest request) { return end(begin(std::move(request))); }

  fakes::Resolver resolver;
  fakes::Clock clock;
  base::NoMeter meter;
  std::unique_ptr<Client> client;
};

TEST_F(EgressClient, SendsARequestAndGivesBackTheAnswer) {
  std::promise<testing::Received> got;
  Server server([&](Stream& stream, int) {
    got.set_value(read_request(stream));
    stream.send(response(201, "body", "X-One: a\r\nSet-Cookie: b\r\n"));
  });
  make({&server});
  const auto answer = ask({.url = url_of(server, "/path?query=1"),
                           .headers = {{"Authorization", "Bearer k"}, {"X-Empty", ""}},
                           .body = "hello"});
  EXPECT_EQ(answer.kind, Kind::answered);
  EXPECT_EQ(answer.message, "");
  EXPECT_EQ(answer.response.status, 201);
  EXPECT_EQ(answer.response.body, "body");
  ASSERT_EQ(answer.response.headers.size(), 3u);
  EXPECT_EQ(answer.response.headers[0].name, "X-One");
  EXPECT_EQ(answer.response.headers[0].value, "a");
  const testing::Received request = got.get_future().get();
  EXPECT_TRUE(
      request.head.starts_with("POST /path?query=1 HTTP/1.1\r\nHost: " + server.authority()));
  EXPECT_NE(request.head.find("\r\nAuthorization: Bearer k\r\n"), std::string::npos);
  EXPECT_NE(request.head.find("\r\nX-Empty:"), std::string::npos);
  EXPECT_EQ(request.head.find("Content-Type"), std::string::npos);
  EXPECT_EQ(request.head.find("Expect"), std::string::npos);
  EXPECT_EQ(request.body, "hello");
}

TEST_F(EgressClient, SendsEveryMethodAsItIs) {
  Server server([](Stream& stream, int) {
    while (const auto request = read_request(stream)) {
      const std::string method = request.head.substr(0, request.head.find(' '));
      stream.send(response(200, method == "HEAD" ? "" : method + ":" + request.body));
    }
  });
  make({&server});
  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(ask({.method = method, .url = url_of(server)}).response.body, method + ":");
    EXPECT_EQ(ask({.method = method, .url = url_of(server), .body = "x"}).response.body,
              method + ":x");
  }
  EXPECT_EQ(ask({.method = "HEAD", .url = url_of(server)}).response.status, 200);
  EXPECT_EQ(server.connections(), 1) << "one connection is kept for all of them";
}

TEST_F(EgressClient, ConnectsToNoneOfTheWaysInside) {
  Server server([](Stream&, int) {});
  make({}, {.rules = {.allowed = {"*:*"}}});
  const std::string port = ":" + std::to_string(server.port);
  for (const testing::Attack& attack : testing::attacks()) {
    if (attack.host.find('#') != attack.host.npos) continue;  // in a URL the host ends there
    const auto host = parse_host(attack.host);
    if (host && !attack.answers.empty()) {
      std::vector<Address> addresses;
      for (const auto one : attack.answers) addresses.push_back(ip(one));
      resolver.set(host->name, {addresses});
    }
    const auto answer = ask({.url = "http://" + std::string(attack.host) + port + "/"});
    EXPECT_EQ(answer.kind, Kind::refused) << attack.host << " -> " << answer.message;
  }
  for (const std::string url : {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/",
                                "dict://127.0.0.1/", "ldap://127.0.0.1/", "unix:/run/x", ""}) {
    EXPECT_EQ(ask({.url = url}).kind, Kind::refused) << url;
  }
  EXPECT_EQ(server.connections_so_far(), 0);
}

TEST_F(EgressClient, FollowsNoRedirectInside) {
  Server inside([](Stream&, int) {});
  std::string to;
  Server server([&](Stream& stream, int) {
    while (read_request(stream)) stream.send(response(307, "", "Location: " + to + "\r\n"));
  });
  make({&server}, {.rules = {.allowed = {"*:*"}}});
  const std::string port = ":" + std::to_string(inside.port);
  resolver.set("evil.example", {{ip("127.0.0.1")}});
  for (const std::string& target : std::vector<std::string>{
           "http://127.0.0.1" + port, "http://[::1]" + port, "http://2130706433" + port,
           "//127.0.0.1" + port, "http://evil.example" + port, "http://169.254.169.254/latest/",
           "http://user@127.0.0.1" + port, "http://[::ffff:127.0.0.1]" + port, "file:///etc/passwd",
           "gopher://127.0.0.1" + port, "http://127.1" + port}) {
    to = target;
    const auto answer = ask({.url = url_of(server), .redirects_max = 5});
    EXPECT_EQ(answer.kind, Kind::refused) << target << " -> " << answer.message;
  }
  EXPECT_EQ(inside.connections_so_far(), 0);
}

TEST_F(EgressClient, ConnectsToTheAddressThatWasCheckedThoughTheNameMovesOn) {
  Server server(always(response(200, "ok", "Connection: close\r\n")));
  const std::string port = ":" + std::to_string(server.port);
  resolver.set("rebinding.example", {{ip("127.0.0.1")}, {ip("169.254.169.254")}});
  make({}, {.rules = {.allowed = {"*"}, .internal_allowed = {"rebinding.example" + port}}});
  const std::string url = "http://rebinding.example" + port + "/";
  EXPECT_EQ(ask({.url = url}).response.body, "ok");
  EXPECT_EQ(resolver.asked(), 1);
  EXPECT_EQ(ask({.url = url}).kind, Kind::refused);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(EgressClient, RefusesHeadersAndMethodsThatWouldSayAnotherThing) {
  Server server(always(response(200, "")));
  make({&server});
  for (const web::Header& header : std::vector<web::Header>{{"Host", "other.example"},
                                                            {"content-length", "5"},
                                                            {"Transfer-Encoding", "chunked"},
                                                            {"Connection", "close"},
                                                            {"X-A", "b\r\nX-C: d"},
                                                            {"X A", "b"},
                                                            {"", "b"},
                                                            {"X-A\r\nX-B", "c"},
                                                            {"X-A", std::string("b\0c", 3)},
                                                            {"Proxy-Authorization", "x"}}) {
    EXPECT_EQ(ask({.url = url_of(server), .headers = {header}}).kind, Kind::refused) << header.name;
  }
  for (const std::string method : {"CONNECT", "TRACE", "", "GET /x", "G\r\n"}) {
    EXPECT_EQ(ask({.method = method, .url = url_of(server)}).kind, Kind::refused) << method;
  }
  EXPECT_EQ(server.connections_so_far(), 0);
}

TEST_F(EgressClient, SaysNotSentWhenThereIsNoConnection) {
  std::string url;
  {
    const Server gone([](Stream&, int) {});
    url = url_of(gone);
    make({&gone});
  }
  EXPECT_EQ(ask({.url = url}).kind, Kind::not_sent);
  EXPECT_EQ(ask({.url = "http://nobody.example/"}).kind, Kind::not_sent);
  resolver.hold("slow.example");
  const auto late = ask({.url = "http://slow.example/", .deadline = milliseconds(50)});
  EXPECT_EQ(late.kind, Kind::not_sent);
  EXPECT_EQ(late.message, "http://slow.example:80: no connection in time");
}

TEST_F(EgressClient, SaysUnknownWhenTheServerReadsTheRequestAndSaysNothing) {
  std::atomic<int> requests = 0;
  Server server([&](Stream& stream, int) {
    if (read_request(stream)) ++requests;
    stream.reset();
  });
  make({&server});
  EXPECT_EQ(ask({.url = url_of(server), .body = "x"}).kind, Kind::unknown);
  EXPECT_EQ(requests, 1);
}

TEST_F(EgressClient, SendsNothingTwiceWhenAKeptConnectionEndsWithoutAnAnswer) {
  std::atomic<int> requests = 0;
  Server server([&](Stream& stream, int number) {
    if (read_request(stream)) ++requests;
    stream.send(response(200, "first"));
    if (read_request(stream)) ++requests;
    if (number > 1) stream.send(response(200, "again"));
  });
  make({&server});
  EXPECT_EQ(ask({.url = url_of(server), .body = "x"}).response.body, "first");
  // The server takes the second on the kept connection, and closes.
  const auto lost = ask({.url = url_of(server), .body = "x"});
  EXPECT_EQ(lost.kind, Kind::unknown) << lost.response.status;
  EXPECT_EQ(requests, 2);
}

TEST_F(EgressClient, AsksAgainWhenAKeptConnectionEndsAndAskingIsSafe) {
  Server server([&](Stream& stream, int) {
    read_request(stream);
    stream.send(response(200, "fine"));
    read_request(stream);
  });
  make({&server});
  EXPECT_EQ(ask({.method = "GET", .url = url_of(server)}).response.body, "fine");
  EXPECT_EQ(ask({.method = "GET", .url = url_of(server)}).response.body, "fine");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(EgressClient, TakesAFreshConnectionWhenTheServerClosedTheKeptOne) {
  std::atomic<int> closed = 0;
  Server server([&](Stream& stream, int) {
    read_request(stream);
    stream.send(response(200, "ok"));
    stream.close();
    ++closed;
  });
  make({&server});
  for (int i = 1; i <= 20; ++i) {
    ASSERT_TRUE(eventually([&] { return closed == i - 1; }));
    const auto answer = ask({.url = url_of(server), .body = "x"});
    EXPECT_EQ(answer.kind, Kind::answered) << answer.message;
  }
}

TEST_F(EgressClient, KeepsToTheDeadlineWhateverStalls) {
  Server silent([](Stream& stream, int) { stream.receive_all(); });
  Server slow([](Stream& stream, int) {
    read_request(stream);
    stream.send("HTTP/1.1 200 OK\r\n");
    while (stream.send("X: y\r\n")) ::poll(nullptr, 0, 5);
  });
  Server stalled([](Stream& stream, int) {
    read_request(stream);
    stream.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    stream.receive_all();
  });
  make({&silent, &slow, &stalled});
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::future<OutboundAnswer>> all;
  for (const Server* one : {&silent, &slow, &stalled}) {
    all.push_back(begin({.url = url_of(*one), .body = "x", .deadline = milliseconds(700)}));
  }
  for (auto& one : all) EXPECT_EQ(end(std::move(one)).kind, Kind::unknown);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST_F(EgressClient, AcceptsNoAnswerBeyondItsSize) {
  Server big(always(response(200, std::string(100'001, 'x'))));
  Server headers([](Stream& stream, int) {
    read_request(stream);
    stream.send("HTTP/1.1 200 OK\r\n");
    while (stream.send("X: " + std::string(1'000, 'y') + "\r\n")) {
    }
  });
  Server endless([](Stream& stream, int) {
    read_request(stream);
    stream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (stream.send("3e8\r\n" + std::string(1'000, 'y') + "\r\n")) {
    }
  });
  make({&big, &headers, &endless});
  EXPECT_EQ(ask({.url = url_of(big), .answer_bytes_max = 100'001}).kind, Kind::answered);
  for (const Server* one : {&big, &headers, &endless}) {
    const auto answer = ask({.url = url_of(*one), .answer_bytes_max = 100'000});
    EXPECT_EQ(answer.kind, Kind::unknown);
    EXPECT_TRUE(answer.message.ends_with("the answer is larger than is accepted"))
        << answer.message;
  }
}

TEST_F(EgressClient, TakesOddAnswersForWhatTheyAre) {
  Server html(always(response(413, "<html>too large</html>", "Content-Type: text/html\r\n")));
  Server empty(always(response(503, "")));
  Server interim(
      always("HTTP/1.1 102 Processing\r\nX-Interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
             "Link: x\r\n\r\n" +
             response(200, "final", "X-Final: 1\r\n")));
  Server redirect(always(response(302, "", "Location: /elsewhere\r\n")));
  make({&html, &empty, &interim, &redirect});
  EXPECT_EQ(ask({.url = url_of(html), .body = "x"}).response.status, 413);
  EXPECT_EQ(ask({.url = url_of(html), .body = "x"}).response.body, "<html>too large</html>");
  const auto nothing = ask({.url = url_of(empty)});
  EXPECT_EQ(nothing.kind, Kind::answered);
  EXPECT_EQ(nothing.response.status, 503);
  EXPECT_EQ(nothing.response.body, "");
  const auto last = ask({.url = url_of(interim)});
  EXPECT_EQ(last.response.status, 200);
  EXPECT_EQ(last.response.body, "final");
  ASSERT_EQ(last.response.headers.size(), 2u);
  EXPECT_EQ(last.response.headers[0].name, "X-Final");
  EXPECT_EQ(ask({.url = url_of(redirect)}).response.status, 302);
}

TEST_F(EgressClient, TakesAnAnswerThatComesBeforeAllWasSent) {
  Server server([](Stream& stream, int) {
    stream.receive_until("\r\n\r\n");
    stream.send(response(413, "too large", "Connection: close\r\n"));
    stream.end_sending();
    stream.receive_all();
  });
  make({&server});
  const auto answer = ask({.url = url_of(server), .body = std::string(8 << 20, 'x')});
  EXPECT_EQ(answer.kind, Kind::answered) << answer.message;
  EXPECT_EQ(answer.response.status, 413);
}

TEST_F(EgressClient, SaysUnknownAboutGarbageAndHalfAnAnswer) {
  Server garbage([](Stream& stream, int) {
    read_request(stream);
    stream.send("this is not HTTP\r\n\r\n");
  });
  Server half([](Stream& stream, int) {
    read_request(stream);
    stream.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
  });
  make({&garbage, &half});
  EXPECT_EQ(ask({.url = url_of(garbage)}).kind, Kind::unknown);
  EXPECT_EQ(ask({.url = url_of(half)}).kind, Kind::unknown);
}

TEST_F(EgressClient, LeavesCredentialsBehindWhenItIsSentToAnotherHost) {
  std::promise<testing::Received> got;
  Server elsewhere([&](Stream& stream, int) {
    got.set_value(read_request(stream));
    stream.send(response(200, "there"));
  });
  Server server([&](Stream& stream, int) {
    while (const auto request = read_request(stream)) {
      const bool again = request.head.starts_with("POST /first");
      const bool kept = request.head.find("Authorization: Bearer k") != std::string::npos;
      EXPECT_TRUE(kept);
      stream.send(response(again ? 308 : 307, "",
                           "Location: " + (again ? "/second" : url_of(elsewhere)) + "\r\n"));
    }
  });
  make({&server, &elsewhere});
  const auto answer = ask({.url = url_of(server, "/first"),
                           .headers = {{"Authorization", "Bearer k"},
                                       {"Cookie", "c"},
                                       {"X-Api-Key", "secret"},
                                       {"Content-Type", "application/json"}},
                           .body = "{}",
                           .redirects_max = 3});
  EXPECT_EQ(answer.response.body, "there");
  const auto request = got.get_future().get();
  EXPECT_TRUE(request.head.starts_with("POST / HTTP/1.1\r\n"));
  EXPECT_EQ(request.body, "{}");
  for (const char* secret : {"Bearer", "Cookie", "secret"}) {
    EXPECT_EQ(request.head.find(secret), std::string::npos) << secret;
  }
  EXPECT_NE(request.head.find("application/json"), std::string::npos);
}

TEST_F(EgressClient, TurnsAPostIntoAGetWhereTheAnswerIsElsewhere) {
  Server server([](Stream& stream, int) {
    while (const auto request = read_request(stream)) {
      if (request.head.starts_with("GET /result ")) {
        stream.send(response(200, "got:" + request.body));
      } else {
        stream.send(response(303, "", "Location: result\r\n"));
      }
    }
  });
  make({&server});
  EXPECT_EQ(ask({.url = url_of(server), .body = "x", .redirects_max = 1}).response.body, "got:");
}

TEST_F(EgressClient, GivesBackTheRedirectWhenThereHaveBeenEnough) {
  Server server(always(response(302, "", "Location: /again\r\n")));
  make({&server});
  const auto answer = ask({.method = "GET", .url = url_of(server), .redirects_max = 5});
  EXPECT_EQ(answer.kind, Kind::answered);
  EXPECT_EQ(answer.response.status, 302);
}

TEST_F(EgressClient, RunsNoMoreOfAHostAtOnceThanItMay) {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  Server server([&](Stream& stream, int) {
    while (read_request(stream)) {
      const int here = ++now;
      for (int seen = most; here > seen && !most.compare_exchange_weak(seen, here);) {
      }
      ::poll(nullptr, 0, 2);
      --now;
      stream.send(response(200, ""));
    }
  });
  make({&server}, {.running_per_host_max = 3});
  std::vector<std::future<OutboundAnswer>> all;
  for (int i = 0; i < 60; ++i) all.push_back(begin({.url = url_of(server), .body = "x"}));
  for (auto& one : all) EXPECT_EQ(end(std::move(one)).kind, Kind::answered);
  EXPECT_EQ(most, 3);
  EXPECT_LE(server.connections(), 4);
}

TEST_F(EgressClient, StopsAskingAHostThatKeepsFailing) {
  Server failing(always(response(500, "")));
  Server fine(always(response(200, "")));
  make({&failing, &fine}, {.breaker = {.calls_min = 5, .open_ms = 5'000}});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask({.url = url_of(failing)}).kind, Kind::answered);
  const auto refused = ask({.url = url_of(failing)});
  EXPECT_EQ(refused.kind, Kind::refused);
  EXPECT_EQ(refused.message,
            failing.authority() + " keeps failing; the next attempt is made in 5 s");
  EXPECT_EQ(ask({.url = url_of(fine)}).kind, Kind::answered);
  clock.ms += 5'001;
  EXPECT_EQ(ask({.url = url_of(failing)}).kind, Kind::answered);
  EXPECT_EQ(ask({.url = url_of(failing)}).kind, Kind::refused);
}

TEST_F(EgressClient, KeepsNoMoreThanItsShareOfMemory) {
  Server server(always(response(200, "")));
  make({&server}, {.waiting_bytes_max = 1'000});
  const auto answer = ask({.url = url_of(server), .body = std::string(1'001, 'x')});
  EXPECT_EQ(answer.kind, Kind::not_sent);
  EXPECT_EQ(answer.message, "too much is waiting to be sent");
  EXPECT_EQ(ask({.url = url_of(server), .body = std::string(1'000, 'x')}).kind, Kind::answered);
}

TEST_F(EgressClient, SaysNotSentWhenTheUpstreamProxyMakesNoTunnel) {
  std::promise<std::string> seen;
  Server upstream([&](Stream& stream, int) {
    seen.set_value(read_request(stream).head);
    stream.send(response(403, "not here"));
  });
  make({}, {.upstream_proxy = "http://" + upstream.authority()});
  const auto answer = ask(
      {.url = "https://api.example/x", .headers = {{"Authorization", "Bearer k"}}, .body = "body"});
  EXPECT_EQ(answer.kind, Kind::not_sent) << answer.message;
  const std::string head = seen.get_future().get();
  EXPECT_TRUE(head.starts_with("CONNECT api.example:443 HTTP/1.1\r\n")) << head;
  EXPECT_EQ(head.find("Bearer"), std::string::npos) << "the credential is not the proxy's";
}

TEST_F(EgressClient, AnswersEverybodyWhenItStops) {
  Server server([](Stream& stream, int) { stream.receive_all(); });
  make({&server}, {.running_per_host_max = 2});
  std::vector<std::future<OutboundAnswer>> all;
  for (int i = 0; i < 10; ++i) all.push_back(begin({.url = url_of(server), .body = "x"}));
  resolver.hold("slow.example");
  all.push_back(begin({.url = "http://slow.example/"}));
  ASSERT_TRUE(eventually([&] { return server.connections() == 2; }));
  client->stop();
  int not_sent = 0;
  for (auto& one : all) not_sent += end(std::move(one)).kind == Kind::not_sent ? 1 : 0;
  EXPECT_GE(not_sent, 9);
  EXPECT_EQ(ask({.url = url_of(server)}).kind, Kind::not_sent);
}

TEST_F(EgressClient, SaysNothingOfPathsQueriesAndCredentialsInItsMessages) {
  Server server([](Stream& stream, int) {
    read_request(stream);
    stream.reset();
  });
  make({&server});
  const std::string secret = "s3cret";
  for (const std::string& url : std::vector<std::string>{
           url_of(server, "/" + secret + "?key=" + secret), "http://nobody.example/" + secret,
           "http://u:" + secret + "@a.example/", "http://10.0.0.1/" + secret,
           "http://a.example/ " + secret, "ftp://a.example/" + secret}) {
    const auto answer = ask({.url = url, .headers = {{"Authorization", secret}}, .body = secret});
    EXPECT_NE(answer.kind, Kind::answered);
    EXPECT_EQ(answer.message.find(secret), std::string::npos) << answer.message;
    EXPECT_NE(answer.message, "");
  }
}

TEST_F(EgressClient, GoesThroughAnUpstreamProxyExceptToWhatIsInternal) {
  Server inside(always(response(200, "inside")));
  std::promise<std::string> seen;
  Server upstream([&](Stream& stream, int) {
    seen.set_value(read_request(stream).head);
    stream.send(response(200, "by proxy"));
  });
  make({&inside}, {.upstream_proxy = "http://" + upstream.authority()});
  EXPECT_EQ(ask({.url = url_of(inside)}).response.body, "inside");
  EXPECT_EQ(ask({.method = "GET", .url = "http://api.example/x"}).response.body, "by proxy");
  EXPECT_TRUE(seen.get_future().get().starts_with("GET http://api.example"));
  EXPECT_EQ(resolver.asked(), 0);
  EXPECT_EQ(ask({.url = "http://10.0.0.1/"}).kind, Kind::refused);
  EXPECT_EQ(upstream.connections(), 1);
}

// Whatever a server does with a connection, at random.
class Faults {
 public:
  explicit Faults(uint32_t seed) : random_(seed) {}

  void serve(Stream& stream, int) {
    for (;;) {
      const uint32_t chance = next();
      if (chance % 16 == 0) return stream.reset();  // before anything was read
      const auto request = read_request(stream);
      if (!request) return;
      {
        const std::lock_guard lock(mutex_);
        ++acted_on_[request.body];
      }
      switch (chance / 16 % 12) {
        case 0: return stream.reset();
        case 1: return;
        case 2: stream.send("HTTP/1.1 200 OK\r\nContent-Le"); return stream.reset();
        case 3: stream.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"); return;
        case 4: stream.send("nonsense\r\n\r\n"); return;
        case 5: stream.send(response(503, "")); return stream.reset();
        case 6: stream.send(response(413, "<html>", "Connection: close\r\n")); return;
        case 7: stream.send(response(200, "last")); return;
        default: stream.send(response(200, "ok"));
      }
    }
  }
  std::map<std::string, int> acted_on() {
    const std::lock_guard lock(mutex_);
    return acted_on_;
  }

 private:
  uint32_t next() {
    const std::lock_guard lock(mutex_);
    return random_ = random_ * 1'664'525 + 1'013'904'223, random_ >> 8;
  }

  std::mutex mutex_;
  uint32_t random_;
  std::map<std::string, int> acted_on_;
};

TEST_F(EgressClient, KeepsItsWordUnderRandomFaults) {
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    Faults faults(seed);
    Server server([&](Stream& stream, int number) { faults.serve(stream, number); });
    make({&server}, {.running_per_host_max = 8, .breaker = {.calls_min = 1'000'000}});
    std::vector<std::future<OutboundAnswer>> all;
    for (int i = 0; i < 500; ++i) {
      all.push_back(begin({.url = url_of(server), .body = "request " + std::to_string(i)}));
    }
    std::vector<OutboundAnswer> answers;
    for (auto& one : all) answers.push_back(end(std::move(one)));
    client.reset();
    auto acted_on = faults.acted_on();
    std::map<Kind, int> kinds;
    for (size_t i = 0; i < answers.size(); ++i) {
      const int times = acted_on["request " + std::to_string(i)];
      ++kinds[answers[i].kind];
      EXPECT_LE(times, 1) << "seed " << seed << ", request " << i;
      if (answers[i].kind == Kind::answered) EXPECT_EQ(times, 1) << "seed " << seed << ", " << i;
      if (answers[i].kind == Kind::not_sent) EXPECT_EQ(times, 0) << "seed " << seed << ", " << i;
    }
    EXPECT_GT(kinds[Kind::answered], 100);
    EXPECT_GT(kinds[Kind::unknown], 50);
    EXPECT_EQ(kinds[Kind::refused], 0);
  }
}

class EgressTls : public EgressClient {
 protected:
  OutboundAnswer ask_tls(const testing::Identity& served, const testing::Identity& trusted,
                         const std::string& name) {
    Server server(testing::serve_tls(served));
    const std::string at = name + ":" + std::to_string(server.port);
    resolver.set(name, {{ip("127.0.0.1")}});
    make({}, {.rules = {.allowed = {"*"}, .internal_allowed = {at}},
              .ca_file = testing::write_pem(trusted, folder.path / "ca.pem")});
    auto answer = ask({.url = "https://" + at + "/", .body = "x"});
    client.reset();
    return answer;
  }

  fakes::Folder folder;
  testing::Identity authority = testing::issue("Test Authority", nullptr, true);
};

TEST_F(EgressTls, TrustsACertificateOfTheAuthorityForTheHost) {
  const auto answer =
      ask_tls(testing::issue("good.example", &authority, false), authority, "good.example");
  EXPECT_EQ(answer.kind, Kind::answered) << answer.message;
  EXPECT_EQ(answer.response.body, "secure");
}

TEST_F(EgressTls, SendsNothingToAnybodyElse) {
  const testing::Identity other = testing::issue("Other Authority", nullptr, true);
  EXPECT_EQ(ask_tls(testing::issue("bad.example", &authority, false), authority, "a.example").kind,
            Kind::not_sent);
  EXPECT_EQ(
      ask_tls(testing::issue("a.example", &authority, false, -60), authority, "a.example").kind,
      Kind::not_sent);
  EXPECT_EQ(ask_tls(testing::issue("a.example", nullptr, false), authority, "a.example").kind,
            Kind::not_sent);
  EXPECT_EQ(ask_tls(testing::issue("a.example", &other, false), authority, "a.example").kind,
            Kind::not_sent);
}

TEST_F(EgressTls, SaysNotSentWhenTheHandshakeIsCutOff) {
  Server server([](Stream& stream, int) {
    stream.receive();
    stream.reset();
  });
  const std::string at = "a.example:" + std::to_string(server.port);
  resolver.set("a.example", {{ip("127.0.0.1")}});
  make({}, {.rules = {.allowed = {"*"}, .internal_allowed = {at}}});
  EXPECT_EQ(ask({.url = "https://" + at + "/", .body = "x"}).kind, Kind::not_sent);
}

TEST_F(EgressTls, RefusesToGoFromHttpsToHttp) {
  const testing::Identity good = testing::issue("good.example", &authority, false);
  Server server([&](Stream& stream, int) {
    const std::unique_ptr<SSL_CTX, testing::Freer<SSL_CTX_free>> context(
        SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), good.certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), good.key.get());
    const std::unique_ptr<SSL, testing::Freer<SSL_free>> ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), stream.fd());
    char buffer[4'096];
    if (SSL_accept(ssl.get()) != 1 || SSL_read(ssl.get(), buffer, sizeof buffer) <= 0) return;
    const std::string answer = response(302, "", "Location: http://good.example/\r\n");
    SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
  });
  const std::string at = "good.example:" + std::to_string(server.port);
  resolver.set("good.example", {{ip("127.0.0.1")}});
  make({}, {.rules = {.allowed = {"*"}, .internal_allowed = {at}},
            .ca_file = testing::write_pem(authority, folder.path / "ca.pem")});
  const auto answer = ask({.method = "GET", .url = "https://" + at + "/", .redirects_max = 3});
  EXPECT_EQ(answer.kind, Kind::refused);
  EXPECT_TRUE(answer.message.ends_with("redirects from https to http")) << answer.message;
}

TEST_F(EgressClient, IsNotMadeFromWhatIsWrong) {
  EXPECT_FALSE(Client::make({.ca_file = "/nowhere/ca.pem"}, resolver, clock, meter));
  EXPECT_FALSE(Client::make({.upstream_proxy = "socks5://a:1"}, resolver, clock, meter));
  EXPECT_FALSE(Client::make({.rules = {.allowed = {"a b"}}}, resolver, clock, meter));
}

}  // namespace
}  // namespace millrace::egress
