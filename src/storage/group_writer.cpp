#include "storage/group_writer.hpp"

namespace millrace::storage {
namespace {

constexpr int kPagesBeforeCheckpoint = 2'000;  // 8 MB: the checkpointing thread is woken
constexpr int kPagesBeforeTruncate = 25'000;   // 100 MB: it cannot keep up; the writer helps

}  // namespace

GroupWriter::GroupWriter(Connection connection, const std::filesystem::path& file,
                         runtime::Log& log)
    : connection_(std::move(connection)), file_(file), log_(log) {
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
  connection_.checkpoint(true);
}

void GroupWriter::start() {
  writing_ = std::thread([this] { run(); });
  checkpointing_ = std::thread([this] { checkpoint_loop(); });
}

int GroupWriter::on_commit(void* self, sqlite3*, const char*, int pages) {
  static_cast<GroupWriter*>(self)->log_pages_ = pages;
  return SQLITE_OK;
}

void GroupWriter::run() {
  std::vector<Work> group;
  while (queue_.take(group)) {
    write(group);
    group.clear();
    if (log_pages_ >= kPagesBeforeTruncate) {
      connection_.checkpoint(true);
      log_pages_ = 0;
    } else if (log_pages_ >= kPagesBeforeCheckpoint) {
      const std::lock_guard lock(mutex_);
      checkpoint_due_ = true;
      checkpoint_wanted_.notify_one();
    }
  }
}

void GroupWriter::write(std::vector<Work>& group) {
  const auto together = transact(group, 0, group.size());
  if (together || group.size() == 1) {
    for (Work& work : group) work.done(together);
    return;
  }
  // One of them spoiled it; each alone shows which.
  for (size_t i = 0; i < group.size(); ++i) group[i].done(transact(group, i, i + 1));
}

base::Result<void> GroupWriter::transact(std::vector<Work>& group, size_t begin, size_t end) {
  auto result = connection_.execute("BEGIN IMMEDIATE");
  if (!result) return result;
  for (size_t i = begin; i < end && result; ++i) result = group[i].apply();
  if (result) result = connection_.execute("COMMIT");
  if (result) return result;
  log_.line(runtime::Level::error, "storage",
            file_.filename().string() + ": " + result.error().describe());
  auto undone = connection_.execute("ROLLBACK");
  if (undone && undone_) undone = undone_();
  if (!undone) log_.line(runtime::Level::error, "storage", undone.error().describe());
  return result;
}

void GroupWriter::checkpoint_loop() {
  auto own = Connection::open(file_, Connection::Use::writing);
  if (!own) {
    log_.line(runtime::Level::warning, "storage",
              "no checkpoints in the background: " + own.error().describe());
    return;
  }
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      checkpoint_wanted_.wait(lock, [this] { return stopping_ || checkpoint_due_; });
      if (stopping_) return;
    }
    own->checkpoint(false);
    const std::lock_guard lock(mutex_);
    checkpoint_due_ = false;
  }
}

}  // namespace millrace::storage
