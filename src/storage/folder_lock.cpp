#include "posix/files.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {

base::Result<FolderLock> FolderLock::acquire(const std::filesystem::path& folder,
                                             std::chrono::milliseconds patience) {
  auto made = posix::make_private_folder(folder, posix::Existing::becomes_private);
  if (!made) return std::unexpected(made.error());
  auto lock = posix::FileLock::take(folder / "lock", posix::FileLock::Missing::is_made, patience);
  if (lock) return FolderLock(std::move(*lock));
  if (lock.error().code != base::Code::already_exists) return std::unexpected(lock.error());
  return base::fail(base::Code::already_exists,
                    "another millrace is using this data folder; stop it, or give another --data",
                    folder.string());
}

}  // namespace millrace::storage
