// One thread's waiting: descriptors, timers, and tasks handed in by other threads. Everything that
// hangs on a loop is used by one thread at a time: the loop's own, or one that has taken a Turn.
// All calls but post() and now() are for whoever has the turn.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/world.hpp"
#include "posix/posix.hpp"

namespace millrace::python {

class Loop {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Ready = std::function<void()>;
  // Names a timer; a default one names none.
  using Timer = std::pair<Moment, uint64_t>;

  // Holds the loop's lock. What was put off by later() is done when the turn is over.
  class Turn {
   public:
    explicit Turn(Loop& loop) : loop_(loop) { loop.turn_.lock(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

   private:
    Loop& loop_;
  };

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

  // For what calls out to others, who may come back for a turn of their own.
  void later(base::Task task) { later_.push_back(std::move(task)); }

  // Hands a task over from any thread; it is done on the loop's. False, with the task untouched,
  // once the loop has ended.
  bool post(base::Task& task);

  // Runs until end() is called and everything posted before that has been done.
  void run();
  void end() { ending_ = true; }

 private:
  Loop(posix::Fd epoll, posix::Fd wake) : epoll_(std::move(epoll)), wake_(std::move(wake)) {}

  int begin_wait();
  void wake();
  void run_ready();
  void run_timers();
  void run_tasks();
  bool close_when_empty();

  posix::Fd epoll_;
  posix::Fd wake_;

  std::mutex turn_;  // guards what follows
  std::vector<base::Task> later_;
  bool ending_ = false;
  bool waiting_ = false;
  std::atomic<bool> tasks_follow_ =
      false;  // what this thread is doing comes before the tasks of this round
  Moment waits_until_;
  uint64_t last_name_ = 0;
  // Shared, because a watch may be taken away while it is being called.
  std::unordered_map<uint64_t, std::shared_ptr<Ready>> watches_;
  std::map<Timer, Ready> timers_;

  std::atomic<std::thread::id> runner_;

  std::mutex mutex_;  // guards what follows
  std::vector<base::Task> tasks_;
  bool closed_ = false;
};

}  // namespace millrace::python
