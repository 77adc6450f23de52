// Waiting for one descriptor, for threads that have nothing else to do; and the descriptor by which
// a thread that waits for many is woken.
#pragma once

#include <chrono>

#include "base/result.hpp"
#include "posix/posix.hpp"

namespace millrace::posix {

enum class Waited { ready, in_vain };

// Until there is something to read, the other side has closed, or the limit has passed; a signal
// does not shorten it.
Waited wait_until_readable(int fd, std::chrono::milliseconds limit);

// Whether the other side has closed or reset; does not wait.
bool has_hung_up(int fd);

// A descriptor that is readable from wake() until calm(). Both are thread-safe and never block.
base::Result<Fd> wake_descriptor();
void wake(const Fd& descriptor);
void calm(const Fd& descriptor);

}  // namespace millrace::posix
