// The real clock, the real randomness, and the real disk.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

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

// Bytes left on the disk of that file or folder; nullopt when they are not known.
std::optional<uint64_t> free_bytes(const std::filesystem::path& place);

}  // namespace millrace::app
