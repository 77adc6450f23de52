#include "app/commands/data/new_folder.hpp"

#include <algorithm>

#include "posix/files.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

bool is_within(const fs::path& path, const fs::path& folder) {
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

}  // namespace

base::Result<fs::path> begin_folder(const fs::path& where, const fs::path& from) {
  std::error_code error;
  const fs::path source = fs::canonical(from, error);
  fs::path to = fs::weakly_canonical(fs::absolute(where, error), error);
  if (!to.has_filename()) to = to.parent_path();  // "DIR/"
  if (error) return fail(Code::invalid_argument, error.message(), where.string());
  if (is_within(to, source)) {
    return fail(Code::invalid_argument, "lies in the folder that is copied", to.string());
  }
  if (fs::exists(fs::symlink_status(to, error)) &&
      !(fs::is_directory(to, error) && fs::is_empty(to, error))) {
    return fail(Code::already_exists, "is there, and is not an empty folder", to.string());
  }
  const fs::path partly = to.string() + ".partly";
  fs::create_directories(to.parent_path(), error);
  if (fs::create_directory(partly, error)) {
    fs::permissions(partly, fs::perms::owner_all, error);
    return partly;
  }
  if (error) return fail(Code::unavailable, error.message(), partly.string());
  return fail(Code::already_exists,
              "is left of a copy that was cut short, or of one under way; remove it first",
              partly.string());
}

base::Result<void> finish_folder(const fs::path& partly) {
  const fs::path to = partly.parent_path() / partly.stem();
  if (auto renamed = posix::rename_file(partly, to); !renamed) return renamed;
  return posix::sync_folder(to.parent_path());
}

}  // namespace millrace::app
