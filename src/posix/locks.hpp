// A file that one process at a time holds. The lock goes with its holder, however that ends, and
// the file stays.
#pragma once

#include <chrono>
#include <filesystem>
#include <utility>

#include "base/result.hpp"
#include "posix/posix.hpp"

namespace millrace::posix {

class FileLock {
 public:
  enum class Missing {
    is_made,  // mode 0600
    is_refused,
  };
  // Waits until nobody else holds it: for changes that take no longer than a moment.
  static base::Result<FileLock> wait_for(const std::filesystem::path& file);
  // already_exists when somebody else holds it, in this process or another, and has not let go
  // within `patience`.
  static base::Result<FileLock> take(const std::filesystem::path& file,
                                     Missing missing = Missing::is_made,
                                     std::chrono::milliseconds patience = {});

 private:
  explicit FileLock(Fd file) : file_(std::move(file)) {}
  Fd file_;
};

}  // namespace millrace::posix
