// Files that hold secrets, for this room alone: read whole and within a limit, judged by who may
// read them, replaced whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "secrets/secrets.hpp"

namespace millrace::secrets {

// Wipes a text when it goes out of scope.
class Wiped {
 public:
  explicit Wiped(std::string& text) : text_(text) {}
  ~Wiped() { wipe(text_); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;

 private:
  std::string& text_;
};

enum class Readers {
  owner,  // refused unless it is this user's (or root's) and nobody else may read it
  any,
};
// not_found: it is not there. permission_denied: others may read it, or we may not.
base::Result<std::string> read_secret_file(const std::filesystem::path& file, size_t bytes_max,
                                           Readers readers);

// Puts the content (mode 0600) in the file's place, whole and durably.
base::Result<void> replace_secret_file(const std::filesystem::path& file, std::string_view content);

// Held while a store is changed; waits for its turn.
class StoreLock {
 public:
  static base::Result<StoreLock> acquire(const std::filesystem::path& file);
  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int handle) : handle_(handle) {}
  int handle_;
};

}  // namespace millrace::secrets
