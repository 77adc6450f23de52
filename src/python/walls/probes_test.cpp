// Attacks on the sandbox (tests/sandbox), one call each, beside a neighbour that must not notice.

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

namespace fs = std::filesystem;

constexpr size_t kProbesMin = 60;
// How much longer than its limit a call may run before it is dead.
constexpr std::chrono::milliseconds kKillSlack{250};

// A copy of the attacks' solution, with things of the host's planted around it.
class Attacks {
 public:
  explicit Attacks(PoolOptions options = {}) : planted_("/tmp/planted-by-the-host") {
    const fs::path from = MILLRACE_SOURCE_DIR "/tests/sandbox";
    fs::copy_file(from / "app.py", folder_.path() / "app.py");
    for (const auto& file : fs::directory_iterator(from / "action_nodes")) {
      if (file.path().extension() != ".py") continue;
      fs::copy_file(file.path(), folder_.path() / "action_nodes" / file.path().filename());
    }
    fs::create_directories(planted_);
    std::ofstream(planted_ / "secret") << "planted";
    fs::create_symlink(planted_ / "secret", folder_.path() / "escape");
    EXPECT_EQ(::mkfifo((folder_.path() / "gate").c_str(), 0644), 0);
    ::setenv("MILLRACE_PROBE", "planted-in-the-environment", 1);
    listen_abstractly();
    bench_.emplace(folder_, std::move(options));
  }
  ~Attacks() {
    ::close(listener_);
    std::error_code ignored;
    fs::remove_all(planted_, ignored);
  }

  Bench& bench() { return *bench_; }
  int open_gate() const { return ::open((folder_.path() / "gate").c_str(), O_WRONLY | O_CLOEXEC); }
  runtime::ActionOutcome bomb(const char* name, std::chrono::milliseconds limit) {
    auto call = Bench::call("Bomb", {{"name", name}});
    call.policy.time_limit = limit;
    return bench_->run(std::move(call));
  }

 private:
  void listen_abstractly() {
    constexpr std::string_view kName("\0planted-by-the-host", 20);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    kName.copy(address.sun_path, kName.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + kName.size());
    ::bind(listener_, reinterpret_cast<struct sockaddr*>(&address), size);
    ::listen(listener_, 8);
  }

  fs::path planted_;
  Folder folder_;
  int listener_ = -1;
  std::optional<Bench> bench_;
};

TEST(PythonProbes, GetNothing) {
  PoolOptions options;
  options.workers_max = 2;
  Attacks attacks(options);
  Bench& bench = attacks.bench();
  auto neighbour = bench.begin(Bench::call("Hold"));
  const int gate = attacks.open_gate();

  const auto listed = bench.run("Probe");
  const auto* const names = json::get_array(listed.result, "names");
  ASSERT_NE(names, nullptr) << listed.message;
  EXPECT_GE(names->size(), kProbesMin);
  for (const json::value& name : *names) {
    const auto outcome = bench.run("Probe", {{"name", name}});
    // A worker that the kernel ended got nothing either.
    if (outcome.kind == Kind::crashed || outcome.kind == Kind::raised) continue;
    EXPECT_EQ(outcome.kind, Kind::returned) << json::serialize(name) << " " << outcome.message;
    EXPECT_EQ(json::get_string(outcome.result, "won"), "") << json::serialize(name);
  }
  ::close(gate);
  EXPECT_EQ(text_of(Bench::end(neighbour)), R"({"still":"here"})");
}

// The same attacks without a sandbox: they are real ones, so some of them get what they want.
TEST(PythonProbes, GetMuchWithoutASandbox) {
  Attacks attacks({.sandbox = Sandbox::none});
  for (const char* const name : {"process_fork", "process_shell", "socket_inet", "folder_proc",
                                 "process_list_own_memory_map", "kernel_memfd_create"}) {
    const auto outcome = attacks.bench().run("Probe", {{"name", name}});
    EXPECT_NE(json::get_string(outcome.result, "won"), "") << name << outcome.message;
  }
}

TEST(PythonProbes, RunIntoLimitsThatLeaveTheWorkerAlive) {
  Attacks attacks;
  for (const auto& [name, error] :
       std::vector<std::pair<const char*, const char*>>{{"memory", "MemoryError"},
                                                        {"mapped_memory", "Cannot allocate memory"},
                                                        {"disk", "OSError"},
                                                        {"descriptors", "Too many open files"},
                                                        {"threads", "can't start new thread"},
                                                        {"complaint", "ValueError: xxx"},
                                                        {"result", "limit is 1048576"}}) {
    const auto outcome = attacks.bomb(name, kPatience);
    EXPECT_EQ(outcome.kind, Kind::raised) << name << ": " << outcome.message;
    EXPECT_TRUE(outcome.message.contains(error)) << name << ": " << outcome.message;
    EXPECT_LT(outcome.message.size(), 3'000u);
  }
}

TEST(PythonProbes, AreKilledWhenTheyPrintWithoutEnd) {
  PoolOptions options;
  options.printed_bytes_max = 1 << 20;
  Attacks attacks(options);
  for (const char* const name : {"output", "lines"}) {
    const auto outcome = attacks.bomb(name, kPatience);
    EXPECT_EQ(outcome.kind, Kind::crashed) << name;
    EXPECT_EQ(outcome.message, "Bomb was stopped: it printed more than 1048576 bytes");
    EXPECT_LE(outcome.trace.lines.size(), options.log_lines_max);
  }
  EXPECT_EQ(attacks.bomb("frames", kPatience).kind, Kind::crashed);
}

TEST(PythonProbes, AreDeadSoonAfterTheirTimeLimit) {
  Attacks attacks;
  constexpr std::chrono::milliseconds kLimit{300};
  for (const char* const name : {"loop", "sleep", "deaf", "backtracking"}) {
    const auto outcome = attacks.bomb(name, kLimit);
    EXPECT_EQ(outcome.kind, Kind::timed_out) << name << ": " << outcome.message;
    EXPECT_LT(outcome.trace.ran, kLimit + kKillSlack) << name;
  }
}

TEST(PythonProbes, EndOnlyThemselvesWhenTheyCrash) {
  Attacks attacks;
  const auto crashed = attacks.bomb("crash", kPatience);
  EXPECT_EQ(crashed.kind, Kind::crashed);
  EXPECT_EQ(crashed.message, "the worker ended with signal SEGV while it ran Bomb");
  EXPECT_NE(attacks.bomb("recursion", std::chrono::seconds(2)).kind, Kind::returned);
  EXPECT_EQ(attacks.bench().run("Probe").kind, Kind::returned);
}

}  // namespace
}  // namespace millrace::python::testing
