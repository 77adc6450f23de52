// The program's own files over the faulty disk. The linker leads these calls here (--wrap); those
// on other files go on to the system, and so do all while no folder is followed.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <string>

#include "tests/faults/disk.hpp"

namespace {

using millrace::faults::Disk;
using millrace::faults::Op;
using millrace::faults::Verdict;

std::string path_of(int descriptor) {
  char path[4'096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  return length < 0 ? std::string() : std::string(path, static_cast<size_t>(length));
}

// Whether the call goes on; else errno is set.
bool may(Op op, const std::string& path) {
  const Verdict verdict = Disk::get().ask(op, path, 0);
  errno = verdict.error;
  return verdict.error == 0;
}

}  // namespace

extern "C" {

int __real_open(const char* path, int flags, ...);
ssize_t __real_write(int descriptor, const void* bytes, size_t count);
ssize_t __real_pwrite(int descriptor, const void* bytes, size_t count, off_t offset);
int __real_ftruncate(int descriptor, off_t size);
int __real_fsync(int descriptor);
int __real_fdatasync(int descriptor);
int __real_rename(const char* from, const char* to);
int __real_posix_fallocate(int descriptor, off_t offset, off_t size);

int __wrap_open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  if (Disk::get().is_following() && !may(Op::open, path)) return -1;
  return __real_open(path, flags, mode);
}

ssize_t __wrap_write(int descriptor, const void* bytes, size_t count) {
  if (!Disk::get().is_following()) return __real_write(descriptor, bytes, count);
  const std::string path = path_of(descriptor);
  const Verdict verdict = Disk::get().ask(Op::write, path, count);
  const size_t most = verdict.error == 0 ? count : std::min(count, verdict.bytes_done);
  const auto offset = ::lseek(descriptor, 0, SEEK_CUR);
  const ssize_t done = most == 0 && count > 0 ? 0 : __real_write(descriptor, bytes, most);
  if (done > 0 && offset >= 0) {
    Disk::get().wrote(path, static_cast<size_t>(offset),
                      {static_cast<const char*>(bytes), static_cast<size_t>(done)});
  }
  if (verdict.error == 0 || done > 0) return done;  // a short write; the next call fails
  errno = verdict.error;
  return -1;
}

ssize_t __wrap_pwrite(int descriptor, const void* bytes, size_t count, off_t offset) {
  if (!Disk::get().is_following()) return __real_pwrite(descriptor, bytes, count, offset);
  const std::string path = path_of(descriptor);
  const Verdict verdict = Disk::get().ask(Op::write, path, count);
  const size_t most = verdict.error == 0 ? count : std::min(count, verdict.bytes_done);
  const ssize_t done = most == 0 && count > 0 ? 0 : __real_pwrite(descriptor, bytes, most, offset);
  if (done > 0) {
    Disk::get().wrote(path, static_cast<size_t>(offset),
                      {static_cast<const char*>(bytes), static_cast<size_t>(done)});
  }
  if (verdict.error == 0 || done > 0) return done;
  errno = verdict.error;
  return -1;
}

int __wrap_ftruncate(int descriptor, off_t size) {
  if (!Disk::get().is_following()) return __real_ftruncate(descriptor, size);
  const std::string path = path_of(descriptor);
  if (!may(Op::truncate, path)) return -1;
  const int code = __real_ftruncate(descriptor, size);
  if (code == 0) Disk::get().truncated(path, static_cast<size_t>(size));
  return code;
}

int __wrap_posix_fallocate(int descriptor, off_t offset, off_t size) {
  if (Disk::get().is_following() && !may(Op::truncate, path_of(descriptor))) return errno;
  return __real_posix_fallocate(descriptor, offset, size);
}

static int synced(int descriptor, int (*real)(int)) {
  if (!Disk::get().is_following()) return real(descriptor);
  const std::string path = path_of(descriptor);
  const bool well = may(Op::sync, path);
  const int error = errno;
  Disk::get().synced(path, well);
  errno = error;
  return well ? 0 : -1;
}
int __wrap_fsync(int descriptor) {
  return synced(descriptor, __real_fsync);
}
int __wrap_fdatasync(int descriptor) {
  return synced(descriptor, __real_fdatasync);
}

int __wrap_rename(const char* from, const char* to) {
  if (Disk::get().is_following() && !may(Op::rename, from)) return -1;
  const int code = __real_rename(from, to);
  if (code == 0 && Disk::get().is_following()) Disk::get().renamed(from, to);
  return code;
}

}  // extern "C"
