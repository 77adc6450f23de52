#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>

#include "egress/egress.hpp"
#include "tests/support/egress_http.hpp"
#include "tests/support/ssrf_corpus.hpp"

namespace millrace::egress {
namespace {

using testing::eventually;
using testing::ip;
using testing::Server;
using testing::Stream;

struct Seen {
  std::string tag;
  web::Exchange exchange;
};

// A proxy with one door, and what it was seen to decide.
class EgressProxy : public ::testing::Test {
 protected:
  void open(Rules rules, ProxyLimits limits = {}) {
    const auto opened =
        proxy.open("solution", path, rules, limits, [this](std::string_view tag, auto exchange) {
          const std::lock_guard lock(mutex_);
          seen_.push_back({std::string(tag), std::move(exchange)});
        });
    ASSERT_TRUE(opened) << opened.error().describe();
  }
  // Opens for everything that is public, and for this server.
  void open_for(const Server& server, ProxyLimits limits = {}) {
    open({{"*"}, {server.authority()}}, limits);
  }
  Stream connect() { return Stream::to_path(path); }
  // A tunnel that stands.
  Stream tunnel(const Server& server) {
    Stream worker = connect();
    worker.send("CONNECT " + server.authority() + " HTTP/1.1\r\n\r\n");
    EXPECT_EQ(worker.receive_until("\r\n\r\n"), "HTTP/1.1 200 Connection established\r\n\r\n");
    return worker;
  }
  // The whole answer to what is sent; the server side closes after a refusal.
  std::string answer_to(std::string_view request) {
    Stream worker = connect();
    worker.send(request);
    return worker.receive_all();
  }
  std::vector<Seen> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

  fakes::Folder folder;
  std::string path = (folder.path / "proxy").string();
  fakes::Resolver resolver;
  fakes::NoLog log;
  base::NoMeter meter;

 private:
  std::mutex mutex_;
  std::vector<Seen> seen_;

 protected:
  Proxy proxy{resolver, log, meter};
};

TEST_F(EgressProxy, TunnelsBytesBothWaysAndTellsWhoConnected) {
  Server server(testing::echo);
  open_for(server);
  Stream worker = connect();
  worker.send("CONNECT " + server.authority() + " HTTP/1.1\r\nHost: " + server.authority() +
              "\r\nMillrace-Call: chat:4:1\r\nUser-Agent: x\r\n\r\nearly");
  EXPECT_EQ(worker.receive_until("\r\n\r\n"), "HTTP/1.1 200 Connection established\r\n\r\n");
  EXPECT_EQ(worker.receive_bytes(5), "early");
  worker.send("late");
  EXPECT_EQ(worker.receive_bytes(4), "late");
  const auto all = seen();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].tag, "chat:4:1");
  EXPECT_EQ(all[0].exchange.host, "127.0.0.1");
  EXPECT_EQ(all[0].exchange.port, server.port);
  EXPECT_EQ(all[0].exchange.method, "CONNECT");
  EXPECT_EQ(all[0].exchange.status, 200);
  EXPECT_EQ(all[0].exchange.refused, "");
}

