// Limits and ends: deadlines, deaths, queues, idleness and the stop, against real workers.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include <thread>

#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

TEST(PythonPool, StopsACallAtItsDeadlineAndGoesOn) {
  Folder folder;
  folder.app(kApp)
      .body("Block", "        import time\n        while True:\n            time.sleep(1000)\n")
      .body("Fine", "        return {'success': 'true'}\n");
  PoolOptions options;
  options.workers_max = 1;
  Bench bench(folder, options);
  auto call = Bench::call("Block");
  call.policy.time_limit = std::chrono::milliseconds(200);
  auto blocked = bench.begin(std::move(call));
  auto next = bench.begin(Bench::call("Fine"));
  const auto outcome = Bench::end(blocked);
  EXPECT_EQ(outcome.kind, Kind::timed_out);
  EXPECT_EQ(outcome.message, "Block was stopped at its time limit of 200 ms");
  EXPECT_EQ(Bench::end(next).kind, Kind::returned);
}

TEST(PythonPool, ReportsAWorkerThatDiesAndGoesOn) {
  Folder folder;
  folder.app(kApp)
      .body("Exit", "        import os\n        print('last words')\n        os._exit(7)\n")
      .body("Fault", "        import os\n        os.kill(os.getpid(), 11)\n")
      .body("Fine", "        return {'success': 'true'}\n");
  Bench bench(folder);
  auto outcome = bench.run("Exit");
  EXPECT_EQ(outcome.kind, Kind::crashed);
  EXPECT_EQ(outcome.message, "the worker ended with exit status 7 while it ran Exit");
  EXPECT_EQ(bench.log.of("chat-1"), "last words");
  outcome = bench.run("Fault");
  EXPECT_EQ(outcome.kind, Kind::crashed);
  EXPECT_EQ(outcome.message, "the worker ended with signal SEGV while it ran Fault");
  EXPECT_EQ(bench.run("Fine").kind, Kind::returned);
}

TEST(PythonPool, EndsAWorkerThatBreaksTheProtocol) {
  Folder folder;
  folder.app(kApp)
      .body("Oversize",
            "        import os, struct, time\n"
            "        os.write(3, struct.pack('<I', 1 << 30))\n"
            "        time.sleep(1000)\n")
      .body("Garbage",
            "        import os, time\n"
            "        os.write(3, b'\\x05\\0\\0\\0hello')\n        time.sleep(1000)\n")
      .body("Stranger",
            "        import os, struct, time\n        body = b'{\"surprise\":1}'\n"
            "        os.write(3, struct.pack('<I', len(body)) + body)\n"
            "        time.sleep(1000)\n")
      .body("Close", "        import os, time\n        os.close(3)\n        time.sleep(1000)\n");
  Bench bench(folder);
  for (const char* const command : {"Oversize", "Garbage", "Stranger", "Close"}) {
    EXPECT_EQ(bench.run(command).kind, Kind::crashed) << command;
  }
}

TEST(PythonPool, GivesAForkedChildNoVoice) {
  Folder folder;
  folder.app(kApp).body("Fork",
                        "        import os\n        child = os.fork()\n"
                        "        if child == 0:\n            return {'who': 'child'}\n"
                        "        os.waitpid(child, 0)\n        return {'who': 'parent'}\n");
  Bench bench(folder, {.sandbox = Sandbox::none});
  EXPECT_EQ(text_of(bench.run("Fork")), R"({"who":"parent"})");
  EXPECT_EQ(text_of(bench.run("Fork")), R"({"who":"parent"})");
}

TEST(PythonPool, LetsNoScriptForkInTheSandbox) {
  Folder folder;
  folder.app(kApp).body("Fork", "        import os\n        os.fork()\n        return {}\n");
  Bench bench(folder);
  EXPECT_EQ(bench.run("Fork").message, "PermissionError: [Errno 1] Operation not permitted");
}

