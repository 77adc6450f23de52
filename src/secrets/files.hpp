// Files that hold secrets, for this room alone: how they are read, and that what was read does not
// stay in memory.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "posix/files.hpp"
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

// Within a limit, judged by who may read it, and whole: a file that grows meanwhile is refused.
base::Result<std::string> read_secret_file(const std::filesystem::path& file, size_t bytes_max,
                                           posix::Readers readers);

}  // namespace millrace::secrets
