// What a call of an action node costs: sandboxed, proven to leave nothing and not, one at a time
// and with several callers waiting; beside calls that are held; what a noisy neighbour costs.
// Beside it, in the same run, an HTTP action server (its script as the first argument) and a
// process per call.
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include "bench/measure.hpp"
#include "python/python.hpp"
#include "tests/fakes/clock.hpp"

namespace {

using namespace millrace;
using Clock = std::chrono::steady_clock;
using Micros = std::chrono::duration<double, std::micro>;

constexpr int kPort = 3978;
constexpr std::chrono::microseconds kPause{5'000};
constexpr const char* kNoop = R"(
class Noop:
    def execute(self, log, payload=None, context=None):
        return {'success': 'true'}
)";
// It keeps something, so it cannot be proven to leave nothing: a process for each call.
constexpr const char* kCount = R"(
SEEN = []

class Count:
    def execute(self, log, payload=None, context=None):
        SEEN.append(1)
        return {'success': 'true'}
)";
constexpr const char* kHold = R"(
import time

class Hold:
    def execute(self, log, payload=None, context=None):
        time.sleep(payload['s'])
        return {}
)";
constexpr const char* kBurn = R"(
class Burn:
    def execute(self, log, payload=None, context=None):
        held = []
        while True:
            print('x' * 4000)
            held.append(bytes(1 << 16))
)";

double percentile(std::vector<double>& all, double part) {
  std::ranges::sort(all);
  return all.empty() ? 0 : all[std::min(all.size() - 1, size_t(part * double(all.size())))];
}

void print_latency(const char* what, std::vector<double> all) {
  const double p50 = percentile(all, 0.50);
  std::printf("%-44s p50 %8.1f us   p99 %8.1f us\n", what, p50, percentile(all, 0.99));
}

runtime::ActionCall call_of(const char* command, json::object payload = {}) {
  runtime::ActionCall call;
  call.version = "v1";
  call.command = command;
  call.chat_id = "chat";
  call.idempotency_key = "chat:1:1";
  call.payload = std::move(payload);
  call.context = {{"chat_id", "chat"}, {"variables", {{"FIRST_NAME", "Ada"}, {"CITY", "Paris"}}}};
  return call;
}

// From call() to done().
double timed_call(python::Pool& pool, runtime::ActionCall call) {
  std::promise<Clock::time_point> ended;
  auto future = ended.get_future();
  const auto began = Clock::now();
  pool.call(std::move(call), [&ended](runtime::ActionOutcome outcome) {
    const auto now = Clock::now();
    if (outcome.kind != runtime::CallOutcome::returned)
      std::printf("%s\n", outcome.message.c_str());
    ended.set_value(now);
  });
  return Micros(future.get() - began).count();
}

// With a pause between two, as people's calls come; without one the next waits for what the last
// one used up.
std::vector<double> one_at_a_time(python::Pool& pool, const char* command, int count,
                                  std::chrono::microseconds pause) {
  std::vector<double> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(timed_call(pool, call_of(command)));
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
  }
  return all;
}

// Of all processes below one, and of those that they have collected.
double cpu_us_below(const std::string& process) {
  double sum = 0;
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + process + "/task", error)) {
    std::ifstream children(task.path() / "children");
    for (std::string child; children >> child;) {
      std::ifstream file("/proc/" + child + "/stat");
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      std::istringstream rest(text.substr(text.rfind(')') + 1));
      std::string word;
      for (int field = 3; field <= 13; ++field) rest >> word;
      for (int field = 14; field <= 17; ++field) {
        double ticks = 0;
        rest >> ticks;
        sum += ticks * 1e6 / double(::sysconf(_SC_CLK_TCK));
      }
      sum += cpu_us_below(child);
    }
  }
  return sum;
}

// Keeps so many calls waiting or running until all have been made.
double calls_per_second(python::Pool& pool, const char* command, int count, int callers) {
  std::atomic<int> left = count;
  std::atomic<int> open = callers;
  std::promise<void> all_done;
  std::function<void()> next = [&] {
    if (left.fetch_sub(1) <= 0) {
      if (open.fetch_sub(1) == 1) all_done.set_value();
      return;
    }
    pool.call(call_of(command), [&](runtime::ActionOutcome) { next(); });
  };
  const auto began = Clock::now();
  for (int i = 0; i < callers; ++i) next();
  all_done.get_future().wait();
  return count / std::chrono::duration<double>(Clock::now() - began).count();
}

