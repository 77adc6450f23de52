// Keeps account of what a lane refuses for the load: how soon it is worth asking again, and what
// the operator is told (figures once a second, a line a minute). All but retry_after_seconds() is
// for the lane.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/meter.hpp"
#include "base/resilience/pace.hpp"
#include "base/world.hpp"

namespace millrace::runtime {

enum class Priority;

enum class Refusal {
  waiting,  // what waits already has done so for too long
  full,     // the solution's part of the queue is
  late,     // it was queued, and waited for too long itself
};
std::string_view to_string(Refusal why);

class Refusals {
 public:
  static constexpr int kRetryMostSeconds = 30;

  // `meter` may be null.
  Refusals(base::Log& log, base::Meter* meter) : log_(log), meter_(meter) {}

  void note(std::string_view solution, Priority priority, Refusal why, int64_t now_ms);
  // After how long to ask again: the more were refused in the last second, the longer, so that
  // those who come back do not come all at once. Thread-safe.
  int retry_after_seconds() const { return retry_after_.load(std::memory_order_relaxed); }
  // Tells what has not been told, once a second is over.
  void tell_when_due(int64_t now_ms) {
    if (in_this_second_ > 0 && now_ms - second_since_ms_ >= 1'000) tell(now_ms);
  }
  // Tells what has not been told.
  void tell(int64_t now_ms);

 private:
  using Kind = std::pair<Priority, Refusal>;

  base::Log& log_;
  base::Meter* meter_;
  std::map<std::string, std::map<Kind, uint64_t>, std::less<>> untold_;
  uint64_t in_this_second_ = 0;
  int64_t second_since_ms_ = 0;
  std::atomic<int> retry_after_ = 1;
  base::Pace pace_{std::chrono::minutes(1)};
};

}  // namespace millrace::runtime
