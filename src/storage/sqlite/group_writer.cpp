#include "storage/sqlite/group_writer.hpp"

#include <chrono>

#include "posix/threads.hpp"
#include "storage/sqlite/write_ahead_log.hpp"

namespace millrace::storage {
namespace {

using base::Level;

// So many times too late, the checkpointing thread cannot keep up and the writer helps.
constexpr int kTooLate = 12;
// While little is written, a log of a part of that is copied already: it costs nothing then, and
// the log does not hold much more than the database.
constexpr int kEarly = 16;
constexpr size_t kLittle = 4;  // pieces of work in a group
constexpr std::chrono::hours kEmptyLogEvery{1};

constexpr const char* kProbes =
    "CREATE TABLE IF NOT EXISTS probes(id INTEGER PRIMARY KEY CHECK (id = 1), "
    "count INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO probes VALUES(1, 0);";

}  // namespace

GroupWriter::GroupWriter(Connection connection, const std::filesystem::path& file,
                         Reporting reporting)
    : connection_(std::move(connection)),
      file_(file),
      name_(file.filename().string()),
      reporting_(reporting) {
  sqlite3_wal_hook(connection_.handle(), &GroupWriter::on_commit, this);
}

GroupWriter::~GroupWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queue_.end();
  checkpoint_wanted_.notify_all();
  if (writing_.joinable()) writing_.join();
  if (checkpointing_.joinable()) checkpointing_.join();
  checkpoint(connection_, true);  // what stays in the log is read from there by the next run
}

base::Result<void> GroupWriter::start() {
  if (auto made = connection_.execute(kProbes); !made) return made;
  auto prepared = connection_.prepare("UPDATE probes SET count = count + 1");
  if (!prepared) return std::unexpected(prepared.error());
  probe_ = std::move(*prepared);
  reporting_.meter.set("store_stopped", {{"store", name_}}, 0);
  reporting_.meter.count("store_failures_total", {{"store", name_}}, 0);
  const std::string store = file_.stem().string();
  writing_ = posix::named_thread(store + " write", [this] { run(); });
  checkpointing_ = posix::named_thread(store + " copy", [this] { checkpoint_loop(); });
  return {};
}

void GroupWriter::probe(std::move_only_function<void(base::Result<void>)> done) {
  submit({[this] { return probe_.run(); }, std::move(done)});
}

int GroupWriter::on_commit(void* self, sqlite3*, const char*, int pages) {
  static_cast<GroupWriter*>(self)->log_pages_ = pages;
  return SQLITE_OK;
}

void GroupWriter::run() {
  std::vector<Work> group;
  while (queue_.take(group)) {
    write(group);
    const bool is_quiet = group.size() <= kLittle;
    group.clear();
    if (!is_stopped_) help_checkpointing(is_quiet);
  }
}

void GroupWriter::write(std::vector<Work>& group) {
  if (is_stopped_ && !can_write_again()) {
    for (Work& work : group) refuse(work);
    return;
  }
  const auto together = transact(group, 0, group.size());
  if (is_stopped_) {
    for (Work& work : group) refuse(work);
  } else if (together || group.size() == 1) {
    for (Work& work : group) work.done(together);
  } else {
    // One of them spoiled it; each alone shows which.
    for (size_t i = 0; i < group.size(); ++i) {
      auto alone = is_stopped_ ? base::Result<void>() : transact(group, i, i + 1);
      if (is_stopped_) {
        refuse(group[i]);
      } else {
        group[i].done(std::move(alone));
      }
    }
  }
}

base::Result<void> GroupWriter::transact(std::vector<Work>& group, size_t begin, size_t end) {
  const auto began = std::chrono::steady_clock::now();
  auto result = connection_.execute("BEGIN IMMEDIATE");
  bool is_disk_failing = !result;
  for (size_t i = begin; i < end && result; ++i) result = group[i].apply();
  if (result) {
    result = connection_.execute("COMMIT");
    is_disk_failing = !result;
  }
  if (result) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    reporting_.meter.observe("commit_seconds", {{"store", name_}}, took.count());
    if (durable_) durable_();
    return result;
  }
  // A transaction that SQLite ended by itself was ended by the disk.
  is_disk_failing |= is_failing_disk(connection_.last_code()) || !connection_.is_in_transaction();
  undo(result.error(), is_disk_failing);
  return result;
}

