// The record log: files of some megabytes, written one after the other, each group of records with
// one write and one sync. A file whose records are all dropped is renamed and written again: its
// blocks are there already, so that a sync has no more to do than to write them.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

#include "posix/files.hpp"
#include "posix/threads.hpp"
#include "storage/at_rest/open_keys.hpp"
#include "storage/record_log/record_frames.hpp"
#include "storage/sqlite/group_queue.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using base::Code;

constexpr std::string_view kSpareEnding = ".spare";
constexpr size_t kSparesMax = 4;

class SegmentedLog final : public base::RecordLog {
 public:
  static base::Result<std::unique_ptr<base::RecordLog>> open(const fs::path& folder, base::Log& log,
                                                             size_t segment_bytes) {
    auto folder_made = posix::make_private_folder(folder, posix::Existing::becomes_private);
    if (!folder_made) return std::unexpected(folder_made.error());
    auto key = key_of(folder);
    if (!key) return std::unexpected(key.error());
    auto made = std::unique_ptr<SegmentedLog>(
        new SegmentedLog(folder, log, segment_bytes, RecordSeal(*key)));
    if (auto found = made->find_segments(); !found) return std::unexpected(found.error());
    made->writing_ = posix::named_thread("records write", [self = made.get()] { self->run(); });
    return made;
  }

  ~SegmentedLog() override {
    queue_.end();
    if (writing_.joinable()) writing_.join();
    for (const fs::path& spare : spares_) (void)remove(spare);
  }

  base::Result<uint64_t> each(const Each& each) override {
    const std::lock_guard lock(mutex_);
    for (const Segment& segment : segments_) {
      if (auto read = read_segment(segment, each); !read) return std::unexpected(read.error());
    }
    return last_;
  }

  void append(uint64_t number, std::string record, Done done) override {
    queue_.submit({number, std::move(record), std::move(done)});
  }

  void drop(uint64_t through) override { dropped_ = through; }

  void clear(Done done) override { queue_.submit({0, {}, std::move(done)}); }

 private:
  struct Work {
    uint64_t number = 0;  // 0: no record, but the bytes of those that were dropped shall go
    std::string record;
    Done done;
    bool follows = false;  // the last durable one, or another of its group
  };
  struct Segment {
    uint64_t id = 0;
    uint64_t last = 0;  // the number of its last record; 0: it has none
  };

  SegmentedLog(fs::path folder, base::Log& log, size_t segment_bytes, RecordSeal seal)
      : folder_(std::move(folder)),
        log_(log),
        segment_bytes_(segment_bytes),
        seal_(std::move(seal)) {}

  fs::path path_of(const Segment& segment) const { return folder_ / segment_name(segment.id); }

