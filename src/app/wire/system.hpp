// The real clock and the real randomness.
#pragma once

#include <atomic>
#include <chrono>

#include "base/world.hpp"

namespace millrace::app {

class SystemClock final : public base::Clock {
 public:
  base::Timestamp now() override;
  int64_t steady_ms() override;
  // From now on both are later by so much more: for people who try what time will bring.
  void skip(std::chrono::milliseconds time) { skipped_ms_ += time.count(); }

 private:
  std::atomic<int64_t> skipped_ms_ = 0;
};

class SystemRandom final : public base::Random {
 public:
  void fill(std::span<uint8_t> bytes) override;
};

}  // namespace millrace::app