void GroupWriter::undo(const base::Error& why, bool is_disk_failing) {
  auto undone = connection_.roll_back();
  if (undone && undone_) undone = undone_();
  is_memory_true_ = undone.has_value();
  if (undone && !is_disk_failing) {
    reporting_.log.line(Level::error, "storage", name_ + ": " + why.describe());
    return;
  }
  why_ = (undone ? why : undone.error()).describe();
  is_stopped_ = true;
  refused_ = 0;
  reporting_.meter.count("store_failures_total", {{"store", name_}});
  reporting_.meter.set("store_stopped", {{"store", name_}}, 1);
  reporting_.log.line(Level::error, "storage",
                      name_ + " takes nothing until it can be written again: " + why_);
}

// What was committed before stands in synced frames of the write-ahead log, which nothing writes
// again. What failed may stand behind them, perhaps only in the kernel's cache, and is overwritten
// from its first byte by the next transaction; so one that is written and synced proves the whole.
bool GroupWriter::can_write_again() {
  auto proven = connection_.roll_back();
  if (proven) proven = write_probe();
  if (proven) proven = cut_failed_frames(connection_);
  if (proven && undone_) {
    proven = undone_();
    is_memory_true_ = proven.has_value();
  }
  if (!proven) {
    why_ = proven.error().describe();
    (void)connection_.roll_back();
    return false;
  }
  is_stopped_ = false;
  is_memory_true_ = true;
  reporting_.meter.set("store_stopped", {{"store", name_}}, 0);
  reporting_.log.line(
      Level::warning, "storage",
      name_ + " can be written again; refused meanwhile: " + std::to_string(refused_));
  return true;
}

base::Result<void> GroupWriter::write_probe() {
  auto written = connection_.execute("BEGIN IMMEDIATE");
  if (written) written = probe_.run();
  if (written) written = connection_.execute("COMMIT");
  return written;
}

void GroupWriter::refuse(Work& work) {
  if (work.writes == Writes::nothing && is_memory_true_) {
    work.done(work.apply());
    return;
  }
  ++refused_;
  work.done(stopped_error());
}

base::Result<void> GroupWriter::stopped_error() const {
  return base::fail(base::Code::unavailable, "nothing can be stored at the moment: " + why_, name_);
}

void GroupWriter::help_checkpointing(bool is_quiet) {
  if (log_pages_ >= reporting_.checkpoint_pages * kTooLate) {
    checkpoint(connection_, true);
    log_pages_ = 0;
  } else if (log_pages_ >= reporting_.checkpoint_pages / (is_quiet ? kEarly : 1)) {
    const std::lock_guard lock(mutex_);
    checkpoint_due_ = true;
    checkpoint_wanted_.notify_one();
  }
}

void GroupWriter::checkpoint_loop() {
  auto own = Connection::open(file_, Connection::Use::writing);
  if (!own) {
    reporting_.log.line(Level::warning, "storage",
                        "no checkpoints in the background: " + own.error().describe());
    return;
  }
  for (;;) {
    bool is_due = false;
    {
      std::unique_lock lock(mutex_);
      is_due = checkpoint_wanted_.wait_for(lock, kEmptyLogEvery,
                                           [this] { return stopping_ || checkpoint_due_; });
      if (stopping_) return;
    }
    // What was deleted is gone from the database by then, but not from the log.
    checkpoint(*own, !is_due);
    const std::lock_guard lock(mutex_);
    checkpoint_due_ = false;
  }
}

// Nothing is lost while the log keeps what could not be copied, but it grows. SQLite does not
// remember that pages which it copied before may be lost with a sync that failed; so the whole log
// is copied again.
void GroupWriter::checkpoint(Connection& connection, bool truncate) {
  const std::lock_guard lock(checkpoint_mutex_);
  base::Result<void> done;
  if (is_checkpoint_failing_) done = forget_what_was_copied(connection);
  if (done) done = connection.checkpoint(truncate);
  if (is_checkpoint_failing_ == !done) return;
  is_checkpoint_failing_ = !done;
  reporting_.log.line(
      done ? Level::info : Level::error, "storage",
      name_ + (done ? ": its log is copied again"
                    : ": its log cannot be copied into it, and grows: " + done.error().describe()));
}

}  // namespace millrace::storage
