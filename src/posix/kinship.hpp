// Which process is which, by the kernel's word and nobody else's. What a sandboxed process says of
// itself, and what descriptors it hands over, is never a name here: a number comes from the kernel
// with a message (SCM_CREDENTIALS), and what is behind it is looked at before it is used.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "posix/posix.hpp"

namespace millrace::posix {

// The parent of a process; nullopt when there is no such process, or it cannot be seen.
std::optional<pid_t> parent_of(pid_t process);

// A descriptor of a process, readable when it has ended; not open, with errno set, where there is
// none. For a child that nobody has collected yet the number is sure to be its own.
Fd descriptor_of(pid_t process);

// A descriptor of the process of that number, by which it is killed, after a look that it is a
// child of `parent`. The look comes second, so that a number that was given to another process
// meanwhile names none of ours. An error for everything else, oneself first.
base::Result<Fd> descriptor_of_child(pid_t process, pid_t parent);

// How many threads a process has, its number in its own namespace; 0 where it cannot be seen.
struct Inside {
  uint32_t threads = 0;
  pid_t group = 0;
};
Inside look_inside(pid_t thread);

// How many children a process has, those included that nobody has collected; nullopt where the
// kernel does not tell.
std::optional<size_t> children_of(pid_t process);

// What a process holds in memory; 0 where it cannot be seen.
size_t resident_bytes(pid_t process);

// Asks the kernel to add the sender to whatever arrives on a Unix socket.
bool name_senders(const Fd& socket);

}  // namespace millrace::posix
