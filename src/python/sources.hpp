// The package of the workers' own programs (millrace_worker/), embedded by room.cmake.
#pragma once

#include <string>

namespace millrace::python {

// The programs of the package, by the module whose main() they are.
enum class WorkerProgram { zygote, describe, picture };

// What launch() hands to the interpreter: the package's modules and which of them to run, as JSON.
std::string worker_source(WorkerProgram program);

}  // namespace millrace::python
