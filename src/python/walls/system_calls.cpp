#include "python/walls/system_calls.hpp"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>

#include "posix/posix.hpp"

namespace millrace::python {
namespace {

// Whatever Python, its threads, its files under /tmp and its socket to the proxy need. Names that
// this machine's kernel does not know are passed over.
constexpr std::array kAllowed{
    // memory
    "brk", "mmap", "munmap", "mprotect", "mremap", "madvise", "mincore", "msync", "membarrier",
    // files
    "open", "openat", "openat2", "close", "close_range", "read", "readv", "pread64", "preadv",
    "preadv2", "write", "writev", "pwrite64", "pwritev", "pwritev2", "lseek", "stat", "fstat",
    "lstat", "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat", "faccessat2",
    "readlink", "readlinkat", "getdents", "getdents64", "getcwd", "chdir", "fchdir", "mkdir",
    "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat",
    "symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "utime", "utimes", "utimensat",
    "futimesat", "truncate", "ftruncate", "fallocate", "fsync", "fdatasync", "flock", "fadvise64",
    "copy_file_range", "sendfile", "umask", "dup", "dup2", "dup3", "pipe", "pipe2",
    // waiting
    "poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl",
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "timerfd_create",
    "timerfd_settime", "timerfd_gettime", "nanosleep", "clock_nanosleep", "pause", "alarm",
    "getitimer", "setitimer", "timer_create", "timer_settime", "timer_gettime", "timer_delete",
    "timer_getoverrun", "restart_syscall",
    // time and chance
    "time", "gettimeofday", "clock_gettime", "clock_getres", "times", "getrandom",
    // threads
    "futex", "futex_waitv", "set_robust_list", "get_robust_list", "set_tid_address", "rseq",
    "gettid", "sched_yield", "sched_getaffinity", "getcpu", "arch_prctl",
    // signals
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait",
    "rt_sigsuspend", "sigaltstack", "kill", "tgkill",
    // processes: who one is, and what the later filters take away
    "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid",
    "getgroups", "getpgrp", "getpgid", "getsid", "getrlimit", "setrlimit", "getrusage",
    "getpriority", "uname", "sysinfo", "capget", "exit", "exit_group", "wait4", "waitid", "fork",
    "vfork", "execve", "pidfd_open", "seccomp",
    // sockets, of the one family that may be made
    "connect", "accept", "accept4", "bind", "listen", "getsockname", "getpeername", "shutdown",
    "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg"};

// What makes a slot for each call (slots.py), before anything of a solution's is imported.
constexpr std::array kForSlots{"mount", "open_tree", "move_mount", "chroot", "capset"};

// What a script may ask of a socket, or ask it to do. Not among them is all that names the process
// at the other end, which is the server: SO_PEERPIDFD, SO_PEERCRED, SO_PEERSEC, SO_PEERGROUPS,
// SO_PASSPIDFD, SO_PASSCRED, SO_PASSSEC, and whatever of the kind is invented later.
constexpr std::array kSocketOptions{
    SO_DEBUG,    SO_REUSEADDR, SO_TYPE,      SO_ERROR,    SO_DONTROUTE,  SO_BROADCAST, SO_SNDBUF,
    SO_RCVBUF,   SO_KEEPALIVE, SO_OOBINLINE, SO_NO_CHECK, SO_PRIORITY,   SO_LINGER,    SO_REUSEPORT,
    SO_RCVLOWAT, SO_SNDLOWAT,  SO_RCVTIMEO,  SO_SNDTIMEO, SO_ACCEPTCONN, SO_PROTOCOL,  SO_DOMAIN};

constexpr std::array kIoctls{TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX, FIONCLEX};
constexpr std::array kPrctls{PR_SET_NAME,     PR_GET_NAME,         PR_SET_PDEATHSIG,
                             PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP};
// Asking to be told by signal, which may name another process as who is told.
constexpr std::array kFcntlsDenied{F_SETOWN, F_SETSIG, F_SETOWN_EX, F_NOTIFY, F_SETLEASE};

constexpr uint64_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

constexpr uint32_t kDenied = SCMP_ACT_ERRNO(EPERM);

// The kernel looks at the lower half only of arguments such as these, so the filter does too: what
// stands in the upper one must change nothing.
scmp_arg_cmp argument_is(unsigned argument, int64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, 0xffff'ffff, static_cast<uint32_t>(value)};
}

scmp_arg_cmp argument_is_not(unsigned argument, uint32_t value) {
  return {argument, SCMP_CMP_NE, value, 0};
}

scmp_arg_cmp argument_lacks(unsigned argument, uint64_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, 0};
}

// A filter being made. The first rule that the library does not take is remembered.
class Draft {
 public:
  explicit Draft(uint32_t otherwise) : otherwise_(otherwise), context_(seccomp_init(otherwise)) {
    if (!context_) failed_ = ENOMEM;
    // A search tree instead of a list: the filter is asked at every system call.
    if (context_) seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  }

  void rule(uint32_t action, const char* name) { add(action, name, {}); }
  void rule(uint32_t action, const char* name, const scmp_arg_cmp& when) {
    add(action, name, std::span(&when, 1));
  }

