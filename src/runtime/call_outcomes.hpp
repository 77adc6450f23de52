// How a call ended, by name: in traces, metrics, logs and settings.
#pragma once

#include "base/enum_names.hpp"
#include "runtime/ports.hpp"

namespace millrace::runtime {

inline constexpr auto kCallOutcomes = base::enum_names<CallOutcome>(
    "outcome of a call", "returned", "raised", "timed_out", "crashed", "refused", "unknown");

}  // namespace millrace::runtime
