// What the way out costs, on loopback: the client's throughput, what the proxy adds to a request
// over a kept connection, and what an idle tunnel weighs. The servers run in a process of their
// own.
//   make bench-egress
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <future>

#include "bench/measure.hpp"
#include "tests/support/egress_http.hpp"

using namespace millrace;
using namespace millrace::egress;
using namespace millrace::egress::testing;
using SteadyClock = std::chrono::steady_clock;

namespace {

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

long resident_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

// A process with a server that answers 200 to everything; it ends with this one.
class Elsewhere {
 public:
  Elsewhere() {
    int up[2];
    int down[2];
    if (::pipe(up) != 0 || ::pipe(down) != 0) std::exit(1);
    child_ = ::fork();
    if (child_ == 0) {
      ::close(down[1]);
      {
        const Server server(always(response(200, "{\"message\":\"success\"}")));
        if (::write(up[1], &server.port, sizeof server.port) < 0) ::_exit(1);
        char end;
        (void)!::read(down[0], &end, 1);
      }
      ::_exit(0);
    }
    ::close(down[0]);
    hold_ = down[1];
    if (::read(up[0], &port, sizeof port) != sizeof port) std::exit(1);
  }
  ~Elsewhere() {
    ::close(hold_);
    ::waitpid(child_, nullptr, 0);
  }
  std::string authority() const { return "127.0.0.1:" + std::to_string(port); }
  uint16_t port = 0;

 private:
  pid_t child_ = 0;
  int hold_ = -1;
};

void measure_client(const Elsewhere& server, size_t body_bytes, int at_once, int count) {
  fakes::Resolver resolver;
  fakes::WallClock clock;
  base::NoMeter meter;
  ClientOptions options;
  options.rules.internal_allowed = {server.authority()};
  options.running_per_host_max = at_once;
  options.waiting_per_host_max = 1'000'000;
  auto client = std::move(*Client::make(options, resolver, clock, meter));
  std::atomic<int> sent{at_once};
  std::atomic<int> answered{0};
  std::promise<void> all;
  std::function<void()> send_one = [&] {
    client->send({.url = "http://" + server.authority() + "/users/track",
                  .headers = {{"Content-Type", "application/json"}},
                  .body = std::string(body_bytes, 'x')},
                 [&](web::OutboundAnswer answer) {
                   if (answer.response.status != 200) std::exit(1);
                   if (++answered == count) return all.set_value();
                   if (sent++ < count) send_one();
                 });
  };
  const double cpu = bench::cpu_seconds();
  const auto begin = SteadyClock::now();
  for (int i = 0; i < at_once; ++i) send_one();
  all.get_future().wait();
  const double wall_s = seconds_since(begin);
  const double cpu_s = bench::cpu_seconds() - cpu;
  std::printf("client: %zu-byte bodies, %d at once: %.0f requests/s, %.0f per core of its own\n",
              body_bytes, at_once, count / wall_s, count / cpu_s);
}

std::vector<double> ask(Stream& stream, int count) {
  std::vector<double> took;
  for (int i = 0; i < count; ++i) {
    const auto begin = SteadyClock::now();
    stream.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    stream.receive_until("success\"}");
    took.push_back(seconds_since(begin) * 1e6);
  }
  std::ranges::sort(took);
  return took;
}

void measure_proxy(const Elsewhere& server) {
  fakes::Resolver resolver;
  fakes::NoLog log;
  base::NoMeter meter;
  fakes::Folder folder;
  Proxy proxy(resolver, log, meter);
  const std::string path = (folder.path / "proxy").string();
  const Rules rules{{"*"}, {server.authority()}};
  const ProxyLimits limits{.connections_max = 5'000, .connects_per_second = 100'000};
  if (!proxy.open("bench", path, rules, limits, {})) std::exit(1);
  const auto tunnel = [&] {
    Stream stream = Stream::to_path(path);
    stream.send("CONNECT " + server.authority() + " HTTP/1.1\r\n\r\n");
    stream.receive_until("\r\n\r\n");
    return stream;
  };
  {
    std::vector<Stream> idle;
    idle.reserve(2'000);
    const long before_kb = resident_kb();
    for (int i = 0; i < 2'000; ++i) idle.push_back(tunnel());
    std::printf("proxy: %.1f KB an idle tunnel, both ends of its test in it\n",
                static_cast<double>(resident_kb() - before_kb) / 2'000);
  }
  constexpr int kAsked = 20'000;
  for (int round = 0; round < 2; ++round) {
    Stream direct = Stream::to_port(server.port);
    Stream tunnelled = tunnel();
    const auto without = ask(direct, kAsked);
    const auto with = ask(tunnelled, kAsked);
    std::printf("proxy: p50 %.0f us direct, %.0f us through it; p99 %.0f and %.0f\n",
                without[kAsked / 2], with[kAsked / 2], without[kAsked * 99 / 100],
                with[kAsked * 99 / 100]);
  }
  std::vector<double> connects;
  for (int i = 0; i < 2'000; ++i) {
    const auto begin = SteadyClock::now();
    tunnel();
    connects.push_back(seconds_since(begin) * 1e6);
  }
  std::ranges::sort(connects);
  std::printf("proxy: p50 %.0f us to make a tunnel\n", connects[1'000]);
}

}  // namespace

int main() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 65'536);
  ::setrlimit(RLIMIT_NOFILE, &files);
  const Elsewhere server;
  measure_client(server, 15'000, 1, 5'000);
  measure_client(server, 15'000, 32, 30'000);
  measure_client(server, 200, 32, 30'000);
  measure_proxy(server);
  return 0;
}
