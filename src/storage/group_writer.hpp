// Group commit: a thread that takes everything queued since its last look, writes it in one
// transaction, syncs once, and tells everyone. A second thread checkpoints, so that copying the
// write-ahead log into the database does not hold up the next commit.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/ports.hpp"
#include "storage/group_queue.hpp"
#include "storage/sqlite.hpp"

namespace millrace::storage {

class GroupWriter {
 public:
  struct Work {
    // Runs inside the transaction; may run a second time, alone, when the group failed.
    std::move_only_function<base::Result<void>()> apply;
    // Told once, after the sync.
    std::move_only_function<void(base::Result<void>)> done;
  };

  // `connection` is this writer's alone; statements used by `apply` belong to it.
  GroupWriter(Connection connection, const std::filesystem::path& file, runtime::Log& log);
  // Writes what is queued, tells, and ends.
  ~GroupWriter();

  Connection& connection() { return connection_; }
  // Called on the writing thread when a transaction was rolled back, for whoever remembers in
  // memory what it wrote.
  void when_undone(std::move_only_function<base::Result<void>()> callback) {
    undone_ = std::move(callback);
  }
  void start();
  void submit(Work work) { queue_.submit(std::move(work)); }

 private:
  void run();
  void write(std::vector<Work>& group);
  base::Result<void> transact(std::vector<Work>& group, size_t begin, size_t end);
  void checkpoint_loop();
  static int on_commit(void* self, sqlite3*, const char*, int pages);

  Connection connection_;
  const std::filesystem::path file_;
  runtime::Log& log_;
  GroupQueue<Work> queue_;
  std::move_only_function<base::Result<void>()> undone_;
  std::mutex mutex_;  // over the two that follow
  bool stopping_ = false;
  bool checkpoint_due_ = false;
  std::condition_variable checkpoint_wanted_;
  int log_pages_ = 0;  // in the write-ahead log after the last commit; the writing thread's
  std::thread writing_;
  std::thread checkpointing_;
};

}  // namespace millrace::storage
