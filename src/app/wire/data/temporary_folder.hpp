// A folder that goes when its owner goes; one whose owner was killed goes when the next is made.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "posix/locks.hpp"

namespace millrace::app {

class TemporaryFolder {
 public:
  // Mode 0700, in the system's folder for temporary files, where abandoned ones of the same user
  // are removed first.
  static base::Result<TemporaryFolder> make();
  TemporaryFolder(TemporaryFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), held_(std::move(other.held_)) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

  // Removes what killed owners of this user left in that folder. A folder is its owner's for as
  // long as that process holds the lock in it, also in another process namespace.
  static void sweep(const std::filesystem::path& where);

 private:
  TemporaryFolder(std::filesystem::path path, posix::FileLock held)
      : path_(std::move(path)), held_(std::move(held)) {}

  std::filesystem::path path_;
  posix::FileLock held_;
};

}  // namespace millrace::app
