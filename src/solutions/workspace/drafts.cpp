#include "solutions/workspace/drafts.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "solutions/library.hpp"
#include "solutions/workspace/workspace.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using base::fail;

// What the inspection's outcome is of: all but what only the flow's compiler reads.
bool is_inspected(std::string_view path) {
  const std::string_view kind = kind_of_file(path);
  return kind == "script" || kind == "settings" || path.starts_with("wheels/");
}

}  // namespace

base::Result<flow::Files> with_overlay(flow::Files files, const Overlay& overlay) {
  if (overlay.size() > kSavedFilesMax) {
    return fail(Code::invalid_argument, "more than 1,000 files", "/overlay");
  }
  for (const auto& [path, text] : overlay) {
    if (!is_plain_path(path)) {
      return fail(Code::invalid_argument, "is no path of a file in a solution", "/overlay/" + path);
    }
    if (!text) {
      files.erase(path);
    } else if (text->size() > kSavedBytesMax) {
      return fail(Code::invalid_argument, "a file has at most 4 MiB", "/overlay/" + path);
    } else {
      files[path] = *text;
    }
  }
  return files;
}

base::Result<Inspected> Drafts::inspected(const flow::Files& files) {
  flow::Files looked_at;
  std::string all;
  for (const auto& [path, text] : files) {
    if (!is_inspected(path)) continue;
    looked_at.emplace(path, text);
    all += path + ":" + base::sha256(text);
  }
  const std::string key = base::sha256(all);
  // One at a time: an inspection takes the machine as it is.
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(kept_, key, &std::pair<std::string, Inspected>::first);
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
    return found->second;
  }
  std::optional<Inspected> fresh;
  auto done = in_folder_(looked_at, [&](const std::filesystem::path& folder) -> base::Result<void> {
    auto one = inspector_.inspect(folder, flow::declared_settings(files, kinds_));
    if (!one) return std::unexpected(one.error());
    fresh = std::move(*one);
    return {};
  });
  if (!done) return std::unexpected(done.error());
  kept_.emplace_front(key, *fresh);
  if (kept_.size() > kKeptMax) kept_.pop_back();
  return std::move(*fresh);
}

base::Result<Loaded> Drafts::load(flow::Files files) {
  std::erase_if(files, [](const auto& each) { return !flow::is_part_of_version(each.first); });
  if (!files.contains("app.py")) {
    return fail(Code::invalid_argument, "a solution needs an app.py");
  }
  auto found = inspected(files);
  if (!found) return std::unexpected(found.error());
  const auto& names = found->facts.csv_bots;
  const auto last = writing(names.empty() ? "" : names.front());
  const std::lock_guard lock(last->mutex);
  return compiled(std::move(files), std::move(*found), kinds_, &last->compiler);
}

std::shared_ptr<Drafts::Writing> Drafts::writing(const std::string& solution) {
  const std::lock_guard lock(writing_mutex_);
  const auto found = std::ranges::find(writing_, solution,
                                       &std::pair<std::string, std::shared_ptr<Writing>>::first);
  if (found != writing_.end()) {
    writing_.splice(writing_.begin(), writing_, found);
  } else {
    writing_.emplace_front(solution, std::make_shared<Writing>());
    if (writing_.size() > kCompilersMax) writing_.pop_back();
  }
  return writing_.front().second;
}

}  // namespace millrace::solutions
