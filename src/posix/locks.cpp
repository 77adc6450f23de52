#include "posix/locks.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

namespace millrace::posix {
namespace {

Fd open_lock(const std::filesystem::path& file, FileLock::Missing missing) {
  const int make = missing == FileLock::Missing::is_made ? O_CREAT : 0;
  return Fd(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | make, 0600));
}

}  // namespace

base::Result<FileLock> FileLock::wait_for(const std::filesystem::path& file) {
  Fd open = open_lock(file, Missing::is_made);
  if (!open.is_open()) return file_failure(file);
  while (::flock(open.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return file_failure(file);
  }
  return FileLock(std::move(open));
}

base::Result<FileLock> FileLock::take(const std::filesystem::path& file, Missing missing,
                                      std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  Fd open = open_lock(file, missing);
  if (!open.is_open()) return file_failure(file);
  const auto until = Clock::now() + patience;
  for (;;) {
    if (::flock(open.get(), LOCK_EX | LOCK_NB) == 0) return FileLock(std::move(open));
    if (errno != EWOULDBLOCK) return file_failure(file);
    if (Clock::now() >= until) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return base::fail(base::Code::already_exists, "somebody else holds this lock", file.string());
}

}  // namespace millrace::posix
