// Workers that stay: which calls may share one, by the text of their scripts alone, and that
// nothing else ever does.

#include <cstdlib>
#include <set>

#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlain = "        return {'success': 'true'}\n";
constexpr std::string_view kFails = "        return {'x': payload['missing']}\n";

class Kept : public ::testing::Test {
 protected:
  Kept() {
    folder.app("NAME = 'Kept'\nPARAMS = {'sandbox': {'url': 'https://good.example'}}\n");
    folder.body("Plain", kPlain);
    folder.body("Fails", kFails);
    folder.body("Slow", "        while True:\n            pass\n");
    folder.node("Counts",
                "SEEN = []\nclass Counts:\n"
                "    def execute(self, log, payload=None, context=None):\n"
                "        SEEN.append(1)\n        return {'seen': str(len(SEEN))}\n");
  }
  // Which workers these calls had, one after the other.
  static std::set<uint64_t> workers(Bench& bench, const std::string& command, int count) {
    std::set<uint64_t> seen;
    for (int i = 0; i < count; ++i) seen.insert(bench.run(command).trace.worker);
    return seen;
  }
  Folder folder;
};

TEST(PythonProof, HoldsForEveryScriptOfItsTable) {
  const std::string source = MILLRACE_SOURCE_DIR;
  const std::string command =
      "/usr/bin/python3 -I '" + source + "/tests/sandbox/proof_cases.py' '" + source + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_F(Kept, AProvenCommandUsesItsWorkerAgain) {
  Bench bench(folder);
  EXPECT_EQ(workers(bench, "Plain", 20).size(), 1u);
}

TEST_F(Kept, AnUnprovenCommandNeverDoes) {
  Bench bench(folder);
  std::set<uint64_t> seen;
  for (int i = 0; i < 12; ++i) {
    bench.run("Plain");
    const auto outcome = bench.run("Counts");
    EXPECT_EQ(json::get_string(outcome.result, "seen"), "1") << outcome.message;
    seen.insert(outcome.trace.worker);
  }
  EXPECT_EQ(seen.size(), 12u);
  const auto plain = workers(bench, "Plain", 3);
  EXPECT_EQ(plain.size(), 1u);
  EXPECT_FALSE(seen.contains(*plain.begin()));
}

TEST_F(Kept, AWorkerGoesAfterItsCalls) {
  PoolOptions options;
  options.calls_per_worker_max = 5;
  Bench bench(folder, options);
  EXPECT_EQ(workers(bench, "Plain", 20).size(), 4u);
}

TEST_F(Kept, OneCallPerWorkerIsAProcessPerCall) {
  PoolOptions options;
  options.calls_per_worker_max = 1;
  Bench bench(folder, options);
  EXPECT_EQ(workers(bench, "Plain", 6).size(), 6u);
}

TEST_F(Kept, AWorkerGoesAfterWhatDidNotReturn) {
  Bench bench(folder);
  for (int i = 0; i < 3; ++i) {
    const auto plain = bench.run("Plain");
    const auto failed = bench.run("Fails");
    EXPECT_EQ(failed.kind, Kind::raised);
    EXPECT_EQ(failed.trace.worker, plain.trace.worker);
    EXPECT_NE(bench.run("Plain").trace.worker, plain.trace.worker);
  }
}

TEST_F(Kept, ATimeLimitStillKills) {
  Bench bench(folder);
  const auto plain = bench.run("Plain");
  auto call = Bench::call("Slow");
  call.policy.time_limit = std::chrono::milliseconds(200);
  const auto slow = bench.run(std::move(call));
  EXPECT_EQ(slow.kind, Kind::timed_out);
  EXPECT_EQ(slow.trace.worker, plain.trace.worker);
  EXPECT_NE(bench.run("Plain").trace.worker, plain.trace.worker);
}

TEST_F(Kept, CpuTimeIsCountedForEachCall) {
  folder.body("Burn",
              "        n = 0\n        while n < 6000000:\n            n += 1\n"
              "        return {'n': str(n)}\n");
  Bench bench(folder);
  std::set<uint64_t> seen;
  for (int i = 0; i < 8; ++i) {
    auto call = Bench::call("Burn");
    call.policy.time_limit = std::chrono::seconds(2);
    const auto outcome = bench.run(std::move(call));
    // On a machine that is busy the limit itself may be reached, but never by all calls together.
    EXPECT_TRUE(outcome.kind == Kind::returned || outcome.kind == Kind::timed_out)
        << outcome.message;
    seen.insert(outcome.trace.worker);
  }
  EXPECT_LT(seen.size(), 8u);
}

TEST_F(Kept, WhatIsPrintedBelongsToItsCall) {
  folder.body("Says", "        print('said by ' + payload['who'], end='')\n        return {}\n");
  Bench bench(folder);
  const auto first = bench.run("Says", {{"who", "one"}});
  const auto second = bench.run("Says", {{"who", "two"}});
  EXPECT_EQ(first.trace.worker, second.trace.worker);
  EXPECT_EQ(first.trace.lines, (std::vector<std::string>{"info: said by one"}));
  EXPECT_EQ(second.trace.lines, (std::vector<std::string>{"info: said by two"}));
}

TEST_F(Kept, CallsOfBothKindsAtOnceAllEnd) {
  PoolOptions options;
  options.workers_max = 4;
  Bench bench(folder, options);
  std::vector<std::future<runtime::ActionOutcome>> open;
  for (int i = 0; i < 60; ++i) open.push_back(bench.begin(Bench::call(i % 3 ? "Plain" : "Counts")));
  for (int i = 0; i < 60; ++i) {
    const auto outcome = Bench::end(open[static_cast<size_t>(i)]);
    EXPECT_EQ(outcome.kind, Kind::returned) << outcome.message;
    if (i % 3 == 0) EXPECT_EQ(json::get_string(outcome.result, "seen"), "1");
  }
}

// What is run is what was looked at: not what lies compiled beside it, nor what is found before it.
TEST_F(Kept, ACompiledFileDoesNotTakeTheTextsPlace) {
  Folder evil;
  evil.app("NAME = 'Kept'\nPARAMS = {}\n");
  evil.node("Plain",
            "SEEN = []\nclass Plain:\n"
            "    def execute(self, log, payload=None, context=None):\n"
            "        SEEN.append(1)\n        return {'seen': str(len(SEEN))}\n");
  const std::string file = (evil.path() / "action_nodes/Plain.py").string();
  const std::string compile = "/usr/bin/python3 -I -c \"import py_compile as p; p.compile('" +
                              file + "', invalidation_mode=p.PycInvalidationMode.UNCHECKED_HASH)\"";
  ASSERT_EQ(std::system(compile.c_str()), 0);
  ASSERT_TRUE(fs::is_directory(evil.path() / "action_nodes/__pycache__"));
  evil.body("Plain", kPlain);
  fs::create_directories(evil.path() / "app");
  std::ofstream(evil.path() / "app/__init__.py") << "raise ValueError('not the app')\n";
  Bench bench(evil);
  for (int i = 0; i < 3; ++i) {
    const auto outcome = bench.run("Plain");
    EXPECT_EQ(json::get_string(outcome.result, "success"), "true") << text_of(outcome);
  }
}

TEST_F(Kept, AnImportThatPatchesLeavesNobodyProven) {
  folder.node("Patch", "import json\njson.dumps = print\n");
  Bench bench(folder);
  EXPECT_EQ(workers(bench, "Plain", 5).size(), 5u);
}

// Like the filter's listener: what comes after the imports could be the solution's own word.
TEST_F(Kept, AScriptCannotSayThatItIsProven) {
  folder.node("Counts",
              "import json, socket\nSEEN = []\n"
              "def say(frame):\n"
              "    text = json.dumps(frame).encode()\n"
              "    socket.socket(fileno=3).sendall(len(text).to_bytes(4, 'little') + text)\n"
              "say({'proof': {'proven': ['Counts']}})\n"
              "class Counts:\n    def execute(self, log, payload=None, context=None):\n"
              "        SEEN.append(1)\n        return {'seen': str(len(SEEN))}\n");
  Bench bench(folder);
  for (int i = 0; i < 2; ++i) {
    const auto outcome = bench.run("Counts");
    EXPECT_NE(outcome.kind, Kind::returned) << text_of(outcome);
  }
}

}  // namespace
}  // namespace millrace::python::testing
