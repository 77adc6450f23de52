// Connections that a worker which stays keeps between its calls: that they are used again, that
// nothing else of a call is met by the next, and when they are not.

#include <set>

#include "tests/support/python_network.hpp"

namespace millrace::python::testing {
namespace {

constexpr std::string_view kRequests = R"(import requests

class Ask:
    def execute(self, log, payload=None, context=None):
        method = payload.get('method', 'GET')
        url = '{}://{}/{}'.format(payload.get('scheme', 'http'), payload.get('host', 'one.example'),
                                  payload.get('path', ''))
        try:
            answer = requests.request(method, url, headers=payload.get('headers'), timeout=30,
                                      allow_redirects=False)
        except requests.RequestException as error:
            return {'error': type(error).__name__}
        return {'body': answer.text, 'cookies': str(len(answer.cookies))}
)";
constexpr std::string_view kSession = R"(import requests

class Ask:
    def execute(self, log, payload=None, context=None):
        with requests.Session() as session:
            session.headers.update(payload.get('headers', {}))
            session.cookies.update({'seen': payload.get('seen', 'nobody')})
            first = session.get('http://one.example/first', timeout=30)
            return {'body': session.get('http://one.example/second', timeout=30).text}
)";
constexpr std::string_view kClient = R"(import http.client

class Ask:
    def execute(self, log, payload=None, context=None):
        host = payload.get('host', 'one.example')
        if payload.get('scheme') == 'https':
            connection = http.client.HTTPSConnection(host, timeout=30)
        else:
            connection = http.client.HTTPConnection(host, timeout=30)
        try:
            connection.request(payload.get('method', 'GET'), '/' + payload.get('path', ''), None,
                               payload.get('headers', {}))
            answer = connection.getresponse()
            if payload.get('reads', True):
                return {'body': answer.read().decode()}
            return {'body': ''}
        except (OSError, http.client.HTTPException) as error:
            return {'error': type(error).__name__}
        finally:
            connection.close()
)";

// What came in as a request, whole, as the answer. `misbehave` may answer instead.
Proxy::Serve echo(std::function<bool(Peer&, const std::string&)> misbehave = {}) {
  return [misbehave = std::move(misbehave)](Peer& peer, const std::string& target) {
    if (target.ends_with(":443") && !peer.begin_tls()) return;
    for (std::string request = peer.read_message(); !request.empty();
         request = peer.read_message()) {
      if (misbehave && misbehave(peer, request)) continue;
      std::string answer = http_answer(200, request);
      answer.insert(answer.find("\r\n") + 2, "Set-Cookie: left=behind; Path=/\r\n");
      peer.write(answer);
    }
  };
}

class KeptConnections : public ::testing::TestWithParam<std::string_view> {
 protected:
  void serve(std::function<bool(Peer&, const std::string&)> misbehave = {}) {
    net_.emplace("        return {}\n", echo(std::move(misbehave)));
    net_->folder().node("Ask", GetParam());
  }
  std::string ask(json::object payload = {}) {
    auto outcome = net_->bench().run("Ask", std::move(payload));
    workers_.insert(outcome.trace.worker);
    exchanges_ = outcome.trace.exchanges;
    return text_of(outcome);
  }
  size_t connections() { return net_->proxy().heads().size(); }

  std::optional<Networked> net_;
  std::set<uint64_t> workers_;
  std::vector<web::Exchange> exchanges_;
};

TEST_P(KeptConnections, AreUsedAgainAndNothingElseIs) {
  serve();
  const std::string first = ask({{"headers", {{"X-Word", "mine"}}}, {"path", "alpha"}});
  EXPECT_TRUE(first.contains("X-Word: mine")) << first;
  const std::string second = ask({{"path", "beta"}});
  EXPECT_TRUE(second.contains("/beta")) << second;
  EXPECT_FALSE(second.contains("X-Word")) << second;
  EXPECT_FALSE(second.contains("Cookie: ")) << second;
  EXPECT_FALSE(second.contains("alpha")) << second;
  EXPECT_EQ(connections(), 1u);
  EXPECT_EQ(workers_.size(), 1u);
  // Each call's trace has its own request, the first one's also what the proxy was asked.
  ASSERT_EQ(exchanges_.size(), 1u);
  EXPECT_EQ(exchanges_[0].method, "GET");
  EXPECT_EQ(exchanges_[0].host, "one.example");
}

TEST_P(KeptConnections, AreUsedAgainOverTls) {
  serve();
  for (int i = 0; i < 3; ++i) {
    const std::string text = ask({{"scheme", "https"}, {"host", "secure.example"}});
    EXPECT_TRUE(text.contains("GET / HTTP/1.1")) << text;
  }
  EXPECT_EQ(connections(), 1u);
  EXPECT_EQ(workers_.size(), 1u);
}

TEST_P(KeptConnections, AreVerifiedAsEver) {
  serve();
  for (int i = 0; i < 2; ++i) {
    const std::string text = ask({{"scheme", "https"}, {"host", "other.example"}});
    EXPECT_TRUE(text.contains("SSL")) << text;
  }
  EXPECT_EQ(connections(), 2u);
}

