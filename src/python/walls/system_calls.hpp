// What a sandboxed process may ask of the kernel, as ready filter programs. A list of what is
// allowed for all that run inside, and further ones that processes put on themselves before
// anything of a solution's runs: about starting programs and processes, signalling and listening.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace millrace::python {

// In the describing process's filter this stands where the process puts its own id, which is known
// only inside.
inline constexpr uint32_t kOwnProcessPlace = 0x7a11ce55;

struct SystemCallFilters {
  std::string sandbox;  // for bubblewrap
  std::string slots;    // the same, and what making slots takes; the zygote's takes it away again
  std::string zygote;   // of the zygote and its workers; asks the server about some calls
  std::string worker;   // of the describing process
};

base::Result<SystemCallFilters> system_call_filters();

}  // namespace millrace::python
