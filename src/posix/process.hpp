// Starts and ends a child process. Safe beside other threads: everything that allocates happens
// before the fork, and the child makes system calls only until it has become the program. The
// process leads a session of its own and dies with the thread that started it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.hpp"
#include "posix/posix.hpp"

namespace millrace::posix {

struct Program {
  std::vector<std::string> arguments;  // the first is the file
  std::vector<std::string> environment;
  // What the child finds under 0, 1, 2 and so on; nothing else stays open. From descriptors.hpp.
  std::vector<int> descriptors;
  // Descriptors of cgroup.procs files: the groups it is to be in from its first moment.
  std::vector<int> groups;
  int niceness = 0;  // 0 to 19: how far it comes after others where there is not CPU enough
};

struct Process {
  pid_t pid = -1;
  Fd exit;  // readable when the process has ended
};

base::Result<Process> spawn(const Program& program);

// Kills the process and its whole group.
void kill_group(pid_t pid);
// Kills the process behind a descriptor, wherever it is.
void kill_process(const Fd& process);

// Collects the process, which must have ended or been killed: "exit status 7", "signal SEGV".
std::string reap(pid_t pid);
// The same from a status that another has collected.
std::string describe_status(int status);

}  // namespace millrace::posix
