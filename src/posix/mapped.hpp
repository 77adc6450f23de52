// A file in memory where it lies: nothing is read before it is looked at, and what several
// processes look at is there once.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.hpp"

namespace millrace::posix {

// What was mapped stays as it is while the file is replaced or removed; whoever writes such files
// never changes one in its place.
class MappedFile {
 public:
  // not_found: it is not there. failed_precondition: a folder, a pipe. An empty file has no bytes.
  static base::Result<std::unique_ptr<MappedFile>> open(const std::filesystem::path& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // From the beginning of a page on.
  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(at_), size_}; }

 private:
  MappedFile(void* at, size_t size) : at_(at), size_(size) {}

  void* at_;
  size_t size_;
};

}  // namespace millrace::posix
