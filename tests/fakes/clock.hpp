// Clocks for tests: one that stands until it is told, one that moves with every look, and the
// machine's own for what has to be measured.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/world.hpp"

namespace millrace::fakes {

// 2026-01-02 03:04:05 UTC, for whoever needs a time like any other.
inline constexpr int64_t kSomeTimeMs = 1'767'323'045'000;

// Stands still. Thread-safe.
class Clock final : public base::Clock {
 public:
  explicit Clock(int64_t at = kSomeTimeMs) : ms(at) {}
  base::Timestamp now() override { return {ms}; }
  void pass(std::chrono::milliseconds time) { ms += time.count(); }
  std::atomic<int64_t> ms;
};

// A millisecond later at each look, so that no two things have one time. Thread-safe.
class TickingClock final : public base::Clock {
 public:
  base::Timestamp now() override { return {++ms_}; }

 private:
  std::atomic<int64_t> ms_ = kSomeTimeMs;
};

// The machine's.
class WallClock final : public base::Clock {
 public:
  base::Timestamp now() override { return {ms_of<std::chrono::system_clock>()}; }
  int64_t steady_ms() override { return ms_of<std::chrono::steady_clock>(); }

 private:
  template <typename Source>
  static int64_t ms_of() {
    const auto since = Source::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  }
};

}  // namespace millrace::fakes
