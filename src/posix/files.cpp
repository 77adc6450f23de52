#include "posix/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace millrace::posix {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

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

// Reads until `wanted` bytes are there or the file ends; -1 with errno set.
ssize_t read_whole(int fd, char* out, size_t wanted) {
  size_t have = 0;
  while (have < wanted) {
    const ssize_t got = ::read(fd, out + have, wanted - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    have += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(have);
}

base::Result<void> judge(const struct stat& about, const fs::path& file, const Reading& how) {
  if (!S_ISREG(about.st_mode)) {
    return fail(Code::failed_precondition, "this is no file", file.string());
  }
  const bool is_own = about.st_uid == ::geteuid() || about.st_uid == 0;
  if (how.readers == Readers::owner && (!is_own || (about.st_mode & 077) != 0)) {
    return fail(
        Code::permission_denied,
        "others may read this file of secrets; it must be yours and of mode 0600: chmod 600 " +
            file.string(),
        file.string());
  }
  if (static_cast<uint64_t>(about.st_size) > how.bytes_max) {
    return fail(Code::resource_exhausted, "over " + std::to_string(how.bytes_max) + " bytes",
                file.string());
  }
  return {};
}

}  // namespace

base::Result<std::string> read_file(const fs::path& file, const Reading& how) {
  // Not blocking: a name may turn out to be a pipe.
  const Fd open(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about{};
  if (!open.is_open() || ::fstat(open.get(), &about) != 0) return file_failure(file);
  if (auto judged = judge(about, file, how); !judged) return std::unexpected(judged.error());
  const auto size = static_cast<size_t>(about.st_size);
  // One more, to see a file that grows; the whole room at once, so that no copy is left behind.
  const size_t wanted = size + (how.growth == Growth::refused ? 1 : 0);
  ssize_t length = 0;
  std::string content;
  content.resize_and_overwrite(wanted, [&](char* out, size_t) {
    length = read_whole(open.get(), out, wanted);
    if (length < 0) ::explicit_bzero(out, wanted);
    return static_cast<size_t>(std::max<ssize_t>(length, 0));
  });
  if (length < 0) return file_failure(file);
  if (content.size() == size) return content;
  const bool has_grown = content.size() > size;
  ::explicit_bzero(content.data(), content.size());
  return fail(Code::unavailable,
              has_grown ? "it grows while it is read" : "it shrinks while it is read",
              file.string());
}

bool write_all(int fd, std::string_view bytes) {
  return write_whole(bytes,
                     [fd](std::string_view rest) { return ::write(fd, rest.data(), rest.size()); });
}

bool write_all_at(int fd, std::string_view bytes, size_t offset) {
  return write_whole(bytes, [fd, &offset](std::string_view rest) {
    const ssize_t written = ::pwrite(fd, rest.data(), rest.size(), static_cast<off_t>(offset));
    if (written > 0) offset += static_cast<size_t>(written);
    return written;
  });
}

base::Result<void> write_new_file(const fs::path& file, std::string_view content, mode_t mode) {
  const Fd open(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!open.is_open()) return file_failure(file);
  if (write_all(open.get(), content) && ::fsync(open.get()) == 0) return {};
  const base::Result<void> failed = file_failure(file);
  ::unlink(file.c_str());  // half a file would be taken for a whole one
  return failed;
}

base::Result<void> replace_file(const fs::path& file, std::string_view content, mode_t mode) {
  const fs::path fresh = file.string() + ".new";
  ::unlink(fresh.c_str());
  if (auto written = write_new_file(fresh, content, mode); !written) return written;
  if (auto renamed = rename_file(fresh, file); !renamed) {
    ::unlink(fresh.c_str());
    return renamed;
  }
  return sync_folder(file.has_parent_path() ? file.parent_path() : fs::path("."));
}

base::Result<void> rename_file(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return file_failure(to);
  return {};
}

base::Result<void> sync_file(const fs::path& file) {
  const Fd open(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!open.is_open() || ::fsync(open.get()) != 0) return file_failure(file);
  return {};
}

base::Result<void> sync_folder(const fs::path& folder) {
  const Fd open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open.is_open() || ::fsync(open.get()) != 0) return file_failure(folder);
  return {};
}

base::Result<void> make_private_folder(const fs::path& folder, Existing existing) {
  if (folder.empty()) return {};  // the folder that the process is in
  std::error_code error;
  const bool is_new = fs::create_directories(folder, error);
  if (!error && (is_new || existing == Existing::becomes_private)) {
    fs::permissions(folder, fs::perms::owner_all, error);
  }
  if (error) return fail(Code::unavailable, error.message(), folder.string());
  return {};
}

base::Result<void> make_private(const fs::path& file) {
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0) return file_failure(file);
  if ((about.st_mode & 077) == 0) return {};
  if (::chmod(file.c_str(), kOwnersAlone) != 0) return file_failure(file);
  return {};
}

}  // namespace millrace::posix