  base::Result<std::string> program() {
    const posix::Fd file(::memfd_create("filter", MFD_CLOEXEC));
    if (failed_ == 0) failed_ = -seccomp_export_bpf(context_.get(), file.get());
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    if (failed_ != 0 || size <= 0) {
      return base::fail(base::Code::internal, "the system call filter cannot be made", "python");
    }
    std::string steps(static_cast<size_t>(size), '\0');
    if (::pread(file.get(), steps.data(), steps.size(), 0) != size) {
      return base::fail(base::Code::internal, "the system call filter cannot be read", "python");
    }
    return steps;
  }

 private:
  void add(uint32_t action, const char* name, std::span<const scmp_arg_cmp> when) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number < 0 || failed_ != 0 || action == otherwise_) return;
    const int result = seccomp_rule_add_array(context_.get(), action, number,
                                              static_cast<unsigned>(when.size()), when.data());
    if (result != 0) failed_ = -result;
  }

  struct Release {
    void operator()(void* context) const { seccomp_release(context); }
  };
  uint32_t otherwise_;
  std::unique_ptr<void, Release> context_;
  int failed_ = 0;
};

base::Result<std::string> sandbox_filter(bool with_slots) {
  Draft draft(kDenied);
  if (with_slots) {
    for (const char* const name : kForSlots) draft.rule(SCMP_ACT_ALLOW, name);
  }
  for (const auto option : kSocketOptions) {
    draft.rule(SCMP_ACT_ALLOW, "getsockopt", argument_is(2, option));
    draft.rule(SCMP_ACT_ALLOW, "setsockopt", argument_is(2, option));
  }
  for (const char* const name : kAllowed) draft.rule(SCMP_ACT_ALLOW, name);
  draft.rule(SCMP_ACT_ALLOW, "socket", argument_is(0, AF_UNIX));
  draft.rule(SCMP_ACT_ALLOW, "socketpair", argument_is(0, AF_UNIX));
  draft.rule(SCMP_ACT_ALLOW, "clone", argument_lacks(0, kNewNamespaces));
  // Its flags lie in memory, where no filter can look; the C library then takes clone.
  draft.rule(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  // Of oneself only.
  draft.rule(SCMP_ACT_ALLOW, "prlimit64", argument_is(0, 0));
  for (const auto request : kIoctls) {
    draft.rule(SCMP_ACT_ALLOW, "ioctl", argument_is(1, request));
  }
  for (const auto option : kPrctls) {
    draft.rule(SCMP_ACT_ALLOW, "prctl", argument_is(0, option));
  }
  draft.rule(SCMP_ACT_ALLOW, "fcntl");
  return draft.program();
}

void deny_programs(Draft& draft) {
  draft.rule(kDenied, "execve");
  draft.rule(kDenied, "execveat");
  for (const auto command : kFcntlsDenied) {
    draft.rule(kDenied, "fcntl", argument_is(1, command));
  }
}

// Of the process that imports and forks, and of all that it forks. What it asks about, the server
// decides (gatekeeper.hpp): it alone knows which process asks, and how many there are.
base::Result<std::string> zygote_filter() {
  Draft draft(SCMP_ACT_ALLOW);
  deny_programs(draft);
  for (const char* const name : {"fork", "vfork", "pidfd_open", "bind", "listen", "accept",
                                 "accept4", "seccomp", "mount", "open_tree", "move_mount"}) {
    draft.rule(kDenied, name);
  }
  for (const auto option : {PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP}) {
    draft.rule(kDenied, "prctl", argument_is(0, option));
  }
  for (const char* const name : {"clone", "kill", "tgkill"}) draft.rule(SCMP_ACT_NOTIFY, name);
  return draft.program();
}

base::Result<std::string> worker_filter() {
  Draft draft(SCMP_ACT_ALLOW);
  deny_programs(draft);
  for (const char* const name : {"fork", "vfork", "pidfd_open", "bind", "listen", "accept",
                                 "accept4", "seccomp", "wait4", "waitid"}) {
    draft.rule(kDenied, name);
  }
  draft.rule(kDenied, "clone", argument_lacks(0, CLONE_THREAD));
  draft.rule(kDenied, "kill", argument_is_not(0, kOwnProcessPlace));
  draft.rule(kDenied, "tgkill", argument_is_not(0, kOwnProcessPlace));
  for (const auto option : {PR_SET_PDEATHSIG, PR_SET_DUMPABLE}) {
    draft.rule(kDenied, "prctl", argument_is(0, option));
  }
  return draft.program();
}

}  // namespace

base::Result<SystemCallFilters> system_call_filters() {
  auto sandbox = sandbox_filter(false);
  if (!sandbox) return std::unexpected(sandbox.error());
  auto slots = sandbox_filter(true);
  if (!slots) return std::unexpected(slots.error());
  auto zygote = zygote_filter();
  if (!zygote) return std::unexpected(zygote.error());
  auto worker = worker_filter();
  if (!worker) return std::unexpected(worker.error());
  return SystemCallFilters{std::move(*sandbox), std::move(*slots), std::move(*zygote),
                           std::move(*worker)};
}

}  // namespace millrace::python
