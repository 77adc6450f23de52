// The real clock and the real randomness.
#pragma once

#include "base/world.hpp"

namespace millrace::app {

class SystemClock final : public base::Clock {
 public:
  base::Timestamp now() override;
  int64_t steady_ms() override;
};

class SystemRandom final : public base::Random {
 public:
  void fill(std::span<uint8_t> bytes) override;
};

}  // namespace millrace::app
