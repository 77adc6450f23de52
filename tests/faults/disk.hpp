// A disk that fails when it is told to, and that knows what a power cut would leave of it. SQLite
// reaches it through a VFS of its own (faulty_vfs.cpp), the program's plain files through the
// linker's --wrap (faulty_calls.cpp). Calls on files outside the followed folder pass untouched.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::faults {

enum class Op { open, read, write, sync, truncate, size, remove, rename, lock, map };
std::string_view to_string(Op op);

struct Seen {
  int64_t number = 0;  // of the call, from 1 since following began
  Op op = Op::open;
  std::string path;
  size_t bytes = 0;
};

struct Verdict {
  int error = 0;          // EIO, ENOSPC, ...; 0: the call goes through
  size_t bytes_done = 0;  // of a write or a read that fails: so many are done all the same
};

class Disk {
 public:
  using Judge = std::function<Verdict(const Seen&)>;
  static Disk& get();

  // Begins to count, judge and remember the calls on files in that folder; those that are there
  // count as durable.
  void follow(const std::filesystem::path& folder);
  void leave();
  // Decides about every call; nullptr: all go through. Called under the disk's lock.
  void judge(Judge judge);
  // From the call with that number on nothing comes to the disk any more, and every call fails.
  void cut_power_at(int64_t number);
  int64_t calls();
  bool is_following() const { return is_following_; }

  // What would be found after the power was cut now: what was synced, and of what was written
  // since, any part in any order. Or after a kill: what the kernel has.
  void copy_after_power_cut(const std::filesystem::path& to, uint64_t seed);
  void copy_after_kill(const std::filesystem::path& to);

  // For the two ways in. `error` 0 and `bytes` as asked: go on and do it.
  Verdict ask(Op op, const std::string& path, size_t bytes);
  void wrote(const std::string& path, size_t offset, std::string_view bytes);
  void truncated(const std::string& path, size_t size);
  void synced(const std::string& path, bool well);
  // Syncs of that file that have failed. Whoever has it open is told of each once, as by Linux.
  int64_t failed_syncs(const std::string& path);
  void removed(const std::string& path);
  void renamed(const std::string& from, const std::string& to);

 private:
  struct Change {
    size_t offset = 0;
    std::string bytes;
    bool is_cut = false;  // the file ends at `offset`
  };
  struct File {
    std::string durable;
    std::vector<Change> pending;
    int64_t failed_syncs = 0;
  };
  static void apply(const Change& change, std::string& content);
  bool is_followed(const std::string& path) const;
  bool is_cut() const { return cut_at_ != 0 && calls_ >= cut_at_; }

  std::mutex mutex_;
  std::atomic<bool> is_following_ = false;
  std::string folder_;
  Judge judge_;
  int64_t calls_ = 0;
  int64_t cut_at_ = 0;  // 0: never
  std::map<std::string, File> files_;
  std::mt19937_64 dice_;
};

// Follows a folder for as long as it lives.
class Following {
 public:
  explicit Following(const std::filesystem::path& folder) { Disk::get().follow(folder); }
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;
  ~Following() { Disk::get().leave(); }
};

// From the call with this number on, `count` calls that `concerns` says yes to fail with `error`.
Disk::Judge fail_from(int64_t number, int64_t count, int error,
                      std::function<bool(const Seen&)> concerns = nullptr);

}  // namespace millrace::faults
