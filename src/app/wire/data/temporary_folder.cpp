#include "app/wire/data/temporary_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using posix::FileLock;

constexpr std::string_view kName = "millrace-run-";
constexpr const char* kLock = ".lock";
constexpr int kSweptMax = 1'000;  // at one look

bool is_own_folder(const fs::path& path) {
  struct stat about{};
  return ::lstat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode) &&
         about.st_uid == ::geteuid();
}

}  // namespace

void TemporaryFolder::sweep(const fs::path& where) {
  std::error_code failed;
  int swept = 0;
  for (auto at = fs::directory_iterator(where, failed);
       !failed && at != fs::directory_iterator() && swept < kSweptMax; at.increment(failed)) {
    const fs::path folder = at->path();
    if (!folder.filename().string().starts_with(kName) || !is_own_folder(folder)) continue;
    const auto lock = FileLock::take(folder / kLock, FileLock::Missing::is_refused);
    if (!lock) continue;
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    ++swept;
  }
}

base::Result<TemporaryFolder> TemporaryFolder::make() {
  const fs::path where = fs::temp_directory_path();
  sweep(where);
  // Locked before it has the name that is swept.
  std::string name = (where / "millrace-new-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return base::fail(base::Code::unavailable, "no temporary folder can be made", name);
  }
  auto held = FileLock::take(fs::path(name) / kLock);
  const fs::path path = where / (std::string(kName) + name.substr(name.size() - 6));
  std::error_code failed;
  if (!held || (fs::rename(name, path, failed), failed)) {
    fs::remove_all(name, failed);
    return base::fail(base::Code::unavailable, "no temporary folder can be made", path.string());
  }
  return TemporaryFolder(path, std::move(*held));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace millrace::app
