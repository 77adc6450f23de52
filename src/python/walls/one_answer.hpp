// A process that lives for one answer and is killed, whatever happens.
#pragma once

#include <chrono>

#include "base/json.hpp"
#include "python/walls/launch.hpp"

namespace millrace::python {

// Sends the question and waits for the answer; what the process prints is thrown away. Blocks.
// failed_precondition: it ended early, and the error says how; deadline_exceeded: it took too long.
base::Result<json::object> one_answer(Child child, const json::object& question,
                                      size_t answer_bytes_max, std::chrono::milliseconds limit);

}  // namespace millrace::python
