// What one call leaves behind (tests/sandbox/action_nodes/Leave.py), none of which the next may
// meet; and what a script that is imported may not do to the server, whatever it says of itself.

#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "posix/kinship.hpp"
#include "python/pool/machine.hpp"
#include "python/pool/shares.hpp"
#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

namespace fs = std::filesystem;

class Leftovers : public ::testing::Test {
 protected:
  Leftovers() {
    folder.app("NAME = 'Left'\nPARAMS = {'sandbox': {'url': 'https://good.example'}}\n");
    fs::copy_file(MILLRACE_SOURCE_DIR "/tests/sandbox/action_nodes/Leave.py",
                  folder.path() / "action_nodes/Leave.py");
  }
  Folder folder;
};

TEST_F(Leftovers, AreNotMetByTheNextCall) {
  Bench bench(folder);
  const auto look = [&](double wait) {
    return bench.run("Leave", {{"name", "look"}, {"wait", wait}});
  };
  const auto clean = look(0);
  const auto seen = json::get_string(clean.result, "seen");
  ASSERT_TRUE(seen) << clean.message;
  const auto listed = bench.run("Leave");
  const auto* const names = json::get_array(listed.result, "names");
  ASSERT_NE(names, nullptr) << listed.message;
  EXPECT_GE(names->size(), 50u);
  for (const json::value& name : *names) {
    const auto left = bench.run("Leave", {{"name", name}});
    EXPECT_EQ(left.kind, Kind::returned) << json::serialize(name) << " " << left.message;
    // Those of all slots that are there already, and of one that was made after it.
    for (int i = 0; i < 4; ++i) {
      const auto next = look(i == 3 ? 0.1 : 0);
      EXPECT_EQ(json::get_string(next.result, "seen"), seen)
          << json::serialize(name) << next.message;
    }
  }
}

TEST_F(Leftovers, DoNotMakeChanceRepeatItself) {
  Bench bench(folder);
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const auto outcome = bench.run("Leave", {{"name", "look"}});
    seen.emplace(json::get_string(outcome.result, "chance").value_or(""));
  }
  EXPECT_EQ(seen.size(), 20u);
}

TEST(PythonIdentity, IsThatOfAChildOrNone) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  EXPECT_TRUE(posix::descriptor_of_child(child, ::getpid()));
  EXPECT_FALSE(posix::descriptor_of_child(child, ::getppid()));
  for (const pid_t other : {::getpid(), ::getppid(), 1, 0, -1}) {
    EXPECT_FALSE(posix::descriptor_of_child(other, ::getpid())) << other;
    EXPECT_FALSE(posix::descriptor_of_child(other, ::getppid())) << other;
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(posix::descriptor_of_child(child, ::getpid())) << "it is gone";
}

// What an import does that would make the server harm itself, or make more processes.
TEST(PythonIdentity, IsNotBelievedOfWhatAnImportSays) {
  const std::pair<const char*, const char*> kinds[] = {
      {"peer descriptor", "s = _socket.socket(fileno=3); s.getsockopt(1, 77, 4)"},
      {"peer descriptors asked for", "s = _socket.socket(fileno=3); s.setsockopt(1, 76, 1)"},
      {"peer credentials", "s = _socket.socket(fileno=3); s.getsockopt(1, 17, 12)"},
      {"peer label", "s = _socket.socket(fileno=3); s.getsockopt(1, 31, 64)"},
      {"fork", "os.fork()"},
      {"fork by the library", "libc = ctypes.CDLL(None, use_errno=True); must(libc.fork())"},
      {"clone", "libc = ctypes.CDLL(None, use_errno=True); must(libc.syscall(56, 17, 0, 0, 0, 0))"},
      {"clone beside", "libc = ctypes.CDLL(None); must(libc.syscall(56, 0x8011, 0, 0, 0, 0))"},
      {"spawn", "os.posix_spawn('/usr/bin/true', ['true'], {})"},
      {"mount", "libc = ctypes.CDLL(None); must(libc.syscall(165, b'x', b'/tmp', b'tmpfs', 0, 0))"},
      {"signal", "os.kill(-1, 9)"},
      {"process descriptor", "os.pidfd_open(1)"},
  };
  for (const auto& [what, line] : kinds) {
    Folder folder;
    folder.app(kApp).node("Try", std::string(R"(
import _socket, ctypes, os

def must(result):
    if result < 0:
        raise OSError(1, 'refused')

try:
    )") + line + R"(
    said = 'it could'
except OSError as problem:
    said = type(problem).__name__

class Try:
    def execute(self, log, payload=None, context=None):
        return {'said': said}
)");
    Bench bench(folder);
    const auto outcome = bench.run("Try");
    const auto said = json::get_string(outcome.result, "said").value_or(outcome.message);
    EXPECT_TRUE(said.ends_with("Error")) << what << ": " << said;
  }
}

TEST(PythonIdentity, OfAWorkerIsNotTakenFromADescriptor) {
  Folder folder;
  folder.app(kApp).node("Forge", R"(
import array, socket
forks = socket.socket(fileno=5)
forks.sendmsg([b'{"forked":1}'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0]))])
forks.detach()

