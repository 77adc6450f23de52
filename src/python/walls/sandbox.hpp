// The walls around a version's scripts: bubblewrap with namespaces of its own for everything, a
// file system of what is named here and nothing else, and a system call filter. What a version may
// use of the machine besides is in groups.hpp and in the worker's own limits (confine.py).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace millrace::python {

// Where things are found inside.
inline constexpr const char* kSolutionInside = "/solution";
inline constexpr const char* kPackagesInside = "/packages";
inline constexpr const char* kProxyInside = "/run/proxy";
inline constexpr const char* kSlotsInside = "/slots";

struct Walls {
  std::filesystem::path solution;      // read-only inside
  std::filesystem::path packages;      // read-only inside; may be empty
  std::filesystem::path proxy_socket;  // may be empty
  size_t tmp_bytes_max = 0;            // of /tmp, and of each slot's
  size_t slots = 0;                    // how many roots are to be made, each with a /tmp of its own
};

// Where bubblewrap is; an error that says what to do where it is not.
base::Result<std::string> find_bubblewrap();

// What bubblewrap is told before the program's own words. Two descriptors are read by it: the
// system call filter, and the few lines of /etc/passwd.
std::vector<std::string> wall_arguments(const Walls& walls, int filter, int passwd);
inline constexpr const char* kPasswd = "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n";

// Builds walls around /usr/bin/true, to see whether that can be done here. The error says why not
// and what to do. Blocks for some 20 ms.
base::Result<void> try_sandbox(const std::string& bubblewrap, const std::string& filter);

}  // namespace millrace::python
