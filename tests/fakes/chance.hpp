// Chance for tests: none at all, never the same twice, and as a seed has it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>

#include "base/world.hpp"

namespace millrace::fakes {

class NoChance final : public base::Random {
 public:
  void fill(std::span<uint8_t> bytes) override { std::ranges::fill(bytes, uint8_t{0}); }
};

// Never the same eight bytes twice: for ids that must differ. Thread-safe.
class CountingChance final : public base::Random {
 public:
  void fill(std::span<uint8_t> bytes) override {
    const uint64_t number = next_++;
    for (size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<uint8_t>(number >> (8 * (i % 8)));
    }
  }

 private:
  std::atomic<uint64_t> next_ = 1;
};

// Thread-safe.
class SeededChance final : public base::Random {
 public:
  explicit SeededChance(uint64_t seed = 1) : dice_(seed) {}
  void fill(std::span<uint8_t> bytes) override {
    const std::lock_guard lock(mutex_);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(dice_());
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 dice_;
};

}  // namespace millrace::fakes
