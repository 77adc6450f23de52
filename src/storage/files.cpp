#include "storage/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace millrace::storage {
namespace {

// Writes with `write_some` until nothing is left.
bool write_whole(std::string_view bytes, auto write_some) {
  while (!bytes.empty()) {
    const ssize_t written = write_some(bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

OpenFile::~OpenFile() {
  if (is_open()) ::close(descriptor_);
}

std::unexpected<base::Error> system_failure(const std::filesystem::path& where) {
  return base::fail(base::Code::unavailable, std::strerror(errno), where.string());
}

bool write_all(int descriptor, std::string_view bytes) {
  return write_whole(bytes, [descriptor](std::string_view rest) {
    return ::write(descriptor, rest.data(), rest.size());
  });
}

bool write_all_at(int descriptor, std::string_view bytes, size_t offset) {
  return write_whole(bytes, [descriptor, &offset](std::string_view rest) {
    const ssize_t written =
        ::pwrite(descriptor, rest.data(), rest.size(), static_cast<off_t>(offset));
    if (written > 0) offset += static_cast<size_t>(written);
    return written;
  });
}

base::Result<std::string> read_whole(const std::filesystem::path& file) {
  const OpenFile handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!handle.is_open()) return system_failure(file);
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) return base::fail(base::Code::unavailable, error.message(), file.string());
  std::string bytes;
  bytes.resize_and_overwrite(size, [&](char* out, size_t wanted) {
    size_t have = 0;
    while (have < wanted) {
      const ssize_t got = ::read(handle.descriptor(), out + have, wanted - have);
      if (got <= 0) break;
      have += static_cast<size_t>(got);
    }
    return have;
  });
  if (bytes.size() < size) return system_failure(file);
  return bytes;
}

base::Result<void> rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_failure(to);
  return {};
}

base::Result<void> sync_folder(const std::filesystem::path& folder) {
  const OpenFile handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.descriptor()) != 0) return system_failure(folder);
  return {};
}

}  // namespace millrace::storage
