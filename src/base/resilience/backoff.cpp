#include "base/resilience/backoff.hpp"

#include <algorithm>

namespace millrace::base {

int64_t wait_ms(const Backoff& backoff, int failures, uint64_t chance) {
  constexpr int kDoublingsMax = 40;  // further ones are over any cap
  const int doublings = std::clamp(failures - 1, 0, kDoublingsMax);
  const int64_t base = std::max<int64_t>(0, backoff.base_ms);
  const int64_t cap = std::max<int64_t>(0, backoff.cap_ms);
  const int64_t widest = base > (cap >> doublings) ? cap : std::min(cap, base << doublings);
  return static_cast<int64_t>(chance % (static_cast<uint64_t>(widest) + 1));
}

}  // namespace millrace::base
