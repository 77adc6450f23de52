// What the network looks like from inside: everything goes to the proxy, whatever client is used.

#include <sys/stat.h>

#include <set>

#include "tests/support/python_network.hpp"

namespace millrace::python::testing {
namespace {

// Each call of a worker that stays has exchanges and names of its own; an address that stands for a
// name is never taken for another call's.
TEST(PythonNetwork, HasNamesForEachCallOfAWorkerThatStays) {
  Networked net("        return {}\n");
  net.folder().node("Ask", R"(import requests

class Ask:
    def execute(self, log, payload=None, context=None):
        seen = requests.get('http://' + payload['host'] + '/', timeout=30).json()
        try:
            other = requests.get('http://240.0.0.1/', timeout=30).json()['target']
        except requests.RequestException:
            other = ''
        return {'seen': seen['target'], 'other': other}
)");
  std::set<uint64_t> workers;
  for (const std::string host : {"one.example", "two.example", "one.example"}) {
    const auto outcome = net.bench().run("Ask", {{"host", host}});
    EXPECT_EQ(json::get_string(outcome.result, "seen"), host + ":80") << text_of(outcome);
    // The first address stands for the first name that this call has asked for.
    EXPECT_EQ(json::get_string(outcome.result, "other"), host + ":80") << text_of(outcome);
    EXPECT_EQ(outcome.trace.exchanges.size(), 2u);
    workers.insert(outcome.trace.worker);
  }
  EXPECT_EQ(workers.size(), 1u);
  // Two hosts are kept at most, and what led somewhere by such an address is not.
  EXPECT_EQ(net.proxy().heads().size(), 6u);
}

TEST(PythonNetwork, LetsRequestsThroughUnmodified) {
  Networked net(R"(        import requests
        plain = requests.get('http://shop.example/a?b=c').json()
        with requests.Session() as session:
            secure = session.post('https://secure.example/x', json={'n': 1}).json()
            again = session.get('https://secure.example/missing')
        return {'plain': plain['target'] + ' ' + plain['line'],
                'secure': secure['target'] + ' ' + secure['line'],
                'again': str(again.status_code)}
)");
  const auto outcome = net.run();
  EXPECT_EQ(text_of(outcome), R"({"plain":"shop.example:80 GET /a?b=c HTTP/1.1",)"
                              R"("secure":"secure.example:443 POST /x HTTP/1.1","again":"404"})");
  const auto heads = net.proxy().heads();
  ASSERT_EQ(heads.size(), 2u);
  // Whichever worker was ready first ran the call.
  EXPECT_TRUE(
      heads[1].starts_with("CONNECT secure.example:443 HTTP/1.1\r\n"
                           "Host: secure.example:443\r\nMillrace-Call: " +
                           std::to_string(outcome.trace.worker) + ":"))
      << heads[1];
  const auto& seen = outcome.trace.exchanges;
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].host, "shop.example");
  EXPECT_EQ(seen[0].port, 80);
  EXPECT_EQ(seen[1].method, "POST");
  EXPECT_EQ(seen[2].status, 404);
}

TEST(PythonNetwork, VerifiesCertificatesInside) {
  Networked net(R"(        import requests, ssl, urllib.request
        try:
            requests.get('https://other.example/')
        except requests.exceptions.SSLError as error:
            first = 'hostname' in str(error).lower() or 'match' in str(error).lower()
        import os
        del os.environ['REQUESTS_CA_BUNDLE']
        try:
            requests.get('https://secure.example/')
        except requests.exceptions.SSLError as error:
            second = 'CERTIFICATE_VERIFY_FAILED' in str(error)
        return {'hostname': str(first), 'authority': str(second)}
)");
  EXPECT_EQ(text_of(net.run()), R"({"hostname":"True","authority":"True"})");
}

TEST(PythonNetwork, LetsTheStandardLibraryThrough) {
  Networked net(R"(        import http.client, json, socket, urllib.request
        answers = []
        with urllib.request.urlopen('https://secure.example/urllib') as answer:
            answers.append(json.load(answer)['line'])
        client = http.client.HTTPConnection('shop.example', 8080, timeout=5)
        client.request('GET', '/client')
        answers.append(json.loads(client.getresponse().read())['target'])
        with socket.create_connection(('shop.example', 'http'), 5) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(b'GET /raw HTTP/1.1\r\n\r\n')
            answers.append(connection.recv(4096).decode().split('\r\n')[0])
            answers.append(str(connection.getpeername()[1]))
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        answers.append(str(made.connect_ex((socket.gethostbyname('shop.example'), 81))))
        made.sendall(b'GET /raw HTTP/1.1\r\n\r\n')
        answers.append('shop.example:81' in made.recv(4096).decode() and 'by address')
        return {'answers': '|'.join(answers)}
)");
  EXPECT_EQ(
      text_of(net.run()),
      R"({"answers":"GET /urllib HTTP/1.1|shop.example:8080|HTTP/1.1 200 It|80|0|by address"})");
}