TEST_P(KeptConnections, BelongToOneHost) {
  serve();
  for (const std::string host : {"one.example", "two.example", "one.example", "two.example:81"}) {
    const std::string text = ask({{"host", host}});
    EXPECT_TRUE(text.contains("Host: " + host)) << text;
  }
  EXPECT_EQ(connections(), 3u);
}

TEST_P(KeptConnections, AreAtMostTwo) {
  serve();
  for (const std::string host : {"one.example", "two.example", "three.example", "one.example"}) {
    ask({{"host", host}});
  }
  EXPECT_EQ(connections(), 4u);
}

TEST_P(KeptConnections, EndWhereTheAnswerSaysSo) {
  serve([](Peer& peer, const std::string& request) {
    std::string answer = http_answer(200, request);
    peer.write(answer.insert(answer.find("\r\n") + 2, "Connection: close\r\n"));
    return true;
  });
  for (int i = 0; i < 2; ++i) ask();
  EXPECT_EQ(connections(), 2u);
}

// What comes behind the end of an answer would be taken for the next call's.
TEST_P(KeptConnections, EndWhereMoreCameThanTheAnswer) {
  serve([](Peer& peer, const std::string& request) {
    peer.write(http_answer(200, request) + http_answer(200, "another's"));
    return true;
  });
  for (int i = 0; i < 3; ++i) {
    const std::string text = ask();
    EXPECT_FALSE(text.contains("another's")) << text;
  }
  EXPECT_EQ(connections(), 3u);
}

// Whether its end is seen before or after the next request was written, that request is safe.
TEST_P(KeptConnections, EndWhenTheServerHasEndedThem) {
  serve([](Peer& peer, const std::string& request) {
    peer.write(http_answer(200, request));
    peer.end();
    return true;
  });
  for (int i = 0; i < 3; ++i) {
    const std::string text = ask({{"path", std::to_string(i)}});
    EXPECT_TRUE(text.contains("GET /" + std::to_string(i))) << text;
  }
  EXPECT_EQ(connections(), 3u);
}

// The server ends it as the request comes: whether it acted on a POST nobody knows.
TEST_P(KeptConnections, SendNothingAgainThatMayHaveActed) {
  std::atomic<int> asked = 0;
  serve([&](Peer& peer, const std::string& request) {
    if (!request.starts_with("POST")) return false;
    if (++asked < 2) return false;
    peer.end();
    return true;
  });
  EXPECT_TRUE(ask({{"method", "POST"}}).contains("POST"));
  const std::string second = ask({{"method", "POST"}});
  EXPECT_TRUE(second.contains("error")) << second;
  EXPECT_EQ(asked, 2);
}

TEST_P(KeptConnections, EndAfterFiftyRequests) {
  serve();
  for (int i = 0; i < 51; ++i) ask();
  EXPECT_EQ(workers_.size(), 1u);
  EXPECT_EQ(connections(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Python, KeptConnections, ::testing::Values(kRequests, kClient),
                         [](const auto& info) {
                           return std::string(info.param == kRequests ? "Requests" : "HttpClient");
                         });

using PythonKeptRequests = KeptConnections;
INSTANTIATE_TEST_SUITE_P(Only, PythonKeptRequests, ::testing::Values(kRequests));

TEST_P(PythonKeptRequests, AskAgainForWhatCannotHaveActed) {
  std::atomic<int> asked = 0;
  serve([&](Peer& peer, const std::string&) {
    if (++asked != 2) return false;
    peer.end();
    return true;
  });
  for (int i = 0; i < 2; ++i) {
    const std::string text = ask();
    EXPECT_TRUE(text.contains("GET")) << text;
  }
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(connections(), 2u);
}

using PythonKeptSessions = KeptConnections;
INSTANTIATE_TEST_SUITE_P(Only, PythonKeptSessions, ::testing::Values(kSession));

TEST_P(PythonKeptSessions, KeepCookiesAndHeadersToTheirCall) {
  serve();
  const std::string first = ask({{"headers", {{"X-Word", "mine"}}}, {"seen", "ada"}});
  EXPECT_TRUE(first.contains("X-Word: mine") && first.contains("left=behind") &&
              first.contains("seen=ada"))
      << first;
  const std::string second = ask();
  EXPECT_FALSE(second.contains("X-Word") || second.contains("ada")) << second;
  EXPECT_EQ(connections(), 1u);
  EXPECT_EQ(exchanges_.size(), 2u);
}

using PythonKeptClients = KeptConnections;
INSTANTIATE_TEST_SUITE_P(Only, PythonKeptClients, ::testing::Values(kClient));

TEST_P(PythonKeptClients, EndWhereTheAnswerWasNotRead) {
  serve();
  for (int i = 0; i < 2; ++i) ask({{"reads", false}});
  EXPECT_EQ(connections(), 2u);
}

}  // namespace
}  // namespace millrace::python::testing
