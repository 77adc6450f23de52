// How long to wait before the next attempt at something that failed: full jitter, so that many who
// failed together do not come back together. Pure: chance comes in as a number.
#pragma once

#include <cstdint>

namespace millrace::base {

struct Backoff {
  int64_t base_ms = 200;    // the widest wait after the first failure
  int64_t cap_ms = 60'000;  // no wait is longer
};

// Somewhere in [0, min(cap, base * 2^(failures - 1))], evenly. `failures` counts those so far, at
// least 1; `chance` is any evenly distributed number.
int64_t wait_ms(const Backoff& backoff, int failures, uint64_t chance);

}  // namespace millrace::base
