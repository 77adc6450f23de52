// Answers what the processes of one version have to ask before they do it: whether they may fork,
// start a thread, or signal somebody. The kernel holds the one who asks and says which it is, so
// nothing that runs inside can pretend to be another or make more of itself than was asked for.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>

#include "base/result.hpp"
#include "posix/posix.hpp"
#include "python/loop.hpp"

struct seccomp_data;

namespace millrace::python {

inline constexpr uint32_t kThreadsMax = 64;  // of one process

class Gatekeeper {
 public:
  // `listener` is the descriptor that came with the zygote's filter, `zygote` the process's number.
  // An error when it is something else. For the loop's thread.
  static base::Result<std::unique_ptr<Gatekeeper>> make(Loop& loop, posix::Fd listener,
                                                        pid_t zygote);
  ~Gatekeeper();
  Gatekeeper(const Gatekeeper&) = delete;
  Gatekeeper& operator=(const Gatekeeper&) = delete;

  // The zygote may fork once more.
  void allow_fork() { ++forks_allowed_; }
  // Remembers from now on whether that process's first thread asks for anything, until it is gone
  // and forgotten. Who asks waits for the answer, so it is known before it can say anything else.
  void watch(pid_t process) { asked_.emplace(process, false); }
  void forget(pid_t process) { asked_.erase(process); }
  bool has_asked(pid_t process) const {
    const auto found = asked_.find(process);
    return found != asked_.end() && found->second;
  }
  // It said that it did not.
  void take_back() { forks_allowed_ -= forks_allowed_ > 0 ? 1 : 0; }

 private:
  Gatekeeper(Loop& loop, posix::Fd listener, pid_t zygote)
      : loop_(loop), listener_(std::move(listener)), zygote_(zygote) {}
  void answer();
  // 0 lets the call through; else it fails with this.
  int verdict(pid_t thread, const seccomp_data& call);
  int verdict_on_clone(pid_t thread, uint64_t flags);

  Loop& loop_;
  const posix::Fd listener_;
  const pid_t zygote_;
  uint64_t watch_ = 0;
  uint64_t forks_allowed_ = 0;
  std::map<pid_t, bool> asked_;  // of those that are watched
};

}  // namespace millrace::python
