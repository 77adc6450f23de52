// What the kernel gives and takes back: a descriptor that closes itself, and what errno says as an
// error. The other headers of this room stand on these two. Nothing here knows what a descriptor or
// a file is for.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "base/result.hpp"

namespace millrace::posix {

// A file descriptor that closes itself.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  // Closes it. errno stays what it was, so that a failure can still be told afterwards.
  void reset();

 private:
  int fd_ = -1;
};

// What errno says about a file or folder. not_found, already_exists, permission_denied: it is not
// there, is there, is not for us; resource_exhausted: no descriptor or memory is left; unavailable:
// anything else, a full or a failing disk among it.
base::Error file_error(const std::filesystem::path& where);
std::unexpected<base::Error> file_failure(const std::filesystem::path& where);

// What errno says about a call that is about no file: resource_exhausted, "fork failed: ...".
base::Error call_error(const char* call);
std::unexpected<base::Error> call_failure(const char* call);

}  // namespace millrace::posix
