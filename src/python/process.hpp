// Starts and ends one worker process. Safe beside other threads: everything that allocates happens
// before the fork, and the child makes system calls only until it has become Python. The process
// leads a group of its own and dies with the thread that started it.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "python/fd.hpp"

namespace millrace::python {

struct Child {
  pid_t pid = -1;
  Fd exit;     // readable when the process has ended
  Fd control;  // our end of the socket; non-blocking
  Fd output;   // what it prints; non-blocking
};

// The worker's environment: the few fixed variables and those given, as "NAME=value".
base::Result<std::vector<std::string>> environment_of(
    const std::map<std::string, std::string>& variables);

// The source as a sealed file in memory, to be handed to any number of children.
base::Result<Fd> source_file(std::string_view source);

base::Result<Child> spawn(const std::string& interpreter,
                          const std::vector<std::string>& environment, const Fd& source);

// Kills the process and its whole group.
void kill_group(pid_t pid);

// Collects the process, which must have ended or been killed: "exit status 7", "signal SEGV".
std::string reap(pid_t pid);

}  // namespace millrace::python
