// The process that all workers of a version come from: what lives in it, how it ends, and how
// workers are replaced.

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

TEST(PythonZygote, ImportsOnceForAllWorkers) {
  Folder folder;
  folder.app(kApp).node("Import", R"(
import os
print('imported')
imported_by = os.getpid()

class Import:
    def execute(self, log, payload=None, context=None):
        return {'same': str(imported_by == os.getpid()), 'parent': str(imported_by == os.getppid())}
)");
  Bench bench(folder);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(text_of(bench.run("Import")), R"({"same":"False","parent":"True"})");
  }
  EXPECT_EQ(bench.log.of("python"), "imported");
}

TEST(PythonZygote, GivesEachCallThatMayLeaveSomethingAProcessOfItsOwn) {
  Folder folder;
  folder.app(kApp).body("Fine", "        import os\n        return {}\n");
  PoolOptions options;
  options.workers_max = 1;
  Bench bench(folder, options);
  std::set<uint64_t> workers;
  for (int i = 0; i < 100; ++i) {
    const auto outcome = bench.run("Fine");
    ASSERT_EQ(outcome.kind, Kind::returned) << outcome.message;
    workers.insert(outcome.trace.worker);
  }
  EXPECT_EQ(workers.size(), 100u);
  EXPECT_EQ(bench.log.text(), "");
}

TEST(PythonZygote, IsStartedAgainWhenItEnds) {
  Folder folder;
  // Only what runs before the fork may end it: a thread that an import has started.
  folder.app(kApp)
      .node("Ends", R"(
import os
import threading
import time

def end():
    while not any(os.path.exists('/slots/%d/tmp/end' % slot) for slot in range(100)):
        time.sleep(0.001)
    os._exit(9)

threading.Thread(target=end, daemon=True).start()

class Ends:
    def execute(self, log, payload=None, context=None):
        import time
        open('/tmp/end', 'w').close()
        time.sleep(100)
)")
      .body("Fine", "        return {'success': 'true'}\n");
  Bench bench(folder);
  const auto outcome = bench.run("Ends");
  EXPECT_EQ(outcome.kind, Kind::crashed);
  EXPECT_TRUE(outcome.message.contains("while it ran Ends")) << outcome.message;
  EXPECT_EQ(bench.run("Fine").kind, Kind::returned);
  EXPECT_TRUE(bench.log.text().contains("the process of version v1 ended: exit status 9"))
      << bench.log.text();
  EXPECT_TRUE(bench.log.text().contains("a thread was started by an import"));
}

TEST(PythonZygote, TakesAllItsWorkersWithItWhenThePoolStops) {
  Folder folder;
  folder.app(kApp).body("Hold",
                        "        import os, time\n        gate = open('/solution/gate')\n"
                        "        time.sleep(1000)\n");
  const std::string gate = (folder.path() / "gate").string();
  ASSERT_EQ(::mkfifo(gate.c_str(), 0644), 0);
  Bench bench(folder);
  auto first = bench.begin(Bench::call("Hold"));
  auto second = bench.begin(Bench::call("Hold"));
  const int writer = ::open(gate.c_str(), O_WRONLY | O_CLOEXEC);
  bench.pool->stop(std::chrono::milliseconds(0));
  EXPECT_EQ(Bench::end(first).kind, Kind::refused);
  EXPECT_EQ(Bench::end(second).kind, Kind::refused);
  struct pollfd closed = {writer, 0, 0};
  EXPECT_EQ(::poll(&closed, 1, kPatienceMs), 1);
  ::close(writer);
}

TEST(PythonZygote, LoadsTwoHundredNodesAndReloadsUnderCallsWithoutLosingOne) {
  Folder one;
  Folder two;
  for (Folder* const folder : {&one, &two}) {
    folder->app(kApp);
    for (int i = 0; i < 200; ++i) {
      folder->body("Node" + std::to_string(i),
                   "        return {'n': '" + std::to_string(i) + "'}\n");
    }
  }
  Bench bench(one);
  ASSERT_EQ(bench.run("Node0").kind, Kind::returned);
  std::atomic<bool> second = false;
  std::atomic<int> failed = 0;
  std::atomic<int> made = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 2; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 300 || !second; ++i) {
        auto call = Bench::call("Node" + std::to_string((i + caller) % 200));
        if (second) call.version = "v2";
        if (bench.run(std::move(call)).kind != Kind::returned) ++failed;
        ++made;
      }
    });
  }
  ASSERT_TRUE(bench.pool->add_version({"v2", two.path(), "sandbox", {}}));
  bench.pool->prewarm("v2", 1);
  second = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GE(made, 600);
}

}  // namespace
}  // namespace millrace::python::testing
