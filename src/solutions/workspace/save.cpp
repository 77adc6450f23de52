// Files saved together. All that is to be is written beside first, in `.millrace/save`, and then a
// plan of the moves; from the plan's being there on, the save is done, and a crash only
// leaves it to be finished. What fails on the way is taken back.
#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "posix/files.hpp"
#include "solutions/workspace/workspace.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

// Where other things lie as well that are no files of the solution: its models, schemas, data.
constexpr const char* kHidden = ".millrace";
constexpr const char* kSave = "save";
constexpr const char* kPlan = "plan.json";

// One step of a plan: the file that lies beside as `fresh` takes the place of `path`, or what is at
// `path` goes.
struct Step {
  std::string path;
  std::string fresh;  // "" = it goes
};

base::Result<void> check(const FileChange& change) {
  const int given =
      (change.text ? 1 : 0) + (change.removes ? 1 : 0) + (change.moves_to.empty() ? 0 : 1);
  if (given != 1) {
    return fail(Code::invalid_argument, "say text, remove or rename_to, one of them", change.path);
  }
  if (change.text && change.text->size() > kSavedBytesMax) {
    return fail(Code::invalid_argument, "a file has at most 4 MiB", change.path);
  }
  if (change.text && !base::is_valid_utf8(*change.text)) {
    return fail(Code::invalid_argument, "is not text", change.path);
  }
  return {};
}

base::Result<void> made_folders(const fs::path& root, const fs::path& file) {
  std::error_code failed;
  fs::create_directories(file.parent_path(), failed);
  if (failed) return fail(Code::unavailable, failed.message(), file.string());
  fs::path at = root;
  for (const fs::path& part : file.parent_path().lexically_relative(root)) {
    if (auto synced = posix::sync_folder(at); !synced) return synced;
    at /= part;
  }
  return {};
}

// Puts the steps' files in their places. What was there is kept beside as old-N meanwhile.
class Mover {
 public:
  Mover(const fs::path& folder, const fs::path& beside) : folder_(folder), beside_(beside) {}

  // Again from the beginning where it was cut short: what is done already is passed over.
  base::Result<void> move(const std::vector<Step>& steps) {
    std::set<fs::path> touched;
    for (size_t i = 0; i < steps.size(); ++i) {
      if (auto done = move_one(steps[i], i); !done) {
        take_back(steps, i + 1);
        return done;
      }
      touched.insert((folder_ / steps[i].path).parent_path());
    }
    for (const fs::path& each : touched) {
      std::error_code failed;
      if (!fs::exists(each, failed)) continue;
      if (auto synced = posix::sync_folder(each); !synced) return synced;
    }
    return {};
  }

 private:
  fs::path old(size_t i) const { return beside_ / ("old-" + std::to_string(i)); }

  base::Result<void> move_one(const Step& step, size_t i) {
    const fs::path place = folder_ / step.path;
    std::error_code failed;
    const bool is_done = !step.fresh.empty() && !fs::exists(beside_ / step.fresh, failed);
    if (is_done) return {};
    if (fs::exists(place, failed) && !fs::exists(old(i), failed)) {
      if (step.fresh.empty()) return posix::rename_file(place, old(i));
      fs::create_hard_link(place, old(i), failed);
      if (failed) return fail(Code::unavailable, failed.message(), step.path);
    }
    if (step.fresh.empty()) {
      fs::remove(place, failed);
      return {};
    }
    if (auto made = made_folders(folder_, place); !made) return made;
    return posix::rename_file(beside_ / step.fresh, place);
  }

  void take_back(const std::vector<Step>& steps, size_t count) {
    std::error_code failed;
    for (size_t i = count; i-- > 0;) {
      const fs::path place = folder_ / steps[i].path;
      if (fs::exists(old(i), failed)) {
        fs::rename(old(i), place, failed);
      } else if (!steps[i].fresh.empty() && !fs::exists(beside_ / steps[i].fresh, failed)) {
        fs::remove(place, failed);
      }
    }
  }

  const fs::path& folder_;
  const fs::path& beside_;
};

base::Result<std::vector<Step>> read_plan(const fs::path& file) {
  const auto text = posix::read_file(file);
  if (!text) return std::unexpected(text.error());
  const auto plan = json::parse_object(*text);
  const auto* listed = plan ? json::get_array(*plan, "steps") : nullptr;
  if (listed == nullptr)
    return fail(Code::data_loss, "the plan of a save is damaged", file.string());
  std::vector<Step> steps;
  for (const json::value& one : *listed) {
    if (!one.is_object())
      return fail(Code::data_loss, "the plan of a save is damaged", file.string());
    steps.push_back({std::string(json::get_string(one.get_object(), "path").value_or("")),
                     std::string(json::get_string(one.get_object(), "fresh").value_or(""))});
    if (!is_plain_path(steps.back().path) || steps.back().fresh.contains('/')) {
      return fail(Code::data_loss, "the plan of a save is damaged", file.string());
    }
  }
  return steps;
}

