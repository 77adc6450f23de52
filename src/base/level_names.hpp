// The levels of the log by name, as options, workers and log lines write them.
#pragma once

#include "base/enum_names.hpp"
#include "base/world.hpp"

namespace millrace::base {

inline constexpr auto kLevels = enum_names<Level>("log level", "debug", "info", "warning", "error");

}  // namespace millrace::base
