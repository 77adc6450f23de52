// SIGTERM and SIGINT as something to wait for.
#pragma once

#include <chrono>

namespace millrace::app {

// Blocks both in this thread and in all it starts. Call before any thread is made.
void block_stop_signals();
// Returns when one has come.
void wait_for_stop_signal();
// Whether one has come by then.
bool stop_signal_within(std::chrono::milliseconds time);

}  // namespace millrace::app
