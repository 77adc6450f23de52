// Lanes for tests, on the thread of the test: those that run at once and keep what is to run later
// until its time, and those that keep everything until the test takes it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/world.hpp"
#include "tests/fakes/clock.hpp"

namespace millrace::fakes {

// Two lanes that move with a clock.
class Lanes final : public base::Lanes {
 public:
  explicit Lanes(Clock& clock) : clock_(clock) {}
  size_t count() const override { return 2; }
  void run_on(size_t lane, base::Task task) override {
    if (lane == stuck) {
      kept.push_back(std::move(task));
    } else {
      task();
    }
  }
  void run_after(size_t, std::chrono::milliseconds delay, base::Task task) override {
    tasks_.emplace(clock_.ms + delay.count(), std::move(task));
  }
  // Lets that time pass; what falls due meanwhile runs at its moment.
  void pass(int64_t ms) {
    const int64_t until = clock_.ms + ms;
    while (!tasks_.empty() && tasks_.begin()->first <= until) {
      auto due = tasks_.extract(tasks_.begin());
      if (clock_.ms < due.key()) clock_.ms = due.key();
      due.mapped()();
    }
    clock_.ms = until;
  }
  // Tasks whose time has not come.
  size_t waiting() const { return tasks_.size(); }

  static constexpr size_t kNone = SIZE_MAX;
  std::atomic<size_t> stuck = kNone;  // the lane that comes to nothing
  std::vector<base::Task> kept;       // what it was given

 private:
  Clock& clock_;
  std::multimap<int64_t, base::Task> tasks_;
};

// One lane that does nothing by itself.
class HeldLanes final : public base::Lanes {
 public:
  size_t count() const override { return 1; }
  void run_on(size_t lane, base::Task task) override { run_after(lane, {}, std::move(task)); }
  void run_after(size_t, std::chrono::milliseconds delay, base::Task task) override {
    delays.push_back(delay);
    tasks.push_back(std::move(task));
  }
  std::vector<std::chrono::milliseconds> delays;
  std::vector<base::Task> tasks;
};

}  // namespace millrace::fakes