TEST(PythonNetwork, LetsAsyncioThrough) {
  Networked net(R"(        import asyncio, ssl

        async def ask(host, port, context):
            reader, writer = await asyncio.open_connection(host, port, ssl=context)
            writer.write(b'GET /async HTTP/1.1\r\n\r\n')
            await writer.drain()
            line = await reader.readline()
            writer.close()
            return line.decode().strip()

        async def both():
            return await asyncio.gather(ask('shop.example', 80, None),
                                        ask('secure.example', 443, ssl.create_default_context()))

        return {'lines': asyncio.run(both())}
)");
  EXPECT_EQ(text_of(net.run()), R"({"lines":["HTTP/1.1 200 It","HTTP/1.1 200 It"]})");
}

TEST(PythonNetwork, SaysWhyTheProxyRefuses) {
  Networked net(R"(        import requests, socket
        texts = []
        try:
            requests.post('https://denied.example/', json={})
        except requests.ConnectionError as error:
            texts.append(str(error))
        try:
            socket.create_connection(('10.0.0.1', 22))
        except PermissionError as error:
            texts.append(str(error))
        return {'texts': texts}
)");
  const std::string text = text_of(net.run());
  EXPECT_TRUE(text.contains("denied.example:443: not on the list of hosts; add it under egress"))
      << text;
  EXPECT_TRUE(text.contains("[Errno 13] 10.0.0.1:22: not on the list")) << text;
}

TEST(PythonNetwork, HasNoneWithoutAProxy) {
  Folder folder;
  folder.app(kApp).body("Ask", R"(        import socket
        texts = []
        for ask in (lambda: socket.create_connection(('shop.example', 80)),
                    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
                    lambda: socket.socket().bind(('127.0.0.1', 0))):
            try:
                ask()
            except OSError as error:
                texts.append(error.strerror)
        return {'texts': texts}
)");
  Bench bench(folder);
  EXPECT_EQ(text_of(bench.run("Ask")),
            R"({"texts":["shop.example:80: scripts have no network here",)"
            R"("scripts have TCP by the proxy only, no UDP and no raw IP",)"
            R"("scripts may not listen"]})");
}

TEST(PythonNetwork, AddsWhatTheProxySawToTheTraceOfTheCall) {
  std::atomic<Pool*> pool = nullptr;
  std::atomic<Proxy*> proxy = nullptr;
  Networked net(R"(        import socket
        with socket.create_connection(('shop.example', 25)) as connection:
            connection.recv(100)
        return {}
)",
                [&](Peer& peer, const std::string&) {
                  const std::string head = proxy.load()->heads().back();
                  const size_t at = head.find("Millrace-Call: ") + 15;
                  const std::string tag = head.substr(at, head.find('\r', at) - at);
                  Pool& noted = *pool.load();
                  noted.note_exchange("v1", tag, {"shop.example", 25, "CONNECT", 0, 7, "why not"});
                  noted.note_exchange("v1", "1:999999", {"other", 25, "CONNECT", 0, 7, ""});
                  noted.note_exchange("v1", "nonsense", {"other", 25, "CONNECT", 0, 7, ""});
                  peer.write("hello");
                });
  pool = net.bench().pool.get();
  proxy = &net.proxy();
  const auto outcome = net.run();
  ASSERT_EQ(outcome.trace.exchanges.size(), 1u) << outcome.message;
  EXPECT_EQ(outcome.trace.exchanges[0].method, "CONNECT");
  EXPECT_EQ(outcome.trace.exchanges[0].refused, "why not");
  EXPECT_EQ(outcome.trace.exchanges[0].took_ms, 7);
}

TEST(PythonNetwork, SharesNoConnectionMadeByAnImport) {
  Folder folder;
  Proxy proxy(folder.path() / "proxy", refuse_inside, serve_http);
  folder.app(kApp).node("Ask", R"(
import requests

session = requests.Session()
first = session.get('http://shop.example/import').json()['line']

class Ask:
    def execute(self, log, payload=None, context=None):
        return {'first': first, 'then': session.get('http://shop.example/call').json()['line']}
)");
  VersionFolder version{"v1", folder.path(), "sandbox", {}};
  version.proxy_socket = proxy.file();
  Bench bench(std::move(version));
  EXPECT_EQ(text_of(bench.run("Ask")),
            R"({"first":"GET /import HTTP/1.1","then":"GET /call HTTP/1.1"})");
  EXPECT_EQ(proxy.heads().size(), 2u);
}

}  // namespace
}  // namespace millrace::python::testing
