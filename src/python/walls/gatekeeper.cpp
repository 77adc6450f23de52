#include "python/walls/gatekeeper.hpp"

#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "posix/kinship.hpp"

namespace millrace::python {
namespace {

// A kernel that knows more may write more than our headers know.
struct Sizes {
  size_t question = sizeof(struct seccomp_notif);
  size_t answer = sizeof(struct seccomp_notif_resp);
};

Sizes sizes() {
  static const Sizes known = [] {
    struct seccomp_notif_sizes told = {};
    Sizes found;
    if (::syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &told) == 0) {
      found.question = std::max<size_t>(found.question, told.seccomp_notif);
      found.answer = std::max<size_t>(found.answer, told.seccomp_notif_resp);
    }
    return found;
  }();
  return known;
}

bool is_listener(const posix::Fd& descriptor) {
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor.get());
  std::array<char, 64> name{};
  const ssize_t size = ::readlink(link.c_str(), name.data(), name.size());
  return size > 0 &&
         std::string_view(name.data(), static_cast<size_t>(size)) == "anon_inode:seccomp notify";
}

}  // namespace

base::Result<std::unique_ptr<Gatekeeper>> Gatekeeper::make(Loop& loop, posix::Fd listener,
                                                           pid_t zygote) {
  if (!is_listener(listener)) {
    return base::fail(base::Code::permission_denied, "not a listener of a filter", "python");
  }
  std::unique_ptr<Gatekeeper> made(new Gatekeeper(loop, std::move(listener), zygote));
  made->watch_ =
      loop.watch(made->listener_.get(), EPOLLIN, [keeper = made.get()] { keeper->answer(); });
  if (made->watch_ == 0) {
    return base::fail(base::Code::resource_exhausted, "epoll takes no more descriptors", "python");
  }
  return made;
}

Gatekeeper::~Gatekeeper() {
  loop_.unwatch(watch_, listener_.get());
}

void Gatekeeper::answer() {
  struct pollfd state = {listener_.get(), POLLIN, 0};
  if (::poll(&state, 1, 0) != 1 || (state.revents & POLLIN) == 0) {
    // Nobody is left who could ask, which it tells for ever.
    if ((state.revents & (POLLHUP | POLLERR)) != 0) loop_.unwatch(watch_, listener_.get());
    return;
  }
  std::vector<uint64_t> question_space(sizes().question / sizeof(uint64_t) + 1);
  std::vector<uint64_t> answer_space(sizes().answer / sizeof(uint64_t) + 1);
  auto* const question = reinterpret_cast<struct seccomp_notif*>(question_space.data());
  auto* const answer = reinterpret_cast<struct seccomp_notif_resp*>(answer_space.data());
  // It was readable, so this does not wait. Who asked may have been killed since.
  if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, question) != 0) return;
  const auto watched = asked_.find(static_cast<pid_t>(question->pid));
  if (watched != asked_.end()) watched->second = true;
  const int refused = verdict(static_cast<pid_t>(question->pid), question->data);
  answer->id = question->id;
  answer->error = -refused;
  answer->flags = refused == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
  ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, answer);
}

int Gatekeeper::verdict(pid_t thread, const seccomp_data& call) {
  if (call.nr == SYS_clone) return verdict_on_clone(thread, call.args[0]);
  // To signal: oneself only. The kernel looks at the lower half.
  const auto target = static_cast<pid_t>(call.args[0]);
  return target > 0 && target == posix::look_inside(thread).group ? 0 : EPERM;
}

int Gatekeeper::verdict_on_clone(pid_t thread, uint64_t flags) {
  if ((flags & CLONE_THREAD) != 0) {
    const uint32_t threads = posix::look_inside(thread).threads;
    return threads > 0 && threads < kThreadsMax ? 0 : EAGAIN;
  }
  constexpr uint64_t kOfFork = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
  const bool is_fork = (flags & ~kOfFork) == SIGCHLD;
  if (!is_fork || thread != zygote_ || forks_allowed_ == 0) return EPERM;
  --forks_allowed_;
  return 0;
}

}  // namespace millrace::python
