// The server's log: one line a happening, on standard error, through spdlog.
#pragma once

#include <memory>

#include "base/world.hpp"

namespace millrace::app {

// Lines below `least` are dropped. Thread-safe.
std::unique_ptr<base::Log> make_log(base::Level least);

}  // namespace millrace::app
