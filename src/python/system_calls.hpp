// What a sandboxed process may ask of the kernel, as seccomp filters. The first is an allow-list
// and holds from before Python starts; the other two take more away and are installed by the
// process itself. A filter cannot be lifted, and of several the strictest answer counts.
#pragma once

#include <string>

#include "base/result.hpp"

namespace millrace::python {

// Each as the kernel takes it: an array of struct sock_filter.
struct SystemCallFilters {
  std::string sandbox;  // everything that is not on the list fails with EPERM
  std::string zygote;   // no other program from here on
  std::string worker;   // nor another process: no fork, no signal to others, nothing to listen on
};

// Stands in `worker` where the number of the process belongs that installs it.
inline constexpr unsigned kOwnProcessPlace = 0x7a11ce55;

base::Result<SystemCallFilters> system_call_filters();

}  // namespace millrace::python
