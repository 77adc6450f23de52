#include "posix/process.hpp"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "posix/kinship.hpp"
#include "posix/limits.hpp"

namespace millrace::posix {
namespace {

// All that the child needs, ready before the fork.
struct Plan {
  const char* file;
  char* const* arguments;
  char* const* environment;
  const std::vector<int>& descriptors;
  const std::vector<int>& groups;
  int niceness;
  pid_t parent;
};

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const Plan& plan) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(126);  // the parent died before it could be watched
  ::setsid();
  for (const int group : plan.groups) {
    if (::write(group, "0", 1) != 1) ::_exit(125);
  }
  const int count = static_cast<int>(plan.descriptors.size());
  for (int to = 0; to < count; ++to) {
    if (::dup2(plan.descriptors[static_cast<size_t>(to)], to) < 0) ::_exit(126);
  }
  if (::close_range(static_cast<unsigned>(count), ~0U, 0) != 0 || ::chdir("/") != 0) ::_exit(126);
  // A core file would hold what consumers said.
  keep_no_cores();
  ::setpriority(PRIO_PROCESS, 0, plan.niceness);
  struct sigaction by_default = {};
  by_default.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &by_default, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(plan.file, plan.arguments, plan.environment);
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

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

base::Result<Process> spawn(const Program& program) {
  std::vector<std::string> words = program.arguments;
  std::vector<std::string> variables = program.environment;
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> environment = pointers(variables);
  const Plan plan{arguments[0],   arguments.data(), environment.data(), program.descriptors,
                  program.groups, program.niceness, ::getpid()};
  Process process;
  process.pid = fork_into(plan);
  if (process.pid < 0) return call_failure("fork");
  process.exit = descriptor_of(process.pid);
  if (!process.exit.is_open()) {
    const base::Error error = call_error("pidfd_open");
    kill_group(process.pid);
    reap(process.pid);
    return std::unexpected(error);
  }
  return process;
}

void kill_group(pid_t pid) {
  // To the kernel, -1 is everybody and 1 is the parent of all.
  if (pid <= 1) return;
  // The group does not exist until the child has come as far as setsid; then it has no others.
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);
}

void kill_process(const Fd& process) {
  if (!process.is_open()) return;
  ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
}

std::string reap(pid_t pid) {
  int status = 0;
  pid_t reaped;
  do {
    reaped = ::waitpid(pid, &status, 0);
  } while (reaped < 0 && errno == EINTR);
  return reaped == pid ? describe_status(status) : "an unknown status";
}

std::string describe_status(int status) {
  if (WIFEXITED(status)) return "exit status " + std::to_string(WEXITSTATUS(status));
  if (!WIFSIGNALED(status)) return "an unknown status";
  const char* const name = ::sigabbrev_np(WTERMSIG(status));
  return std::string("signal ") + (name != nullptr ? name : std::to_string(WTERMSIG(status)));
}

}  // namespace millrace::posix