// Every worker is held by a call, so each of these needs a new one.
std::vector<double> first_calls(python::Pool& pool, int count) {
  std::vector<double> all;
  std::atomic<int> held = 0;
  for (int i = 0; i < count; ++i) {
    pool.call(call_of("Hold", {{"s", 3}}), [&](runtime::ActionOutcome) { --held; });
    ++held;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    all.push_back(timed_call(pool, call_of("Noop")));
  }
  while (held > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return all;
}

std::filesystem::path solution() {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("millrace-call-bench-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "action_nodes");
  std::ofstream(folder / "app.py") << "NAME = 'Bench'\nBOTS = []\nCSV_BOTS = []\nPARAMS = {}\n";
  std::ofstream(folder / "action_nodes/Noop.py") << kNoop;
  std::ofstream(folder / "action_nodes/Count.py") << kCount;
  std::ofstream(folder / "action_nodes/Hold.py") << kHold;
  std::ofstream(folder / "action_nodes/Burn.py") << kBurn;
  return folder;
}

std::unique_ptr<python::Pool> pool_of(const std::filesystem::path& folder, size_t workers,
                                      base::Clock& clock, base::Log& log) {
  python::PoolOptions options;
  options.workers_max = workers;
  auto pool = python::Pool::start(options, clock, log);
  if (!pool || !(*pool)->add_version({"v1", folder, "sandbox", {}}) ||
      !(*pool)->add_version({"v2", folder, "sandbox", {}})) {
    std::printf("no pool: %s\n", pool ? "" : pool.error().describe().c_str());
    std::exit(1);
  }
  (*pool)->prewarm("v1", 1);
  return std::move(*pool);
}

// One request over a connection that stays open, as the HTTP action server wants it.
class HttpPeer {
 public:
  HttpPeer() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(kPort);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 100; ++i) {
      if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    std::printf("no HTTP action server\n");
    std::exit(1);
  }
  ~HttpPeer() { ::close(fd_); }
  double ask() {
    static const std::string body =
        R"({"next_action":"noop","sender_id":"chat","tracker":{"slots":{"first_name":"Ada",)"
        R"("email":"a@b.example"},"latest_message":{},"events":[]},"domain":{}})";
    static const std::string request =
        "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    const auto began = Clock::now();
    ::send(fd_, request.data(), request.size(), 0);
    char answer[4096];
    if (::recv(fd_, answer, sizeof answer, 0) <= 0) std::exit(1);
    return Micros(Clock::now() - began).count();
  }

 private:
  int fd_;
};

pid_t run(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = -1;
  ::posix_spawn(&pid, arguments[0], nullptr, nullptr, arguments.data(), environ);
  return pid;
}

void measure_http_server(const std::string& script) {
  const pid_t server = run({"/usr/bin/python3", script, std::to_string(kPort)});
  {
    HttpPeer peer;
    std::vector<double> all;
    for (int i = 0; i < 5'000; ++i) all.push_back(peer.ask());
    print_latency("HTTP action server, one at a time", all);
  }
  const auto began = Clock::now();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([] {
      HttpPeer peer;
      for (int i = 0; i < 1'000; ++i) peer.ask();
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%-44s %8.0f calls/s\n", "HTTP action server, 8 callers",
              8'000 / std::chrono::duration<double>(Clock::now() - began).count());
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
}

void measure_process_per_call() {
  std::vector<double> all;
  for (int i = 0; i < 40; ++i) {
    const auto began = Clock::now();
    const pid_t pid = run({"/usr/bin/python3", "-c", "import json; json.loads('{}')"});
    ::waitpid(pid, nullptr, 0);
    all.push_back(Micros(Clock::now() - began).count());
  }
  print_latency("a process per call, no sandbox", all);
}

void measure_cost(python::Pool& pool, const char* command, int calls) {
  const double server = 1e6 * bench::cpu_seconds();
  const double scripts = cpu_us_below("self");
  calls_per_second(pool, command, calls, 8);
  std::printf("%-44s %8.1f us in the server, %.1f us in processes\n",
              (std::string("CPU a call of ") + command).c_str(),
              (1e6 * bench::cpu_seconds() - server) / calls,
              (cpu_us_below("self") - scripts) / calls);
}

void measure_no_op(python::Pool& pool, const char* command, const std::string& kind, int calls) {
  one_at_a_time(pool, command, 200, kPause);
  measure_cost(pool, command, calls);
  print_latency((kind + " no-op, one each 5 ms").c_str(),
                one_at_a_time(pool, command, 1'000, kPause));
  print_latency((kind + " no-op, back to back").c_str(),
                one_at_a_time(pool, command, calls / 2, {}));
  for (const int callers : {1, 8, 32}) {
    std::printf("%-8s no-op, %2d callers                      %8.0f calls/s\n", kind.c_str(),
                callers, calls_per_second(pool, command, calls, callers));
  }
}

void measure_neighbour(python::Pool& pool) {
  std::vector<double> alone = one_at_a_time(pool, "Noop", 500, kPause);
  const double before = percentile(alone, 0.99);
  std::atomic<bool> stop = false;
  std::atomic<int> open = 0;
  std::function<void()> burn = [&] {
    if (stop) return;
    auto call = call_of("Burn");
    call.version = "v2";
    call.policy.time_limit = std::chrono::milliseconds(500);
    ++open;
    pool.call(std::move(call), [&](runtime::ActionOutcome) {
      burn();
      --open;
    });
  };
  burn();
  std::vector<double> beside = one_at_a_time(pool, "Noop", 500, kPause);
  stop = true;
  while (open > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const double after = percentile(beside, 0.99);
  std::printf("%-44s p99 %8.1f -> %8.1f us, %.2f times\n",
              "beside one that prints and takes memory", before, after, after / before);
}

}  // namespace

int main(int count, char** arguments) {
  ::signal(SIGPIPE, SIG_IGN);
  ::setvbuf(stdout, nullptr, _IOLBF, 0);
  fakes::WallClock clock;
  bench::ShownLog log(base::Level::error);
  const auto folder = solution();
  {
    auto pool = pool_of(folder, 0, clock, log);
    measure_no_op(*pool, "Noop", "proven", 20'000);
    measure_no_op(*pool, "Count", "unproven", 2'000);
    measure_neighbour(*pool);
  }
  {
    auto pool = pool_of(folder, 40, clock, log);
    one_at_a_time(*pool, "Noop", 10, kPause);
    print_latency("beside calls that are held", first_calls(*pool, 30));
  }
  if (count > 1) measure_http_server(arguments[1]);
  measure_process_per_call();
  std::filesystem::remove_all(folder);
}
