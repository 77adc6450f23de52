#include <algorithm>
#include <unordered_set>

#include "base/id.hpp"
#include "storage/group_writer.hpp"
#include "storage/read_thread.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

using runtime::JournalRecord;

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS turns(
  position INTEGER PRIMARY KEY,
  consumer BLOB NOT NULL,
  number INTEGER NOT NULL,
  body BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS turns_by_consumer ON turns(consumer, number);
CREATE TABLE IF NOT EXISTS open_consumers(consumer BLOB PRIMARY KEY) WITHOUT ROWID;
PRAGMA user_version=1;
)";

class SqliteJournal final : public runtime::Journal {
 public:
  static base::Result<std::unique_ptr<runtime::Journal>> open(const std::filesystem::path& file,
                                                              runtime::Log& log) {
    auto connection = Connection::open(file, Connection::Use::writing);
    if (!connection) return std::unexpected(connection.error());
    if (auto made = connection->execute(kSchema); !made) return std::unexpected(made.error());
    auto reading = Connection::open(file, Connection::Use::reading);
    if (!reading) return std::unexpected(reading.error());
    auto journal =
        std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(*connection), file, log));
    if (auto ready = journal->prepare(std::move(*reading)); !ready) {
      return std::unexpected(ready.error());
    }
    return journal;
  }

  void append(JournalRecord record, Appended appended) override {
    writer_.submit({[this, record = std::move(record)] { return write(record); },
                    std::move(appended)});
  }

  void read(base::Id consumer, size_t limit, Read done) override {
    reader_->post([this, consumer, limit, done = std::move(done)]() mutable {
      done(read_now(consumer, limit));
    });
  }

  base::Result<std::vector<base::Id>> open_consumers() override {
    return open_at_start_;
  }

 private:
  SqliteJournal(Connection connection, const std::filesystem::path& file, runtime::Log& log)
      : writer_(std::move(connection), file, log) {}

  base::Result<void> prepare(Connection reading) {
    Connection& writing = writer_.connection();
    auto insert = writing.prepare("INSERT INTO turns(consumer, number, body) VALUES(?1, ?2, ?3)");
    auto mark = writing.prepare("INSERT OR IGNORE INTO open_consumers VALUES(?1)");
    auto unmark = writing.prepare("DELETE FROM open_consumers WHERE consumer = ?1");
    auto list = writing.prepare("SELECT consumer FROM open_consumers");
    if (!insert) return std::unexpected(insert.error());
    if (!mark) return std::unexpected(mark.error());
    if (!unmark) return std::unexpected(unmark.error());
    if (!list) return std::unexpected(list.error());
    insert_ = std::move(*insert);
    mark_open_ = std::move(*mark);
    unmark_open_ = std::move(*unmark);
    list_open_ = std::move(*list);
    if (auto read = read_open(); !read) return read;
    open_at_start_.assign(open_.begin(), open_.end());
    writer_.when_undone([this] { return read_open(); });
    reading_ = std::move(reading);
    auto select = reading_.prepare(
        "SELECT number, body FROM turns WHERE consumer = ?1 ORDER BY number DESC LIMIT ?2");
    if (!select) return std::unexpected(select.error());
    select_ = std::move(*select);
    reader_ = std::make_unique<ReadThread>();
    writer_.start();
    return {};
  }

  base::Result<void> read_open() {
    open_.clear();
    for (;;) {
      const auto row = list_open_.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return {};
      if (const auto id = base::Id::from_bytes(list_open_.bytes(0))) open_.insert(*id);
    }
  }

  base::Result<void> write(const JournalRecord& record) {
    auto written = insert_.bind_blob(1, record.consumer.as_bytes())
                       .bind_integer(2, record.number)
                       .bind_blob(3, record.body)
                       .run();
    if (!written) return written;
    // Most turns neither open nor close anything; those write one row only.
    if (record.open == open_.contains(record.consumer)) return {};
    if (record.open) {
      open_.insert(record.consumer);
      return mark_open_.bind_blob(1, record.consumer.as_bytes()).run();
    }
    open_.erase(record.consumer);
    return unmark_open_.bind_blob(1, record.consumer.as_bytes()).run();
  }

  base::Result<std::vector<JournalRecord>> read_now(base::Id consumer, size_t limit) {
    std::vector<JournalRecord> records;
    select_.bind_blob(1, consumer.as_bytes()).bind_integer(2, static_cast<int64_t>(limit));
    for (;;) {
      const auto row = select_.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      records.push_back({consumer, select_.integer(0), std::string(select_.bytes(1)), false});
    }
    std::ranges::reverse(records);
    return records;
  }

  // Statements are declared before the writer, whose last transactions still use them.
  Connection reading_;
  Statement select_;
  Statement insert_;
  Statement mark_open_;
  Statement unmark_open_;
  Statement list_open_;
  std::unordered_set<base::Id, base::IdHash> open_;  // the table's rows; the writing thread's
  std::vector<base::Id> open_at_start_;
  GroupWriter writer_;
  std::unique_ptr<ReadThread> reader_;
};

}  // namespace

base::Result<std::unique_ptr<runtime::Journal>> open_journal(const std::filesystem::path& file,
                                                             runtime::Log& log) {
  return SqliteJournal::open(file, log);
}

}  // namespace millrace::storage
