// What this room needs of the file system beyond the standard library: whole writes, and syncs that
// make a name durable.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace millrace::storage {

// A descriptor that is closed with it.
class OpenFile {
 public:
  OpenFile() = default;
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OpenFile& operator=(OpenFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~OpenFile();

  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// What errno says.
std::unexpected<base::Error> system_failure(const std::filesystem::path& where);
// All the bytes at the file's own position, or beginning at `offset`; false with errno set.
bool write_all(int descriptor, std::string_view bytes);
bool write_all_at(int descriptor, std::string_view bytes, size_t offset);
// All that is in the file.
base::Result<std::string> read_whole(const std::filesystem::path& file);
// Gives the file another name, over one that is there.
base::Result<void> rename_file(const std::filesystem::path& from, const std::filesystem::path& to);
// Makes what was created, renamed or removed in the folder durable.
base::Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace millrace::storage
