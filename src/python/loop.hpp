// One thread's waiting: descriptors, timers, and tasks handed in by other threads. All calls but
// post() are for the thread that runs the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "python/fd.hpp"
#include "runtime/ports.hpp"

namespace millrace::python {

class Loop {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Ready = std::function<void()>;
  // Names a timer; a default one names none.
  using Timer = std::pair<Moment, uint64_t>;

  static base::Result<std::unique_ptr<Loop>> make();

  static Moment now() { return std::chrono::steady_clock::now(); }

  // Calls `ready` whenever one of the epoll events is there. Returns the name of the watch, 0 when
  // the kernel refused it.
  uint64_t watch(int fd, uint32_t events, Ready ready);
  void change(uint64_t watch, int fd, uint32_t events);
  // `ready` is not called again, also when its event was already seen. Close `fd` afterwards.
  void unwatch(uint64_t watch, int fd);

  Timer at(Moment moment, Ready ready);
  void cancel(Timer& timer);

  // Hands a task over from any thread. False, with the task untouched, once the loop has ended.
  bool post(runtime::Task& task);

  // Runs until end() is called and everything posted before that has been done.
  void run();
  void end() { ending_ = true; }

 private:
  Loop(Fd epoll, Fd wake) : epoll_(std::move(epoll)), wake_(std::move(wake)) {}

  int wait_ms() const;
  void run_ready();
  void run_timers();
  void run_tasks();
  bool close_when_empty();

  Fd epoll_;
  Fd wake_;
  bool ending_ = false;
  uint64_t last_name_ = 0;
  // Shared, because a watch may be taken away while it is being called.
  std::unordered_map<uint64_t, std::shared_ptr<Ready>> watches_;
  std::map<Timer, Ready> timers_;

  std::mutex mutex_;  // guards what follows
  std::vector<runtime::Task> tasks_;
  bool closed_ = false;
};

}  // namespace millrace::python
