// Group commit: a thread that takes everything queued since its last look, writes it in one
// transaction, syncs once, and tells everyone. A second thread checkpoints, so that copying the
// write-ahead log into the database does not hold up the next commit.
//
// A failed commit is a failed commit: it is rolled back, and whoever remembers in memory what was
// written reads it again before anything else is answered. When the disk itself failed the writer
// stops: it refuses what comes until a transaction of its own has been written and synced.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/meter.hpp"
#include "base/world.hpp"
#include "storage/sqlite/group_queue.hpp"
#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {

class GroupWriter {
 public:
  // What a piece of work may touch. `nothing` is answered while the disk fails, too.
  enum class Writes { something, nothing };
  struct Work {
    // Runs inside the transaction; may run a second time, alone, when the group failed.
    std::move_only_function<base::Result<void>()> apply;
    // Told once, after the sync.
    std::move_only_function<void(base::Result<void>)> done;
    Writes writes = Writes::something;
  };
  struct Reporting {
    base::Log& log;
    base::Meter& meter;
    // Pages in the write-ahead log before it is copied into the database, 4 KiB each.
    int checkpoint_pages = kCheckpointPages;
  };

  // `connection` is this writer's alone; statements used by `apply` belong to it.
  GroupWriter(Connection connection, const std::filesystem::path& file, Reporting reporting);
  // Writes what is queued, tells, and ends.
  ~GroupWriter();

  Connection& connection() { return connection_; }
  // Called on the writing thread when a transaction was rolled back, for whoever remembers in
  // memory what it wrote. While it gives errors, nothing at all is answered.
  void when_undone(std::move_only_function<base::Result<void>()> callback) {
    undone_ = std::move(callback);
  }
  // Called on the writing thread after a transaction has become durable.
  void when_durable(std::move_only_function<void()> callback) { durable_ = std::move(callback); }
  // Makes the table that probes write, and the threads. Errors: the database cannot be written.
  base::Result<void> start();
  void submit(Work work) { queue_.submit(std::move(work)); }
  // Writes and syncs a transaction that changes nothing, and tells how that went.
  void probe(std::move_only_function<void(base::Result<void>)> done);

 private:
  void run();
  void write(std::vector<Work>& group);
  base::Result<void> transact(std::vector<Work>& group, size_t begin, size_t end);
  base::Result<void> write_probe();
  void undo(const base::Error& why, bool is_disk_failing);
  bool can_write_again();
  void refuse(Work& work);
  base::Result<void> stopped_error() const;
  void help_checkpointing(bool is_quiet);
  void checkpoint_loop();
  void checkpoint(Connection& connection, bool truncate);
  static int on_commit(void* self, sqlite3*, const char*, int pages);

  Connection connection_;
  const std::filesystem::path file_;
  const std::string name_;  // of the file, for people
  Reporting reporting_;
  GroupQueue<Work> queue_;
  std::move_only_function<base::Result<void>()> undone_;
  std::move_only_function<void()> durable_;
  Statement probe_;
  // The writing thread's.
  bool is_stopped_ = false;
  bool is_memory_true_ = true;  // `undone_` has read it since the last failure
  std::string why_;             // it is stopped
  uint64_t refused_ = 0;        // since it stopped
  std::mutex mutex_;            // over the two that follow
  bool stopping_ = false;
  bool checkpoint_due_ = false;
  std::condition_variable checkpoint_wanted_;
  std::mutex checkpoint_mutex_;  // one at a time; over the next
  bool is_checkpoint_failing_ = false;
  int log_pages_ = 0;  // the writing thread's: pages in the write-ahead log after the last commit
  std::thread writing_;
  std::thread checkpointing_;
};

}  // namespace millrace::storage
