// What a process sets for itself before it begins: how many descriptors it may hold, and that
// neither its memory nor its files are anybody else's.
#pragma once

#include <cstddef>

namespace millrace::posix {

// Raises the soft limit of descriptors to the hard one, at most to `wanted_max`. Returns what
// holds then, at most `wanted_max`.
size_t raise_descriptor_limit(size_t wanted_max);

// No core file of this process or its children. Async-signal-safe.
void keep_no_cores();

// No core file, and nobody but root may look into its memory (a child that starts another program
// is that program's own again).
void keep_memory_private();

// Files that are made from here on are their owner's alone, whoever makes them.
void keep_files_private();

}  // namespace millrace::posix
