#include "python/process.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace millrace::python {
namespace {

constexpr int kControl = 3;
constexpr int kSource = 4;
constexpr int kFirstUnused = 5;
// The descriptors a child is made from lie above those they are moved to, so that no move hits one
// that is still needed.
constexpr int kSafelyAbove = 10;

// Reads the whole source from its descriptor at offset 0: the file is shared by all workers, so
// nobody may move its position.
constexpr const char* kBootstrap =
    "import os; exec(compile(os.pread(4, 1 << 20, 0), 'worker.py', 'exec'))";

base::Error system_error(const char* what) {
  return {base::Code::resource_exhausted,
          std::string(what) + " failed: " + std::generic_category().message(errno), "python"};
}

base::Result<Fd> lifted(Fd fd) {
  const int moved = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, kSafelyAbove);
  if (moved < 0) return std::unexpected(system_error("fcntl"));
  return Fd(moved);
}

// All that the child needs, ready before the fork.
struct Plan {
  const char* interpreter;
  char* const* arguments;
  char* const* environment;
  int null;
  int output;
  int control;
  int source;
  pid_t parent;
};

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const Plan& plan) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(126);  // the parent died before it could be watched
  ::setsid();
  const bool placed = ::dup2(plan.null, STDIN_FILENO) >= 0 &&
                      ::dup2(plan.output, STDOUT_FILENO) >= 0 &&
                      ::dup2(plan.output, STDERR_FILENO) >= 0 &&
                      ::dup2(plan.control, kControl) >= 0 && ::dup2(plan.source, kSource) >= 0;
  if (!placed || ::close_range(kFirstUnused, ~0U, 0) != 0 || ::chdir("/") != 0) ::_exit(126);
  // A core file would hold what consumers said.
  const struct rlimit no_core = {0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  struct sigaction by_default = {};
  by_default.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &by_default, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(plan.interpreter, plan.arguments, plan.environment);
  ::_exit(127);
}

// Forks with all signals blocked, so that no handler of the server's runs in the child.
pid_t fork_into(const Plan& plan) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) become(plan);
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = fork_error;
  return pid;
}

// The C library's own function is declared without C linkage here.
int open_pidfd(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

struct Ends {
  Fd ours;
  Fd theirs;
};

base::Result<Ends> control_socket() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
    return std::unexpected(system_error("socketpair"));
  }
  Ends ends{Fd(pair[0]), Fd(pair[1])};
  ::fcntl(ends.ours.get(), F_SETFL, O_NONBLOCK);
  auto theirs = lifted(std::move(ends.theirs));
  if (!theirs) return std::unexpected(theirs.error());
  ends.theirs = std::move(*theirs);
  return ends;
}

base::Result<Ends> output_pipe() {
  int pair[2];
  if (::pipe2(pair, O_CLOEXEC) != 0) return std::unexpected(system_error("pipe2"));
  Ends ends{Fd(pair[0]), Fd(pair[1])};
  ::fcntl(ends.ours.get(), F_SETFL, O_NONBLOCK);
  auto theirs = lifted(std::move(ends.theirs));
  if (!theirs) return std::unexpected(theirs.error());
  ends.theirs = std::move(*theirs);
  return ends;
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && name.find_first_of(std::string_view("=\0", 2)) == std::string_view::npos;
}

}  // namespace

base::Result<std::vector<std::string>> environment_of(
    const std::map<std::string, std::string>& variables) {
  std::map<std::string, std::string> all{
      {"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {"HOME", "/nonexistent"}};
  for (const auto& [name, value] : variables) {
    if (!is_variable_name(name) || value.contains('\0')) {
      return base::fail(base::Code::invalid_argument,
                        "not a variable that a process can be given: '" + name + "'", "python");
    }
    all[name] = value;
  }
  std::vector<std::string> lines;
  for (const auto& [name, value] : all) lines.push_back(name + "=" + value);
  return lines;
}

base::Result<Fd> source_file(std::string_view source) {
  Fd file(::memfd_create("worker.py", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.is_open()) return std::unexpected(system_error("memfd_create"));
  while (!source.empty()) {
    const ssize_t written = ::write(file.get(), source.data(), source.size());
    if (written <= 0) return std::unexpected(system_error("write"));
    source.remove_prefix(static_cast<size_t>(written));
  }
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return std::unexpected(system_error("fcntl"));
  return lifted(std::move(file));
}

base::Result<Child> spawn(const std::string& interpreter,
                          const std::vector<std::string>& environment, const Fd& source) {
  auto control = control_socket();
  if (!control) return std::unexpected(control.error());
  auto output = output_pipe();
  if (!output) return std::unexpected(output.error());
  auto null = lifted(Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  if (!null) return std::unexpected(null.error());

  std::vector<std::string> words{interpreter, "-I", "-u", "-c", kBootstrap};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::vector<std::string> variables = environment;
  std::vector<char*> names;
  for (std::string& variable : variables) names.push_back(variable.data());
  names.push_back(nullptr);

  const Plan plan{interpreter.c_str(),  arguments.data(),      names.data(), null->get(),
                  output->theirs.get(), control->theirs.get(), source.get(), ::getpid()};
  Child child;
  child.pid = fork_into(plan);
  if (child.pid < 0) return std::unexpected(system_error("fork"));
  child.exit = Fd(open_pidfd(child.pid));
  if (!child.exit.is_open()) {
    const base::Error error = system_error("pidfd_open");
    kill_group(child.pid);
    reap(child.pid);
    return std::unexpected(error);
  }
  child.control = std::move(control->ours);
  child.output = std::move(output->ours);
  return child;
}

void kill_group(pid_t pid) {
  // The group does not exist until the child has come as far as setsid; then it has no others.
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);
}

std::string reap(pid_t pid) {
  int status = 0;
  pid_t reaped;
  do {
    reaped = ::waitpid(pid, &status, 0);
  } while (reaped < 0 && errno == EINTR);
  if (reaped != pid) return "an unknown status";
  if (WIFEXITED(status)) return "exit status " + std::to_string(WEXITSTATUS(status));
  const char* const name = ::sigabbrev_np(WTERMSIG(status));
  return std::string("signal ") + (name != nullptr ? name : std::to_string(WTERMSIG(status)));
}

}  // namespace millrace::python
