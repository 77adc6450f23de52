// Starts one of our Python programs, inside the sandbox or, when told so, without one.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "posix/descriptors.hpp"
#include "posix/process.hpp"
#include "python/python.hpp"
#include "python/walls/sandbox.hpp"
#include "python/walls/system_calls.hpp"

namespace millrace::python {

// What this machine can do, found out once.
struct Ground {
  Sandbox sandbox = Sandbox::bubblewrap;
  std::string interpreter;
  std::string bubblewrap;
  SystemCallFilters filters;
};

// Finds the programs, makes the filters and tries the sandbox.
base::Result<Ground> find_ground(Sandbox sandbox, const std::string& interpreter);

struct Child {
  posix::Process process;
  posix::Fd control;  // frames; non-blocking
  posix::Fd output;   // what it prints; non-blocking
  posix::Fd forks;    // packets; non-blocking
};

// The child finds its control socket as 3, its own source as 4 and its packets as 5.
base::Result<Child> launch(const Ground& ground, const Walls& walls, std::string_view source,
                           const std::vector<int>& groups);

// The worker's environment: the few fixed variables and those given.
base::Result<std::map<std::string, std::string>> environment_of(
    const std::map<std::string, std::string>& variables);

struct ProcessLimits {
  size_t memory_bytes_max = 0;  // of address space, each process
  size_t file_bytes_max = 0;
  size_t files_max = 256;
  size_t threads_max = 512;  // and processes, of the version's together
};

// What every program's first frame has: where things are, the environment, limits and filters.
json::object common_setup(const Ground& ground, const Walls& walls,
                          const std::map<std::string, std::string>& environment,
                          const ProcessLimits& limits);

}  // namespace millrace::python
