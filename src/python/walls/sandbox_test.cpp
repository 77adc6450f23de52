// Where a sandbox can be had and where not. What needs another user or another kernel's settings
// runs this program again under them.

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "python/walls/groups.hpp"
#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

constexpr const char* kAgain = "MILLRACE_PYTHON_AGAIN";

// Runs a command line in which {} stands for this program.
std::pair<int, std::string> again(std::string command) {
  command.replace(command.find("{}"), 2, std::filesystem::read_symlink("/proc/self/exe").string());
  FILE* const output =
      ::popen(("export " + std::string(kAgain) + "=1; " + command + " 2>&1").c_str(), "r");
  std::string said;
  for (char bytes[4096]; const size_t count = ::fread(bytes, 1, sizeof bytes, output);) {
    said.append(bytes, count);
  }
  const int status = ::pclose(output);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, said};
}

bool runs_again() {
  return ::getenv(kAgain) != nullptr;
}

TEST(PythonSandbox, WorksForAnOrdinaryUser) {
  if (::geteuid() == 0 && !runs_again()) {
    const std::string as_nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    if (again(as_nobody + "test -x {}").first != 0) {
      GTEST_SKIP() << "another user cannot come to this program, or there is no setpriv";
    }
    const auto [status, said] =
        again(as_nobody + "{} --gtest_filter=PythonSandbox.WorksForAnOrdinaryUser");
    EXPECT_EQ(status, 0) << said;
    return;
  }
  Folder folder;
  folder.app(kApp).body("Who", R"(        import os
        try:
            os.fork()
        except OSError as error:
            return {'uid': os.getuid(), 'fork': error.strerror}
        return {}
)");
  Bench bench(folder);
  EXPECT_EQ(text_of(bench.run("Who")), R"({"uid":65534,"fork":"Operation not permitted"})");
}

TEST(PythonSandbox, SaysWhatToDoWhereThereAreNoUserNamespaces) {
  if (!runs_again()) {
    const auto [status, said] = again(
        "unshare --user --map-root-user sh -c 'echo 0 > /proc/sys/user/max_user_namespaces && {} "
        "--gtest_filter=PythonSandbox.SaysWhatToDoWhereThereAreNoUserNamespaces'");
    if (said.contains("Operation not permitted") || said.contains("Permission denied")) {
      GTEST_SKIP() << "no namespace of one's own can be had here: " << said;
    }
    EXPECT_EQ(status, 0) << said;
    return;
  }
  fakes::Clock clock;
  fakes::KeptLog log;
  const auto pool = Pool::start({}, clock, log);
  ASSERT_FALSE(pool.has_value());
  EXPECT_EQ(pool.error().code, base::Code::failed_precondition);
  const std::string& text = pool.error().message;
  EXPECT_TRUE(text.contains("scripts cannot be run in a sandbox: bubblewrap ended with")) << text;
  EXPECT_TRUE(text.contains("allow user namespaces")) << text;
  EXPECT_TRUE(text.contains("or say --unsafe-no-sandbox")) << text;
}

// Where control groups can be made, a version's processes are in one, and it goes with the pool.
TEST(PythonSandbox, KeepsAVersionInAControlGroupOfItsOwn) {
  Groups::remove_leftovers();
  const auto bounded = Groups::make({64 << 20, 10}).bounded();
  if (bounded.empty()) GTEST_SKIP() << "no control group can be made here";
  Folder folder;
  // Process 1 of the sandbox forks while it imports; a worker cannot.
  folder.app(kApp).node("Bomb", R"(
import os
import time

forked = 0
try:
    while forked < 10_000:
        if os.fork() == 0:
            time.sleep(1000)
        forked += 1
except OSError as error:
    pass

class Bomb:
    def execute(self, log, payload=None, context=None):
        return {'few': str(forked < 1000)}
)");
  PoolOptions options;
  options.workers_max = 2;
  Bench bench(folder, options);
  const auto outcome = bench.run("Bomb");
  // All its processes may be taken by then, so that none is left for a worker.
  EXPECT_TRUE(text_of(outcome).contains(R"("few":"True")") || outcome.kind == Kind::refused)
      << text_of(outcome);
  bench.pool.reset();
  EXPECT_FALSE(Groups::make({64 << 20, 10}).bounded().empty());
}

TEST(PythonSandbox, ShowsNoInterpreterOutsideOfUsr) {
  fakes::Clock clock;
  fakes::KeptLog log;
  Folder folder;
  const auto python = folder.path() / "python3";
  std::filesystem::create_symlink("/usr/bin/python3", python);
  EXPECT_EQ(Pool::start({.interpreter = python.string()}, clock, log).error().code,
            base::Code::invalid_argument);
  EXPECT_TRUE(Pool::start({.interpreter = python.string(), .sandbox = Sandbox::none}, clock, log));
}

TEST(PythonSandbox, ChecksScriptsBehindTheSameWalls) {
  Folder folder;
  folder.app(kApp).node("Look", "import os\nos.system('true')\nopen('/etc/shadow').read()\n");
  const auto facts = inspect(folder.path(), {.limit = kPatience});
  ASSERT_TRUE(facts) << facts.error().describe();
  ASSERT_EQ(facts->scripts.size(), 1u);
  ASSERT_EQ(facts->scripts[0].problems.size(), 1u);
  EXPECT_TRUE(facts->scripts[0].problems[0].message.starts_with("FileNotFoundError"))
      << facts->scripts[0].problems[0].message;
}

}  // namespace
}  // namespace millrace::python::testing
