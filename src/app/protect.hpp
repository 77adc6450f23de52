// What a process that holds keys and secrets does first, so that they leave it by no side door.
#pragma once

namespace millrace::app {

// No core file of this process or its children, and nobody but root may look into its memory
// (a child that starts another program is that program's own again).
void keep_memory_private();

// Files that are made from here on are their owner's alone, whoever makes them.
void keep_files_private();

}  // namespace millrace::app