TEST_F(EgressProxy, CarriesTlsThatItCannotRead) {
  const testing::Identity authority = testing::issue("Test Authority", nullptr, true);
  const testing::Identity good = testing::issue("good.example", &authority, false);
  Server server(testing::serve_tls(good));
  const std::string to = "good.example:" + std::to_string(server.port);
  resolver.set("good.example", {{ip("127.0.0.1")}});
  open({{"good.example:" + std::to_string(server.port)}, {to}});
  Stream worker = connect();
  worker.send("CONNECT " + to + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(worker.receive_until("\r\n\r\n"), "HTTP/1.1 200 Connection established\r\n\r\n");
  const std::unique_ptr<SSL_CTX, testing::Freer<SSL_CTX_free>> context(
      SSL_CTX_new(TLS_client_method()));
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority.certificate.get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const std::unique_ptr<SSL, testing::Freer<SSL_free>> ssl(SSL_new(context.get()));
  SSL_set1_host(ssl.get(), "good.example");
  SSL_set_fd(ssl.get(), worker.fd());
  ASSERT_EQ(SSL_connect(ssl.get()), 1);
  SSL_write(ssl.get(), "GET / HTTP/1.1\r\n\r\n", 18);
  char buffer[1'000];
  const int count = SSL_read(ssl.get(), buffer, sizeof buffer);
  ASSERT_GT(count, 0);
  EXPECT_TRUE(std::string(buffer, static_cast<size_t>(count)).ends_with("secure"));
}

TEST_F(EgressProxy, ConnectsToNoneOfTheWaysInside) {
  Server server([](Stream&, int) {});
  open({{"*:*"}, {}});
  for (const testing::Attack& attack : testing::attacks()) {
    const auto host = parse_host(attack.host);
    if (host && !attack.answers.empty()) {
      std::vector<Address> addresses;
      for (const auto one : attack.answers) addresses.push_back(ip(one));
      resolver.set(host->name, {addresses});
    }
    const std::string answer = answer_to("CONNECT " + std::string(attack.host) + ":" +
                                         std::to_string(server.port) + " HTTP/1.1\r\n\r\n");
    const bool refused = answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.1 403 ");
    EXPECT_TRUE(refused) << attack.host << " -> " << answer;
  }
  EXPECT_EQ(server.connections_so_far(), 0);
}

TEST_F(EgressProxy, ConnectsToTheAddressThatWasCheckedThoughTheNameMovesOn) {
  Server server(testing::echo);
  const std::string port = std::to_string(server.port);
  // The first answer is what the operator allowed; the next would be metadata.
  resolver.set("rebinding.example", {{ip("127.0.0.1")}, {ip("169.254.169.254")}});
  open({{"*"}, {"rebinding.example:" + port}});
  Stream worker = connect();
  worker.send("CONNECT rebinding.example:" + port + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(worker.receive_until("\r\n\r\n"), "HTTP/1.1 200 Connection established\r\n\r\n");
  EXPECT_EQ(resolver.asked(), 1);
  const std::string second = answer_to("CONNECT rebinding.example:" + port + " HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(second.starts_with("HTTP/1.1 403 ")) << second;
  EXPECT_EQ(server.connections_so_far(), 1);
}

TEST_F(EgressProxy, NamesTheRemedyWhenItRefuses) {
  open({{"api.example.com"}, {}});
  resolver.set("api.example.com", {{ip("10.0.0.1")}});
  const std::string unlisted = answer_to("CONNECT api.foo.com:443 HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(unlisted.starts_with("HTTP/1.1 403 Forbidden\r\n")) << unlisted;
  EXPECT_NE(unlisted.find("\r\nContent-Type: text/plain"), std::string::npos);
  EXPECT_TRUE(unlisted.ends_with(
      "\r\n\r\negress to api.foo.com:443 is not allowed: add it under egress.allow in "
      "solution.yaml\n"));
  const std::string inside = answer_to("CONNECT api.example.com:443 HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(
      inside.ends_with("api.example.com:443 is an internal address (10.0.0.1); only the "
                       "operator can allow it: --allow-internal api.example.com:443\n"))
      << inside;
  ASSERT_EQ(seen().size(), 2u);
  EXPECT_EQ(seen()[1].exchange.status, 403);
  EXPECT_NE(seen()[1].exchange.refused, "");
}

TEST_F(EgressProxy, RefusesMalformedRequestsWithoutConnecting) {
  Server server(testing::echo);
  open_for(server);
  const std::string to = server.authority();
  for (const std::string& request : std::vector<std::string>{
           "GET http://" + to + "/ HTTP/1.1\r\n\r\n",
           std::string("POST / HTTP/1.1\r\n\r\n"),
           "connect " + to + " HTTP/1.1\r\n\r\n",
           "CONNECT  " + to + " HTTP/1.1\r\n\r\n",
           "CONNECT " + to + " HTTP/2.0\r\n\r\n",
           "CONNECT " + to + "\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1 \r\n\r\n",
           "CONNECT 127.0.0.1 HTTP/1.1\r\n\r\n",
           "CONNECT http://" + to + "/ HTTP/1.1\r\n\r\n",
           "CONNECT " + to + "/ HTTP/1.1\r\n\r\n",
           "CONNECT 127.0.0.1:0 HTTP/1.1\r\n\r\n",
           "CONNECT 127.0.0.1:65536 HTTP/1.1\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nHost: other.example\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\nHost: " + to + "\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nNoColon\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nBad Name: x\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
           "CONNECT " + to + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nMillrace-Call: a b\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nMillrace-Call: " + std::string(65, 'a') + "\r\n\r\n",
           "CONNECT " + to + " HTTP/1.1\r\nA: " + std::string(5'000, 'a'),
           std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8),
           std::string(8, '\0'),
           std::string("\r\n\r\n\r\n\r\n"),
       }) {
    const std::string answer = answer_to(request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"))
        << request.substr(0, 200) << " -> " << answer;
  }
  EXPECT_EQ(server.connections_so_far(), 0);
}

TEST_F(EgressProxy, TakesARequestThatComesByteByByte) {
  Server server(testing::echo);
  open_for(server);
  Stream worker = connect();
  for (const char c : "CONNECT " + server.authority() + " HTTP/1.0\r\n\r\n") {
    ASSERT_TRUE(worker.send({&c, 1}));
  }
  EXPECT_EQ(worker.receive_until("\r\n\r\n"), "HTTP/1.1 200 Connection established\r\n\r\n");
}

TEST_F(EgressProxy, AnswersWhenThereIsNoConnectionToBeHad) {
  uint16_t free_port = 0;
  {
    const Server gone(testing::echo);
    free_port = gone.port;
  }
  const std::string port = std::to_string(free_port);
  open({{"*"}, {"127.0.0.1:" + port}});
  const std::string refused = answer_to("CONNECT 127.0.0.1:" + port + " HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 502 Bad Gateway\r\n")) << refused;
  const std::string unknown = answer_to("CONNECT nobody.example:443 HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(unknown.starts_with("HTTP/1.1 502 Bad Gateway\r\n")) << unknown;
  proxy.close("solution");
  open({{"*"}, {}}, {.connect_time = milliseconds(150)});
  resolver.hold("slow.example");
  const std::string slow = answer_to("CONNECT slow.example:443 HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(slow.starts_with("HTTP/1.1 504 Gateway Timeout\r\n")) << slow;
  ASSERT_EQ(seen().size(), 3u);
  EXPECT_EQ(seen()[2].exchange.status, 504);
  EXPECT_GE(seen()[2].exchange.took_ms, 150);
}

TEST_F(EgressProxy, TriesTheNextAddressWhenOneRefuses) {
  Server server(testing::echo);
  const std::string port = std::to_string(server.port);
  resolver.set("two.example", {{ip("::1"), ip("127.0.0.2"), ip("127.0.0.1")}});
  open({{"*"}, {"two.example:" + port}});
  Stream worker = connect();
  worker.send("CONNECT two.example:" + port + " HTTP/1.1\r\n\r\nx");
  EXPECT_EQ(worker.receive_until("x"), "HTTP/1.1 200 Connection established\r\n\r\nx");
}

TEST_F(EgressProxy, KeepsTheOtherWayOpenWhenOneSideHasSaidAll) {
  Server server([](Stream& stream, int) {
    const std::string all = stream.receive_all();
    stream.send("got " + std::to_string(all.size()));
  });
  open_for(server);
  Stream worker = tunnel(server);
  worker.send("12345");
  worker.end_sending();
  EXPECT_EQ(worker.receive_all(), "got 5");
  EXPECT_TRUE(eventually([&] { return proxy.connections() == 0; }));
}

TEST_F(EgressProxy, PassesOnTheAnswerOfAServerThatClosesBeforeItHasReadAll) {
  Server server([](Stream& stream, int) {
    stream.receive();
    stream.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    stream.end_sending();
    stream.receive_all();
  });
  open_for(server);
  Stream worker = tunnel(server);
  worker.send(std::string(100'000, 'x'));
  EXPECT_EQ(worker.receive_all(), "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(EgressProxy, LetsGoOfAServerWhoseWorkerIsGone) {
  std::atomic<bool> server_saw_end = false;
  Server server([&](Stream& stream, int) {
    stream.receive_all();
    server_saw_end = true;
    stream.receive_all();  // and keeps its side open
  });
  open_for(server);
  {
    Stream worker = tunnel(server);
  }
  EXPECT_TRUE(eventually([&] { return server_saw_end && proxy.connections() == 0; }));
}

TEST_F(EgressProxy, HoldsBackASenderWhoseReceiverIsSlow) {
  std::mutex held;
  std::unique_lock hold(held);
  constexpr size_t kMany = 8 << 20;
  std::atomic<size_t> got = 0;
  Server server([&](Stream& stream, int) {
    const std::lock_guard wait(held);
    for (std::string some = stream.receive(); !some.empty(); some = stream.receive()) {
      got += some.size();
    }
  });
  open_for(server);
  Stream worker = tunnel(server);
  const timeval brief{0, 200'000};
  ::setsockopt(worker.fd(), SOL_SOCKET, SO_SNDTIMEO, &brief, sizeof brief);
  const std::string block(64 * 1024, 'x');
  size_t sent = 0;
  for (;;) {
    const auto count = ::send(worker.fd(), block.data(), block.size(), MSG_NOSIGNAL);
    if (count <= 0) break;
    sent += static_cast<size_t>(count);
    ASSERT_LT(sent, size_t{64} << 20) << "nobody held the sender back";
  }
  hold.unlock();
  const timeval patient{20, 0};
  ::setsockopt(worker.fd(), SOL_SOCKET, SO_SNDTIMEO, &patient, sizeof patient);
  while (sent < kMany) {
    ASSERT_TRUE(worker.send(block));
    sent += block.size();
  }
  worker.end_sending();
  EXPECT_TRUE(eventually([&] { return got == sent; })) << got << " of " << sent;
}

TEST_F(EgressProxy, EndsConnectionsOverTheirSize) {
  Server server([](Stream& stream, int) {
    stream.receive();
    while (stream.send(std::string(10'000, 'x'))) {
    }
  });
  open_for(server, {.sent_bytes_max = 100'000, .received_bytes_max = 50'000});
  Stream downloading = tunnel(server);
  downloading.send("go");
  EXPECT_LE(downloading.receive_all().size(), 50'000u);
  Server sink([](Stream& stream, int) { stream.receive_all(); });
  proxy.close("solution");
  open_for(sink, {.sent_bytes_max = 100'000});
  Stream uploading = tunnel(sink);
  size_t sent = 0;
  while (sent < (64 << 20) && uploading.send(std::string(10'000, 'x'))) sent += 10'000;
  EXPECT_LT(sent, size_t{64} << 20);
}

TEST_F(EgressProxy, EndsConnectionsThatAreIdleOrTooOldOrNeverAsk) {
  Server server(testing::echo);
  open_for(server, {.idle_time = milliseconds(150)});
  Stream idle = tunnel(server);
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_TRUE(idle.is_ended());
  proxy.close("solution");
  open_for(server, {.request_time = milliseconds(150)});
  Stream silent = connect();
  silent.send("CONNECT ");
  EXPECT_NE(silent.receive_all().find("did not arrive in time"), std::string::npos);
  proxy.close("solution");
  open_for(server, {.connection_time = milliseconds(500)});
  Stream old = tunnel(server);
  const auto began = std::chrono::steady_clock::now();
  while (old.send("x") && !old.receive().empty()) {
    ASSERT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
  }
}

TEST_F(EgressProxy, RefusesConnectionsBeyondTheirNumber) {
  Server server(testing::echo);
  open_for(server, {.connections_max = 2});
  Stream first = tunnel(server);
  {
    Stream second = tunnel(server);
    const std::string third = answer_to("CONNECT " + server.authority() + " HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(third.starts_with("HTTP/1.1 429 Too Many Requests\r\n")) << third;
    EXPECT_EQ(seen().back().exchange.status, 429);
  }
  EXPECT_TRUE(eventually([&] {
    return answer_to("CONNECT nobody.example:443 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 502");
  }));
}

TEST_F(EgressProxy, RefusesConnectsBeyondTheirRate) {
  Server server(testing::echo);
  open_for(server, {.connects_per_second = 1});
  const std::string request = "CONNECT nobody.example:443 HTTP/1.1\r\n\r\n";
  EXPECT_TRUE(answer_to(request).starts_with("HTTP/1.1 502 "));
  EXPECT_TRUE(eventually([&] { return answer_to(request).starts_with("HTTP/1.1 429 "); }));
  EXPECT_TRUE(eventually([&] { return answer_to(request).starts_with("HTTP/1.1 502 "); }));
}

TEST_F(EgressProxy, BoundsThoseWhoConnectAndSayNothing) {
  Server server(testing::echo);
  open_for(server, {.connections_max = 1});
  std::vector<Stream> silent;
  for (int i = 0; i < 200; ++i) silent.push_back(connect());
  EXPECT_TRUE(eventually([&] {
    for (Stream& one : silent) {
      if (!one.is_ended()) one.receive(0);
    }
    return std::ranges::count_if(silent, &Stream::is_ended) >= 100;
  }));
}

TEST_F(EgressProxy, CarriesAThousandTunnelsAtOnce) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8'192);
  ::setrlimit(RLIMIT_NOFILE, &files);
  Server server([](Stream& stream, int) { testing::echo(stream, 0); });
  open_for(server, {.connections_max = 1'000, .connects_per_second = 10'000});
  std::vector<Stream> workers;
  for (int i = 0; i < 1'000; ++i) {
    workers.push_back(connect());
    ASSERT_TRUE(workers.back().is_open()) << i;
    workers.back().send("CONNECT " + server.authority() + " HTTP/1.1\r\n\r\n");
  }
  for (Stream& one : workers) {
    ASSERT_EQ(one.receive_until("\r\n\r\n"), "HTTP/1.1 200 Connection established\r\n\r\n");
  }
  for (size_t i = 0; i < workers.size(); ++i) workers[i].send("hello " + std::to_string(i) + ".");
  for (size_t i = 0; i < workers.size(); ++i) {
    EXPECT_EQ(workers[i].receive_until("."), "hello " + std::to_string(i) + ".");
  }
  EXPECT_TRUE(eventually([&] { return proxy.connections() == 1'000; }));
}

TEST_F(EgressProxy, ListensForItsUserAloneAndReplacesADeadSocket) {
  open({});
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(proxy.open("solution", path + "2", {}, {}, {}).error().code,
            base::Code::already_exists);
  EXPECT_EQ(proxy.open("other", path, {}, {}, {}).error().code, base::Code::already_exists);
  proxy.close("solution");
  EXPECT_NE(::stat(path.c_str(), &status), 0);
  {
    // What a killed server leaves behind.
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un here{};
    here.sun_family = AF_UNIX;
    std::memcpy(here.sun_path, path.data(), path.size());
    ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&here), sizeof here), 0);
    ::close(fd);
  }
  open({});
  EXPECT_TRUE(answer_to("CONNECT a.example:443 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 403 "));
  EXPECT_FALSE(proxy.open("long", std::string(200, 'x'), {}, {}, {}));
  EXPECT_FALSE(proxy.open("bad", path + "3", {{"http://a"}, {}}, {}, {}));
}

TEST_F(EgressProxy, EndsEverythingWhenADoorCloses) {
  Server server(testing::echo);
  open_for(server);
  resolver.hold("slow.example");
  Stream standing = tunnel(server);
  Stream waiting = connect();
  waiting.send("CONNECT slow.example:443 HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return resolver.asked() == 1; }));
  proxy.close("solution");
  EXPECT_EQ(standing.receive_all(), "");
  EXPECT_EQ(waiting.receive_all(), "");
  EXPECT_FALSE(connect().is_open());
  proxy.stop();
  EXPECT_EQ(proxy.open("late", path, {}, {}, {}).error().code, base::Code::failed_precondition);
}

TEST(EgressResolver, FindsWhatTheSystemKnows) {
  SystemResolver resolver;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<base::Result<std::vector<Address>>> answers;
  const auto ask = [&](const std::string& name) {
    resolver.resolve(name, [&](auto answer) {
      const std::lock_guard lock(mutex);
      answers.push_back(std::move(answer));
      changed.notify_all();
    });
  };
  for (int i = 0; i < 10; ++i) ask("localhost");
  ask("no-such-name.invalid");
  std::unique_lock lock(mutex);
  ASSERT_TRUE(
      changed.wait_for(lock, std::chrono::seconds(20), [&] { return answers.size() == 11; }));
  size_t failed = 0;
  for (const auto& answer : answers) {
    if (!answer) {
      ++failed;
      EXPECT_EQ(answer.error().code, base::Code::unavailable);
      continue;
    }
    for (const Address& one : *answer) EXPECT_EQ(network_of(one), Network::loopback);
  }
  EXPECT_EQ(failed, 1u);
}

}  // namespace
}  // namespace millrace::egress
