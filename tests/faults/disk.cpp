#include "tests/faults/disk.hpp"

#include <cerrno>
#include <fstream>

namespace millrace::faults {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSectorBytes = 512;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Shared memory is gone with the machine, and made anew by whoever opens first.
bool is_kept(const fs::path& file) {
  return !file.string().ends_with("-shm");
}

}  // namespace

// Registers the VFS; in faulty_vfs.cpp.
void register_vfs();

std::string_view to_string(Op op) {
  constexpr std::string_view kNames[] = {"open", "read",   "write",  "sync", "truncate",
                                         "size", "remove", "rename", "lock", "map"};
  return kNames[static_cast<size_t>(op)];
}

Disk& Disk::get() {
  static Disk disk;
  return disk;
}

void Disk::follow(const fs::path& folder) {
  register_vfs();
  leave();  // so that nothing of what follows is a call on the disk
  const std::lock_guard lock(mutex_);
  folder_ = fs::canonical(folder).string() + "/";
  judge_ = nullptr;
  calls_ = 0;
  cut_at_ = 0;
  files_.clear();
  dice_.seed(1);
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    if (entry.is_regular_file()) files_[entry.path().string()].durable = content_of(entry.path());
  }
  is_following_ = true;
}

void Disk::leave() {
  const std::lock_guard lock(mutex_);
  is_following_ = false;
  folder_.clear();
  judge_ = nullptr;
  cut_at_ = 0;
  files_.clear();
}

void Disk::judge(Judge judge) {
  const std::lock_guard lock(mutex_);
  judge_ = std::move(judge);
}

void Disk::cut_power_at(int64_t number) {
  const std::lock_guard lock(mutex_);
  cut_at_ = number;
}

int64_t Disk::calls() {
  const std::lock_guard lock(mutex_);
  return calls_;
}

bool Disk::is_followed(const std::string& path) const {
  return !folder_.empty() && path.starts_with(folder_);
}

Verdict Disk::ask(Op op, const std::string& path, size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (!is_followed(path)) return {};
  ++calls_;
  if (is_cut()) return {EIO, 0};
  return judge_ ? judge_({calls_, op, path, bytes}) : Verdict();
}

void Disk::apply(const Change& change, std::string& content) {
  if (change.is_cut) {
    content.resize(change.offset);
    return;
  }
  if (content.size() < change.offset + change.bytes.size()) {
    content.resize(change.offset + change.bytes.size());
  }
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

void Disk::wrote(const std::string& path, size_t offset, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (is_followed(path) && is_kept(path)) {
    files_[path].pending.push_back({offset, std::string(bytes), false});
  }
}

void Disk::truncated(const std::string& path, size_t size) {
  const std::lock_guard lock(mutex_);
  if (is_followed(path) && is_kept(path)) files_[path].pending.push_back({size, {}, true});
}

// After a sync that failed the kernel counts what it could not write as clean: no later sync
// writes it. Some of it may have come to the disk.
void Disk::synced(const std::string& path, bool well) {
  const std::lock_guard lock(mutex_);
  if (!is_followed(path) || is_cut()) return;
  const auto found = files_.find(path);
  if (found == files_.end()) return;  // a folder, or a file that nothing was written to
  File& file = found->second;
  for (const Change& change : file.pending) {
    if (well || change.is_cut || dice_() % 2 == 0) apply(change, file.durable);
  }
  file.pending.clear();
  if (!well) ++file.failed_syncs;
}

int64_t Disk::failed_syncs(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(path);
  return found == files_.end() ? 0 : found->second.failed_syncs;
}

void Disk::removed(const std::string& path) {
  const std::lock_guard lock(mutex_);
  files_.erase(path);
}

void Disk::renamed(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (!is_followed(from)) return;
  std::map<std::string, File> moved;
  for (auto at = files_.begin(); at != files_.end();) {
    const bool is_inside = at->first == from || at->first.starts_with(from + "/");
    if (is_inside) moved[to + at->first.substr(from.size())] = std::move(at->second);
    at = is_inside ? files_.erase(at) : std::next(at);
  }
  for (auto& [path, file] : moved) files_[path] = std::move(file);
}

void Disk::copy_after_power_cut(const fs::path& to, uint64_t seed) {
  const std::lock_guard lock(mutex_);
  std::mt19937_64 dice(seed);
  fs::create_directories(to);
  for (const auto& [path, file] : files_) {
    std::string content = file.durable;
    for (const Change& change : file.pending) {
      if (change.is_cut) {
        if (dice() % 2 == 0) apply(change, content);
        continue;
      }
      // Sector by sector, each arrives or does not.
      for (size_t at = 0; at < change.bytes.size(); at += kSectorBytes) {
        if (dice() % 2 == 0) continue;
        apply({change.offset + at, change.bytes.substr(at, kSectorBytes), false}, content);
      }
    }
    const fs::path copy = to / fs::path(path).lexically_relative(folder_);
    fs::create_directories(copy.parent_path());
    std::ofstream(copy, std::ios::binary) << content;
  }
}

void Disk::copy_after_kill(const fs::path& to) {
  const std::lock_guard lock(mutex_);
  fs::create_directories(to);
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file() || !is_kept(entry.path())) continue;
    const fs::path copy = to / entry.path().lexically_relative(folder_);
    fs::create_directories(copy.parent_path());
    fs::copy_file(entry.path(), copy, fs::copy_options::overwrite_existing);
  }
}

Disk::Judge fail_from(int64_t number, int64_t count, int error,
                      std::function<bool(const Seen&)> concerns) {
  return [number, left = count, error, concerns = std::move(concerns)](const Seen& seen) mutable {
    if (seen.number < number || left == 0 || (concerns && !concerns(seen))) return Verdict();
    --left;
    return Verdict{error, 0};
  };
}

}  // namespace millrace::faults