// A script that waits until the test lets it go on, by a pipe with a name.
struct Gate {
  explicit Gate(const Folder& folder) : file((folder.path() / "gate").string()) {
    EXPECT_EQ(::mkfifo(file.c_str(), 0644), 0);
  }
  // Opens once as many scripts wait; blocks until the first does.
  void open() const {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    EXPECT_GE(fd, 0);
    ::close(fd);
  }
  std::string file;
  std::string inside = "/solution/gate";  // as the script sees it
};

constexpr std::string_view kWait =
    "        with open(payload['gate']) as gate:\n            gate.read()\n"
    "        return {'success': 'true'}\n";

TEST(PythonPool, RefusesWhatFindsNoRoomInTheQueue) {
  Folder folder;
  folder.app(kApp).body("Wait", kWait);
  const Gate gate(folder);
  PoolOptions options;
  options.workers_max = 1;
  options.queue_max = 1;
  Bench bench(folder, options);
  auto running = bench.begin(Bench::call("Wait", {{"gate", gate.inside}}));
  // Blocks until the script has opened its end; the queue is empty from then on.
  const int writer = ::open(gate.file.c_str(), O_WRONLY | O_CLOEXEC);
  auto missing = bench.begin(Bench::call("Missing"));
  const auto refused = bench.run("Missing");
  EXPECT_EQ(refused.kind, Kind::refused);
  EXPECT_EQ(refused.message, "too many calls wait for a worker");
  ::close(writer);
  EXPECT_EQ(Bench::end(running).kind, Kind::returned);
  EXPECT_EQ(Bench::end(missing).message, "there is no action node 'Missing'");
}

TEST(PythonPool, RefusesWhatWaitsTooLong) {
  Folder folder;
  folder.app(kApp).body("Wait", kWait);
  const Gate gate(folder);
  PoolOptions options;
  options.workers_max = 1;
  options.queue_wait_max = std::chrono::milliseconds(50);
  Bench bench(folder, options);
  bench.pool->prewarm("v1", 1);
  // Calls may be refused already while the worker starts.
  runtime::ActionOutcome outcome;
  do {
    outcome = bench.run("Missing");
  } while (outcome.message == "no worker became free in time");
  auto running = bench.begin(Bench::call("Wait", {{"gate", gate.inside}}));
  const int writer = ::open(gate.file.c_str(), O_WRONLY | O_CLOEXEC);
  outcome = bench.run("Missing");
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.message, "no worker became free in time");
  ::close(writer);
  EXPECT_EQ(Bench::end(running).kind, Kind::returned);
}

TEST(PythonPool, RunsCallsSideBySideUpToItsWorkers) {
  Folder folder;
  folder.app(kApp).body("Wait", kWait);
  const Gate gate(folder);
  PoolOptions options;
  options.workers_max = 2;
  Bench bench(folder, options);
  auto one = bench.begin(Bench::call("Wait", {{"gate", gate.inside}}));
  const int writer = ::open(gate.file.c_str(), O_WRONLY | O_CLOEXEC);
  // The first worker waits at the gate: another one must answer this.
  EXPECT_EQ(bench.run("Missing").kind, Kind::refused);
  ::close(writer);
  EXPECT_EQ(Bench::end(one).kind, Kind::returned);
}

TEST(PythonPool, EndsWorkersThatHaveBeenIdleForLong) {
  Folder folder;
  folder.app(kApp).node("Hold", R"(
class Hold:
    def execute(self, log, payload=None, context=None):
        Hold.gate = open('/solution/gate')
        return {}
)");
  const Gate gate(folder);
  PoolOptions options;
  options.idle_max = options.idle_last_max = std::chrono::milliseconds(20);
  Bench bench(folder, options);
  auto holding = bench.begin(Bench::call("Hold"));
  const int writer = ::open(gate.file.c_str(), O_WRONLY | O_CLOEXEC);
  const uint64_t first = Bench::end(holding).trace.worker;
  // Calls that come at once may keep it alive; waiting for its end of the pipe to close does not.
  struct pollfd closed = {writer, 0, 0};
  EXPECT_EQ(::poll(&closed, 1, kPatienceMs), 1);
  ::close(writer);
  EXPECT_NE(bench.run("Missing").trace.worker, first);
}

