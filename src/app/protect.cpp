#include "app/protect.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace millrace::app {

void keep_memory_private() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  // Also where cores are piped to a program, which the limit does not hold back.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void keep_files_private() {
  ::umask(077);
}

}  // namespace millrace::app
