#include "solutions/workspace/workspace.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "posix/files.hpp"
#include "solutions/folder.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kPathBytesMax = 512;

bool is_in(std::string_view path, std::string_view folder, std::string_view ending) {
  return path.starts_with(folder) && path.ends_with(ending) &&
         path.find('/', folder.size()) == std::string_view::npos;
}

}  // namespace

std::string hash_of_text(std::string_view text) {
  return base::to_hex(base::sha256(text));
}

bool is_plain_path(std::string_view text) {
  if (text.empty() || text.size() > kPathBytesMax || !base::is_valid_utf8(text)) return false;
  const bool has_control =
      std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (has_control || text.contains('\\') || text.contains('\x7f')) return false;
  return std::ranges::none_of(base::split(text, '/'), [](std::string_view part) {
    return part.empty() || part.starts_with('.') || part.size() > 255;
  });
}

std::string_view kind_of_file(std::string_view path) {
  if (is_in(path, "flows/", ".flow.yaml")) return "flow";
  if (is_in(path, "templates/", ".csv")) return "csv";
  if (is_in(path, "messages/", ".yaml")) return "messages";
  if (is_in(path, "nlu/", ".yaml")) return "nlu";
  if (is_in(path, "tests/", ".test.yaml")) return "test";
  if (path == "app.py" || is_in(path, "action_nodes/", ".py")) return "script";
  if (path == "solution.yaml" || path == "requirements.txt") return "settings";
  return "other";
}

bool is_authors_file(std::string_view path) {
  const std::string_view kind = kind_of_file(path);
  if (kind == "script" || kind == "settings") return false;
  return kind != "other" || is_in(path, "", ".md");
}

base::Result<fs::path> Workspace::inside(std::string_view path) const {
  const auto refused = [&] {
    return fail(Code::invalid_argument, "is no path of a file in a solution", std::string(path));
  };
  if (!is_plain_path(path)) return refused();
  fs::path place = folder_;
  std::error_code failed;
  const auto parts = base::split(path, '/');
  for (size_t i = 0; i < parts.size(); ++i) {
    place /= parts[i];
    const auto status = fs::symlink_status(place, failed);
    if (!fs::exists(status)) continue;
    const bool is_last = i + 1 == parts.size();
    if (is_last ? !fs::is_regular_file(status) : !fs::is_directory(status)) return refused();
  }
  return place;
}

base::Result<std::vector<WorkspaceFile>> Workspace::list() const {
  std::vector<WorkspaceFile> files;
  std::error_code failed;
  auto entry = fs::recursive_directory_iterator(folder_, failed);
  if (failed) return fail(Code::not_found, "the folder cannot be read: " + failed.message());
  for (; entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    if (failed) return fail(Code::unavailable, failed.message());
    const std::string path = fs::relative(entry->path(), folder_, failed).generic_string();
    const auto status = entry->symlink_status(failed);
    if (!is_plain_path(path)) {
      if (fs::is_directory(status)) entry.disable_recursion_pending();
      continue;
    }
    if (!fs::is_regular_file(status)) continue;
    if (files.size() == kWorkspaceFilesMax) {
      return fail(Code::resource_exhausted, "more than 10,000 files");
    }
    const auto text = posix::read_file(entry->path());
    if (!text) return std::unexpected(text.error());
    files.push_back({path, hash_of_text(*text), text->size(), std::string(kind_of_file(path))});
  }
  std::ranges::sort(files, {}, &WorkspaceFile::path);
  return files;
}

base::Result<std::string> Workspace::read(std::string_view path) const {
  const auto place = inside(path);
  if (!place) return std::unexpected(place.error());
  auto text = posix::read_file(*place);
  if (!text && text.error().code == Code::not_found) {
    return fail(Code::not_found, "there is no such file", std::string(path));
  }
  return text;
}

base::Result<flow::Files> Workspace::sources() const {
  auto files = read_folder(folder_);
  if (!files) return files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder_ / "tests", failed)) {
    const std::string path = "tests/" + entry.path().filename().string();
    if (kind_of_file(path) != "test" || !entry.is_regular_file(failed)) continue;
    auto text = posix::read_file(entry.path());
    if (!text) return std::unexpected(text.error());
    files->emplace(path, std::move(*text));
  }
  return files;
}

}  // namespace millrace::solutions
