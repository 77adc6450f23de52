#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "storage/files.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kFileBytesMax = 16 << 20;
constexpr size_t kFilesMax = 10'000;

}  // namespace

base::Result<std::string> read_file(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return fail(Code::not_found, error.message(), file.string());
  if (size > kFileBytesMax) return fail(Code::resource_exhausted, "over 16 MiB", file.string());
  return read_whole(file);
}

namespace {

// Writes the bytes and syncs them, so that a version named in a durable turn is durable itself.
base::Result<void> write_file(const fs::path& file, std::string_view content, mode_t mode) {
  const OpenFile handle(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!handle.is_open()) return system_failure(file);
  const bool good = write_all(handle.descriptor(), content) && ::fsync(handle.descriptor()) == 0;
  if (good) return {};
  const base::Result<void> failed = system_failure(file);
  ::unlink(file.c_str());  // half a file would be taken for a whole one
  return failed;
}

}  // namespace

base::Result<FolderLock> FolderLock::acquire(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(Code::unavailable, error.message(), folder.string());
  fs::permissions(folder, fs::perms::owner_all, error);
  const fs::path file = folder / "lock";
  const int handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (handle < 0) return system_failure(file);
  if (::flock(handle, LOCK_EX | LOCK_NB) != 0) {
    ::close(handle);
    return fail(Code::already_exists,
                "another millrace is using this data folder; stop it, or give another --data",
                folder.string());
  }
  return FolderLock(handle);
}

base::Result<ChangeLock> ChangeLock::acquire(const fs::path& file) {
  const int handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (handle < 0) return system_failure(file);
  ChangeLock lock(handle);
  while (::flock(handle, LOCK_EX) != 0) {
    if (errno != EINTR) return system_failure(file);
  }
  return lock;
}

ChangeLock::~ChangeLock() {
  if (file_ >= 0) ::close(file_);
}

base::Result<void> replace_file(const fs::path& file, std::string_view content) {
  const fs::path fresh = file.string() + ".new";
  std::error_code error;
  fs::remove(fresh, error);
  if (auto written = write_file(fresh, content, 0600); !written) return written;
  if (auto renamed = rename_file(fresh, file); !renamed) return renamed;
  return sync_folder(file.parent_path());
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

base::Result<flow::Files> read_solution(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return fail(Code::not_found, "there is no such folder", folder.string());
  }
  flow::Files files;
  const auto add = [&](const fs::path& file) -> base::Result<void> {
    const std::string name = fs::relative(file, folder, error).generic_string();
    if (!flow::is_part_of_version(name) || fs::is_symlink(file, error)) return {};
    if (files.size() == kFilesMax) {
      return fail(Code::resource_exhausted, "more than 10,000 files", folder.string());
    }
    auto content = read_file(file);
    if (!content) return std::unexpected(content.error());
    files.emplace(name, std::move(*content));
    return {};
  };
  for (const char* name : {"app.py", "solution.yaml", "requirements.txt"}) {
    if (!fs::exists(folder / name, error)) continue;
    if (auto added = add(folder / name); !added) return std::unexpected(added.error());
  }
  for (const char* name :
       {"templates", "flows", "nlu", "action_nodes", "messages", "wheels", "certs"}) {
    if (!fs::is_directory(folder / name, error)) continue;
    for (const auto& entry : fs::directory_iterator(folder / name, error)) {
      if (!entry.is_regular_file(error)) continue;
      if (auto added = add(entry.path()); !added) return std::unexpected(added.error());
    }
  }
  if (!files.contains("app.py")) {
    return fail(Code::not_found, "a solution needs an app.py", folder.string());
  }
  return files;
}

base::Result<fs::path> install_version(const fs::path& versions, const std::string& hash,
                                       const flow::Files& files) {
  std::error_code error;
  const fs::path folder = versions / hash;
  if (fs::exists(folder, error)) return folder;
  // Written beside its place and moved there whole: a crash leaves no half version.
  const fs::path fresh = versions / (hash + ".new");
  fs::remove_all(fresh, error);
  fs::create_directories(fresh, error);
  if (error) return fail(Code::unavailable, error.message(), fresh.string());
  for (const auto& [name, content] : files) {
    const fs::path file = fresh / name;
    fs::create_directories(file.parent_path(), error);
    if (auto written = write_file(file, content, 0600); !written) {
      return std::unexpected(written.error());
    }
    if (auto synced = sync_folder(file.parent_path()); !synced) {
      return std::unexpected(synced.error());
    }
  }
  if (auto synced = sync_folder(fresh); !synced) return std::unexpected(synced.error());
  if (auto renamed = rename_file(fresh, folder); !renamed) return std::unexpected(renamed.error());
  if (auto synced = sync_folder(versions); !synced) return std::unexpected(synced.error());
  return folder;
}

base::Result<std::vector<std::string>> installed_versions(const fs::path& versions) {
  std::vector<std::string> hashes;
  std::error_code error;
  if (!fs::is_directory(versions, error)) return hashes;
  for (const auto& entry : fs::directory_iterator(versions, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory(error) && !name.ends_with(".new")) hashes.push_back(name);
  }
  return hashes;
}

}  // namespace millrace::storage
