#include "posix/limits.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>

namespace millrace::posix {
namespace {

constexpr size_t kDescriptorsUnasked = 1'024;  // where the kernel does not tell

}  // namespace

size_t raise_descriptor_limit(size_t wanted_max) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::min(kDescriptorsUnasked, wanted_max);
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, wanted_max);
  if (limit.rlim_cur < wanted) {
    const rlimit raised{wanted, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit.rlim_cur = wanted;
  }
  return std::min<rlim_t>(limit.rlim_cur, wanted_max);
}

void keep_no_cores() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

void keep_memory_private() {
  keep_no_cores();
  // Also where cores are piped to a program, which the limit does not hold back.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void keep_files_private() {
  ::umask(077);
}

}  // namespace millrace::posix
