#include "app/commands/writing/watch.hpp"

namespace millrace::app {

namespace fs = std::filesystem;

namespace {
constexpr size_t kFilesMax = 10'000;
}  // namespace

FolderWatch::FolderWatch(fs::path folder) : folder_(std::move(folder)), told_(look()) {
  latest_ = told_;
}

FolderWatch::Seen FolderWatch::look() const {
  Seen seen;
  std::error_code failed;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(folder_, options, failed), end;
       !failed && at != end && seen.size() < kFilesMax; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    std::error_code gone;
    if (name.starts_with('.') || name == "__pycache__") {
      if (at->is_directory(gone)) at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file(gone)) continue;
    const auto time = at->last_write_time(gone);
    const auto bytes = at->file_size(gone);
    if (gone) continue;
    seen.emplace(fs::relative(at->path(), folder_, gone).generic_string(),
                 std::pair(time.time_since_epoch().count(), bytes));
  }
  return seen;
}

std::vector<std::string> FolderWatch::changed() {
  Seen now = look();
  if (now == told_ || now != latest_) {
    latest_ = std::move(now);
    return {};
  }
  std::vector<std::string> names;
  for (const auto& [name, stamp] : now) {
    const auto before = told_.find(name);
    if (before == told_.end() || before->second != stamp) names.push_back(name);
  }
  for (const auto& [name, stamp] : told_) {
    if (!now.contains(name)) names.push_back(name);
  }
  told_ = std::move(now);
  return names;
}

}  // namespace millrace::app
