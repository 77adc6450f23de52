#include "solutions/folder.hpp"

#include "posix/files.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kFilesMax = 10'000;

// Read so that it can be said that it is not.
bool is_misnamed_flow(std::string_view path) {
  return path.starts_with("flows/") && (path.ends_with(".yaml") || path.ends_with(".yml"));
}

}  // namespace

base::Result<flow::Files> read_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return fail(Code::not_found, "there is no such folder", folder.string());
  }
  flow::Files files;
  const auto add = [&](const fs::path& file) -> base::Result<void> {
    const std::string name = fs::relative(file, folder, error).generic_string();
    if (!flow::is_part_of_version(name) && !is_misnamed_flow(name)) return {};
    if (fs::is_symlink(file, error)) return {};
    if (files.size() == kFilesMax) {
      return fail(Code::resource_exhausted, "more than 10,000 files", folder.string());
    }
    auto content = posix::read_file(file);
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

base::Result<fs::path> install_files(const fs::path& versions, const std::string& hash,
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
    if (auto written = posix::write_new_file(file, content); !written) {
      return std::unexpected(written.error());
    }
    if (auto synced = posix::sync_folder(file.parent_path()); !synced) {
      return std::unexpected(synced.error());
    }
  }
  if (auto synced = posix::sync_folder(fresh); !synced) return std::unexpected(synced.error());
  if (auto renamed = posix::rename_file(fresh, folder); !renamed)
    return std::unexpected(renamed.error());
  if (auto synced = posix::sync_folder(versions); !synced) return std::unexpected(synced.error());
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

}  // namespace millrace::solutions
