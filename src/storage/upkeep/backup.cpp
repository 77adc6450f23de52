#include "storage/upkeep/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "posix/files.hpp"
#include "storage/at_rest/open_keys.hpp"
#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kPieceBytes = 1 << 20;

base::Result<void> copy_bytes(const posix::Fd& from, const fs::path& source, const posix::Fd& to,
                              const fs::path& target) {
  std::string piece(kPieceBytes, '\0');
  for (;;) {
    const ssize_t got = ::read(from.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return posix::file_failure(source);
    if (got == 0) return {};
    if (!posix::write_all(to.get(), {piece.data(), static_cast<size_t>(got)})) {
      return posix::file_failure(target);
    }
  }
}

base::Result<void> copy_with_mode(const fs::path& from, const fs::path& to, bool keep_mode) {
  const posix::Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!source.is_open() && errno == ENOENT) {
    return fail(Code::not_found, "there is no such file", from.string());
  }
  struct stat about{};
  if (!source.is_open() || ::fstat(source.get(), &about) != 0) return posix::file_failure(from);
  const posix::Fd target(
      ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, posix::kOwnersAlone));
  if (!target.is_open() && errno == EEXIST) {
    return fail(Code::already_exists, "is there already", to.string());
  }
  if (!target.is_open()) return posix::file_failure(to);
  if (auto copied = copy_bytes(source, from, target, to); !copied) return copied;
  const mode_t mode = keep_mode ? about.st_mode & 07777 : posix::kOwnersAlone;
  const bool good = ::fchmod(target.get(), mode) == 0 && ::fsync(target.get()) == 0;
  return good ? base::Result<void>() : posix::file_failure(to);
}

base::Result<void> copy_whole(const fs::path& from, const fs::path& to,
                              const std::vector<std::string>& unfinished);

base::Result<void> copy_entry(const fs::directory_entry& entry, const fs::path& to) {
  std::error_code error;
  if (entry.is_symlink(error)) {
    fs::copy_symlink(entry.path(), to, error);
    if (error) return fail(Code::unavailable, error.message(), to.string());
    return {};
  }
  if (entry.is_directory(error)) return copy_whole(entry.path(), to, {});
  return copy_with_mode(entry.path(), to, true);
}

base::Result<void> copy_whole(const fs::path& from, const fs::path& to,
                              const std::vector<std::string>& unfinished) {
  std::error_code error;
  if (!fs::is_directory(from, error)) {
    return fail(Code::not_found, "there is no such folder", from.string());
  }
  if (!fs::create_directory(to, error)) {
    if (error) return fail(Code::unavailable, error.message(), to.string());
    return fail(Code::already_exists, "is there already", to.string());
  }
  for (const auto& entry : fs::directory_iterator(from, error)) {
    const std::string name = entry.path().filename().string();
    const bool is_unfinished = std::ranges::any_of(
        unfinished, [&](const std::string& ending) { return name.ends_with(ending); });
    if (is_unfinished) continue;
    if (auto copied = copy_entry(entry, to / name); !copied) return copied;
  }
  if (error) return fail(Code::unavailable, error.message(), from.string());
  fs::permissions(to, fs::status(from, error).permissions(), error);
  if (error) return fail(Code::unavailable, error.message(), to.string());
  return posix::sync_folder(to);
}

}  // namespace

base::Result<void> copy_database(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (!fs::exists(from, error)) {
    return fail(Code::not_found, "there is no such database", from.string());
  }
  if (fs::exists(to, error)) return fail(Code::already_exists, "is there already", to.string());
  const auto key = key_of(to);
  if (!key) return std::unexpected(key.error());
  auto reading = Connection::open(
      from, key->has_value() ? Connection::Use::encrypting : Connection::Use::reading);
  if (!reading) return std::unexpected(reading.error());
  {
    // SQLite writes into a file that is there and empty; made here, it is never anybody else's.
    const posix::Fd made(
        ::open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, posix::kOwnersAlone));
    if (!made.is_open()) return posix::file_failure(to);
  }
  auto copy = reading->prepare("VACUUM INTO ?1");
  if (!copy) return std::unexpected(copy.error());
  const std::string name = to.string();
  if (auto copied = copy->bind_text(1, name).run(); !copied) return copied;
  return posix::sync_file(to);
}

base::Result<void> copy_private_file(const fs::path& from, const fs::path& to) {
  return copy_with_mode(from, to, false);
}

base::Result<void> copy_folder(const fs::path& from, const fs::path& to) {
  return copy_whole(from, to, {".new", ".partly"});
}

}  // namespace millrace::storage