class Forge:
    def execute(self, log, payload=None, context=None):
        return {}
)");
  Bench bench(folder);
  EXPECT_EQ(bench.run("Forge").kind, Kind::refused);
  EXPECT_TRUE(bench.log.text().contains("broke the protocol")) << bench.log.text();
}

TEST(PythonIdentity, OfACallIsItsNonce) {
  const char* const frames[] = {
      R"({"end":{"nonce":"","kind":"returned","result":{}}})",
      R"({"end":{"number":1,"kind":"returned","result":{}}})",
      R"({"log":{"nonce":"0","level":"info","text":"x","cut":false}})",
      R"({"here":1})",
      R"({"exchange":{"nonce":"N","host":"h","port":70000,"method":"GET","status":200,"took_ms":1}})",
      R"({"exchange":{"nonce":"N","host":"h","port":-1,"method":"GET","status":200,"took_ms":1}})",
      R"({"exchange":{"nonce":"N","host":"h","port":1,"method":"GET","status":9e9,"took_ms":1}})",
      R"({"exchange":{"nonce":"N","host":"h","port":1,"method":"GET","status":2,"took_ms":-1}})",
      R"({"exchange":{"nonce":"N","host":"h","port":1,"method":"G","status":2,"took_ms":1e18}})"};
  Folder folder;
  folder.app(kApp).body("Say", R"(        import os, sys, time
        nonce = sys.modules['millrace_worker.net'].current.nonce
        body = payload['frame'].replace('"N"', '"' + nonce + '"').encode()
        os.write(3, len(body).to_bytes(4, 'little') + body)
        time.sleep(1000)
)");
  Bench bench(folder);
  for (const char* const frame : frames) {
    const auto outcome = bench.run("Say", {{"frame", frame}});
    EXPECT_EQ(outcome.kind, Kind::crashed) << frame;
    EXPECT_EQ(outcome.message, "the worker broke the protocol") << frame;
  }
}

TEST(PythonShares, KeepARestForThoseThatRunFew) {
  Shares shares(16);
  for (int i = 0; i < 16; ++i) {
    EXPECT_TRUE(shares.may_run(static_cast<size_t>(i)));
    shares.began();
  }
  EXPECT_FALSE(shares.may_run(16));
  EXPECT_TRUE(shares.may_run(0)) << "another has its share still";
  EXPECT_FALSE(shares.may_run(shares.assured()));
  while (shares.running() < shares.processes_max()) shares.began();
  EXPECT_FALSE(shares.may_run(0)) << "but not without end";
}

TEST(PythonMachine, BoundsTheMemoryOrRefuses) {
  constexpr size_t kGib = size_t{1} << 30U;
  PoolOptions bounded;
  ASSERT_TRUE(fit(bounded, {2 * kGib, true}));
  EXPECT_EQ(bounded.workers_max, 24u);
  EXPECT_EQ(bounded.memory_bytes_max, 3 * kGib / 2);
  PoolOptions large;
  ASSERT_TRUE(fit(large, {64 * kGib, true}));
  EXPECT_EQ(large.workers_max, kCallsAtOnceMax);
  PoolOptions unbounded;
  ASSERT_TRUE(fit(unbounded, {16 * kGib, false}));
  EXPECT_EQ(unbounded.workers_max, 21u);
  EXPECT_LE(unbounded.workers_max * (unbounded.worker_memory_bytes_max + unbounded.tmp_bytes_max),
            16 * kGib);
  PoolOptions little;
  const auto refused = fit(little, {kGib, false});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.contains("Delegate=yes"));
  EXPECT_TRUE(refused.error().message.contains("--allow-unbounded"));
  little.allow_unbounded = true;
  EXPECT_TRUE(fit(little, {kGib, false}));
  PoolOptions asked;
  asked.workers_max = 100;
  EXPECT_FALSE(fit(asked, {16 * kGib, false}));
}

}  // namespace
}  // namespace millrace::python::testing
