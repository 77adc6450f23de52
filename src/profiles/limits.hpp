// The bounds of a store of profiles.
#pragma once

#include <cstddef>

namespace millrace::profiles {

// What the store may take in memory, and in records that some row lacks still.
struct StoreLimits {
  size_t memory_bytes_max = size_t{384} << 20;
  size_t log_bytes_max = size_t{64} << 20;
};

// Different events, or products, of one profile. Braze keeps 5,000 products; for events and for
// custom attributes the bounds are ours.
inline constexpr size_t kTalliesMax = 5'000;
inline constexpr size_t kCustomAttributesMax = 2'000;

}  // namespace millrace::profiles