TEST(PythonPool, RefusesWhatWaitsWhenNoWorkerStarts) {
  Folder folder;
  folder.app("import os\nprint('planted-in-app')\nos._exit(5)\n")
      .body("Fine", "        return {}\n");
  Bench bench(folder);
  const auto outcome = bench.run("Fine");
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.message, "no worker could be started");
  EXPECT_TRUE(bench.log.text().contains("did not start: exit status 5")) << bench.log.text();
  EXPECT_FALSE(bench.log.text().contains("planted-in-app"));
}

TEST(PythonPool, GivesUpAWorkerThatIsNotReadyInTime) {
  Folder folder;
  folder.app("import time\ntime.sleep(1000)\n").body("Fine", "        return {}\n");
  PoolOptions options;
  options.start_limit = std::chrono::milliseconds(100);
  Bench bench(folder, options);
  EXPECT_EQ(bench.run("Fine").kind, Kind::refused);
  EXPECT_TRUE(bench.log.text().contains("not ready within its start limit")) << bench.log.text();
}

TEST(PythonPool, RefusesACallThatIsTooLarge) {
  Folder folder;
  folder.app(kApp).body("Fine", "        return {'success': 'true'}\n");
  PoolOptions options;
  options.call_bytes_max = 10'000;
  Bench bench(folder, options);
  EXPECT_EQ(bench.run("Fine", {{"x", std::string(20'000, 'x')}}).kind, Kind::refused);
  EXPECT_EQ(bench.run("Fine", {{"x", std::string(5'000, 'x')}}).kind, Kind::returned);
}

TEST(PythonPool, CarriesLargeCallsAndResults) {
  Folder folder;
  folder.app(kApp).body("Half", "        return {'x': payload['x'][:len(payload['x']) // 4]}\n");
  Bench bench(folder);
  const auto outcome = bench.run("Half", {{"x", std::string(3'600'000, 'x')}});
  EXPECT_EQ(outcome.kind, Kind::returned) << outcome.message;
  EXPECT_EQ(json::get_string(outcome.result, "x").value_or("").size(), 900'000u);
}

TEST(PythonPool, EndsEveryCallExactlyOnceWhenItStops) {
  Folder folder;
  folder.app(kApp).body("Block", "        import time\n        time.sleep(1000)\n");
  PoolOptions options;
  options.workers_max = 2;
  Bench bench(folder, options);
  std::atomic<int> ended = 0;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 50; ++i) {
    bench.pool->call(Bench::call("Block"), [&](runtime::ActionOutcome outcome) {
      ++ended;
      refused += outcome.kind == Kind::refused ? 1 : 0;
    });
  }
  bench.pool->stop(std::chrono::milliseconds(50));
  EXPECT_EQ(ended, 50);
  EXPECT_EQ(refused, 50);
  EXPECT_EQ(bench.run("Block").kind, Kind::refused);
}

TEST(PythonPool, LetsACallInFlightEndWhenItStops) {
  Folder folder;
  folder.app(kApp).body("Wait", kWait);
  const Gate gate(folder);
  Bench bench(folder);
  auto running = bench.begin(Bench::call("Wait", {{"gate", gate.inside}}));
  const int writer = ::open(gate.file.c_str(), O_WRONLY | O_CLOEXEC);
  auto stopping = std::async(std::launch::async, [&] { bench.pool->stop(kPatience); });
  ::close(writer);
  EXPECT_EQ(Bench::end(running).kind, Kind::returned);
  EXPECT_EQ(stopping.wait_for(kPatience), std::future_status::ready);
}

TEST(PythonPool, TakesCallsFromManyThreads) {
  Folder folder;
  folder.app(kApp).body("Echo", "        return {'n': payload['n']}\n");
  Bench bench(folder);
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::string n = std::to_string(thread * 1000 + i);
        if (json::get_string(bench.run("Echo", {{"n", n}}).result, "n") == n) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 200);
}

}  // namespace
}  // namespace millrace::python::testing