base::Result<void> write_plan(const fs::path& beside, const std::vector<Step>& steps) {
  json::array listed;
  for (const Step& step : steps) {
    listed.emplace_back(json::object{{"path", step.path}, {"fresh", step.fresh}});
  }
  return posix::replace_file(beside / kPlan,
                             json::serialize(json::object{{"steps", std::move(listed)}}));
}

// The plan first: without it nothing is left to be done. What else is hidden there stays.
void clear(const fs::path& beside) {
  std::error_code failed;
  fs::remove(beside / kPlan, failed);
  fs::remove_all(beside, failed);
  fs::remove(beside.parent_path(), failed);  // where nothing else is in it
}

// Whether there is such a folder. What is none is in the way, or leads elsewhere, and goes.
bool is_own_folder(const fs::path& folder) {
  std::error_code failed;
  const auto status = fs::symlink_status(folder, failed);
  if (fs::exists(status) && !fs::is_directory(status)) fs::remove(folder, failed);
  return fs::is_directory(status);
}

}  // namespace

base::Result<void> Workspace::finish() const {
  const fs::path beside = folder_ / kHidden / kSave;
  if (!is_own_folder(folder_ / kHidden) || !is_own_folder(beside)) return {};
  std::error_code failed;
  if (fs::exists(beside / kPlan, failed)) {
    const auto steps = read_plan(beside / kPlan);
    if (!steps) return std::unexpected(steps.error());
    if (auto done = Mover(folder_, beside).move(*steps); !done) {
      clear(beside);  // it was taken back
      return done;
    }
  }
  clear(beside);
  return {};
}

base::Result<Saved> Workspace::save(const std::vector<FileChange>& changes) const {
  if (changes.empty() || changes.size() > kSavedFilesMax) {
    return fail(Code::invalid_argument, "a save has from 1 to 1,000 files", "/files");
  }
  if (auto done = finish(); !done) return std::unexpected(done.error());
  Saved saved;
  std::set<std::string> named;
  const auto name = [&](const std::string& path) -> base::Result<void> {
    if (const auto place = inside(path); !place) return std::unexpected(place.error());
    if (named.insert(path).second) return {};
    return fail(Code::invalid_argument, "is named twice", path);
  };
  std::vector<Step> steps;
  std::vector<std::string> texts;
  const auto put = [&](const std::string& path, std::string text) {
    saved.files.push_back({path, hash_of_text(text), text.size(), std::string(kind_of_file(path))});
    steps.push_back({path, "new-" + std::to_string(texts.size())});
    texts.push_back(std::move(text));
  };
  for (const FileChange& change : changes) {
    if (auto fine = check(change); !fine) return std::unexpected(fine.error());
    if (auto fine = name(change.path); !fine) return std::unexpected(fine.error());
    auto now = read(change.path);
    if (!now && now.error().code != Code::not_found) return std::unexpected(now.error());
    const std::string hash = now ? hash_of_text(*now) : std::string();
    if (hash != change.base) {
      const bool is_text = now && base::is_valid_utf8(*now);
      saved.conflicts.push_back({change.path, hash, is_text ? *now : std::string()});
      continue;
    }
    if (!now && !change.text) {
      return fail(Code::invalid_argument, "there is no such file", change.path);
    }
    if (!change.moves_to.empty()) {
      if (auto fine = name(change.moves_to); !fine) return std::unexpected(fine.error());
      if (const auto there = read(change.moves_to)) {
        saved.conflicts.push_back({change.moves_to, hash_of_text(*there),
                                   base::is_valid_utf8(*there) ? *there : std::string()});
        continue;
      }
      put(change.moves_to, std::move(*now));
    }
    if (change.text) {
      put(change.path, *change.text);
    } else {
      steps.push_back({change.path, ""});
    }
  }
  if (!saved.conflicts.empty()) {
    saved.files.clear();
    return saved;
  }
  const fs::path beside = folder_ / kHidden / kSave;
  if (auto made = posix::make_private_folder(beside); !made) return std::unexpected(made.error());
  base::Result<void> done;
  for (size_t i = 0; done && i < texts.size(); ++i) {
    done = posix::write_new_file(beside / ("new-" + std::to_string(i)), texts[i], posix::kAnyones);
  }
  if (done) done = posix::sync_folder(beside);
  if (done) done = write_plan(beside, steps);
  if (done) done = Mover(folder_, beside).move(steps);
  clear(beside);
  if (!done) return std::unexpected(done.error());
  return saved;
}

}  // namespace millrace::solutions