  // What a former run left. Every run begins a file of its own, so a record that a crash cut short
  // is the end of its file, and the next one goes on with its number.
  base::Result<void> find_segments() {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
      const std::string name = entry.path().filename().string();
      if (const auto id = segment_of(name)) segments_.push_back({*id, 0});
      if (name.ends_with(kSpareEnding)) (void)remove(entry.path());
    }
    if (error) return base::fail(Code::unavailable, error.message(), folder_.string());
    std::ranges::sort(segments_, {}, &Segment::id);
    for (Segment& segment : segments_) {
      auto read = read_segment(segment, [&](uint64_t number, std::string_view) {
        if (last_ != 0 && number != last_ + 1) {
          return base::Result<void>(base::fail(
              Code::data_loss,
              "record " + std::to_string(number) + " follows record " + std::to_string(last_) +
                  ": what was between them is missing; put the file that had it back, or move the "
                  "folder away to go on without any of them",
              folder_.string()));
        }
        last_ = segment.last = number;
        return base::Result<void>();
      });
      if (!read) return read;
      segments_made_ = segment.id;
    }
    return segments_.empty() ? base::Result<void>() : sync(path_of(segments_.back()));
  }

  // A run that was killed may have written records that it did not come to sync; they count from
  // now on, so they must not go with the next power failure.
  static base::Result<void> sync(const fs::path& file) {
    const posix::Fd handle(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!handle.is_open() || ::fdatasync(handle.get()) != 0) return posix::file_failure(file);
    return {};
  }

  base::Result<void> read_segment(const Segment& segment, const Each& each) const {
    return each_record(path_of(segment), segment.id, seal_, each);
  }

  void run() {
    std::vector<Work> group;
    while (queue_.take(group)) {
      const auto first = std::ranges::stable_partition(group, &is_record).begin();
      std::vector<Work> clearing(std::move_iterator(first), std::move_iterator(group.end()));
      group.erase(first, group.end());
      if (!group.empty()) write(group);
      group.clear();
      (void)forget_dropped(1);  // else with the next group
      if (!clearing.empty()) clear_dropped(clearing);
    }
    (void)forget_dropped(0);  // else whoever opens it next
  }

  void write(std::vector<Work>& group) {
    auto written = make_room();
    if (written) written = write_frames(group);
    if (!written) log_.line(base::Level::error, "storage", written.error().describe());
    for (Work& work : group) {
      if (written && !work.follows) {
        work.done(
            base::fail(Code::failed_precondition, "a record before it was lost", folder_.string()));
      } else {
        work.done(written);
      }
    }
  }

  base::Result<void> write_frames(std::vector<Work>& group) {
    frames_.clear();
    uint64_t last = last_;
    for (Work& work : group) {
      work.follows = work.number == last + 1;
      if (!work.follows) continue;
      const uint64_t segment = segments_.back().id;
      if (seal_.is_used()) work.record = seal_.seal(segment, work.number, work.record);
      append_frame(frames_, segment, work.number, work.record);
      last = work.number;
    }
    if (frames_.empty()) return {};
    const bool good =
        posix::write_all_at(file_.get(), frames_, end_) && ::fdatasync(file_.get()) == 0;
    if (!good) {
      const base::Result<void> failed = posix::file_failure(path_of(segments_.back()));
      take_back();
      return failed;
    }
    const std::lock_guard lock(mutex_);
    end_ += frames_.size();
    last_ = segments_.back().last = last;
    return {};
  }

  static bool is_record(const Work& work) { return work.number != 0; }

  // The next record begins another file, so that the one that is written can go as well.
  void clear_dropped(std::vector<Work>& clearing) {
    {
      const std::lock_guard lock(mutex_);
      file_ = posix::Fd();
    }
    auto cleared = forget_dropped(0);
    while (cleared && !spares_.empty()) {
      cleared = remove(spares_.back());
      if (cleared) spares_.pop_back();
    }
    if (cleared) cleared = posix::sync_folder(folder_);
    for (Work& work : clearing) work.done(cleared);
  }

  base::Result<void> make_room() {
    if (is_broken_) return base::fail(Code::unavailable, "cannot be written", folder_.string());
    if (file_.is_open() && end_ < segment_bytes_) return {};
    const Segment fresh{segments_made_ + 1, 0};
    const fs::path path = path_of(fresh);
    if (!spares_.empty()) {
      (void)posix::rename_file(spares_.back(), path);  // else it is made
      spares_.pop_back();
    }
    posix::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (!file.is_open()) return posix::file_failure(path);
    ++segments_made_;
    // Where the file system cannot, the file grows as it is written.
    const int full = ::posix_fallocate(file.get(), 0, static_cast<off_t>(segment_bytes_));
    if (full == ENOSPC) {
      (void)remove(path);
      return base::fail(Code::resource_exhausted, "the disk is full", path.string());
    }
    if (auto synced = posix::sync_folder(folder_); !synced) return synced;
    const std::lock_guard lock(mutex_);
    file_ = std::move(file);
    segments_.push_back(fresh);
    end_ = 0;
    return {};
  }

  // What failed must not come back: it is cut off, and the next group begins another file.
  void take_back() {
    const bool good =
        ::ftruncate(file_.get(), static_cast<off_t>(end_)) == 0 && ::fsync(file_.get()) == 0;
    is_broken_ = !good;
    const std::lock_guard lock(mutex_);
    file_ = posix::Fd();
  }

  // The oldest first, each durably before the next: a record never comes back alone.
  base::Result<void> forget_dropped(size_t kept_at_least) {
    const uint64_t through = dropped_;
    for (;;) {
      const std::lock_guard lock(mutex_);
      if (segments_.size() <= kept_at_least || segments_.front().last > through) return {};
      const fs::path path = path_of(segments_.front());
      const fs::path spare = folder_ / segment_name(segments_.front().id, kSpareEnding);
      if (auto renamed = posix::rename_file(path, spare); !renamed) return renamed;
      if (auto synced = posix::sync_folder(folder_); !synced) return synced;
      segments_.pop_front();
      if (spares_.size() < kSparesMax) {
        spares_.push_back(spare);
      } else if (auto removed = remove(spare); !removed) {
        return removed;
      }
    }
  }

  static base::Result<void> remove(const fs::path& file) {
    std::error_code failed;
    fs::remove(file, failed);
    if (failed) return base::fail(Code::unavailable, failed.message(), file.string());
    return {};
  }

  const fs::path folder_;
  base::Log& log_;
  const size_t segment_bytes_;
  RecordSeal seal_;
  GroupQueue<Work> queue_;
  std::atomic<uint64_t> dropped_ = 0;

  std::mutex mutex_;  // over what `each` reads while the thread writes
  std::deque<Segment> segments_;
  uint64_t last_ = 0;  // the number of the last record that was durable

  // The writing thread's.
  posix::Fd file_;  // the last segment, while it is written
  size_t end_ = 0;
  uint64_t segments_made_ = 0;
  bool is_broken_ = false;
  std::vector<fs::path> spares_;
  std::string frames_;
  std::thread writing_;
};

}  // namespace

base::Result<std::unique_ptr<base::RecordLog>> open_record_log(const fs::path& folder,
                                                               base::Log& log,
                                                               size_t segment_bytes) {
  return SegmentedLog::open(folder, log, segment_bytes);
}

}  // namespace millrace::storage
