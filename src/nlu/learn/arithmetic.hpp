// Arithmetic that gives the same bits on every machine: only what IEEE 754 rounds exactly, in an
// order that is written down. The C library's exp and log differ between versions and processors.
// The room is compiled without fused multiply-add (room.cmake).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

namespace millrace::nlu {

// Of a positive number that is not subnormal; within 1e-12.
inline double log_of(double x) {
  auto bits = std::bit_cast<uint64_t>(x);
  int64_t k = static_cast<int64_t>(bits >> 52) - 1023;
  bits = (bits & 0x000FFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL;
  double m = std::bit_cast<double>(bits);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++k;
  }
  const double s = (m - 1.0) / (m + 1.0), s2 = s * s;
  double sum = 0.0;
  for (int i = 21; i > 0; i -= 2) sum = sum * s2 + 1.0 / i;
  return 2.0 * s * sum + static_cast<double>(k) * 0.6931471805599453;
}

// A sequence of numbers that a seed determines (splitmix64). Chance is asked of nobody.
class Sequence {
 public:
  explicit Sequence(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  // 0 to bound - 1.
  uint32_t below(uint32_t bound) {
    return static_cast<uint32_t>(((next() >> 32) * static_cast<uint64_t>(bound)) >> 32);
  }
  // 0 to below 1.
  float fraction() { return static_cast<float>(next() >> 40) * 0x1p-24F; }

  template <typename T>
  void shuffle(std::span<T> items) {
    for (size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[below(static_cast<uint32_t>(i))]);
    }
  }

 private:
  uint64_t state_;
};

}  // namespace millrace::nlu
