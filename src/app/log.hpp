// The server's log: one line a happening, on standard error, through spdlog.
#pragma once

#include <memory>

#include "runtime/ports.hpp"

namespace millrace::app {

// Lines below `least` are dropped. Thread-safe.
std::unique_ptr<runtime::Log> make_log(runtime::Level least);

}  // namespace millrace::app
