// How many calls this machine can run at once without running out of memory, and what holds them to
// it: control groups where they can be made, else the number of processes times the address space
// that each may have. Where neither bound fits the machine the answer is an error with the remedy.
#pragma once

#include <cstddef>

#include "base/result.hpp"
#include "python/python.hpp"

namespace millrace::python {

inline constexpr size_t kCallsAtOnceMin = 16;  // where a control group bounds the memory
inline constexpr size_t kCallsAtOnceMax = 64;
// Without one: fewer would not keep one slow call from stopping all others.
inline constexpr size_t kCallsAtOnceLeast = 2;

// What there is. `available` in bytes.
struct Machine {
  size_t available = 0;
  bool bounds_memory = false;  // control groups for memory can be made
};
Machine find_machine();

// Fills in workers_max and memory_bytes_max where they are 0. Pure.
base::Result<void> fit(PoolOptions& options, const Machine& machine);

// The same for this machine; leaves options alone that run without a sandbox, but for the number.
base::Result<void> fit_to_machine(PoolOptions& options);

}  // namespace millrace::python
