// The journal's two tables. `turns` only ever grows at its end, each record pointing at the one
// before it of the same consumer. `heads` says where each consumer's last record is; it is brought
// up to date for many turns at once, and what it lacks after a crash is read from the end of
// `turns`. So a turn costs one appended row, wherever its consumer's key would sort.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/id.hpp"
#include "storage/deliveries.hpp"
#include "storage/group_writer.hpp"
#include "storage/read_thread.hpp"
#include "storage/storage.hpp"
#include "storage/write_ahead_log.hpp"

namespace millrace::storage {
namespace {

using base::Code;
using base::fail;
using runtime::JournalRecord;

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS turns(
  position INTEGER PRIMARY KEY,
  previous INTEGER NOT NULL,
  consumer BLOB NOT NULL,
  number INTEGER NOT NULL,
  body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS heads(
  consumer BLOB PRIMARY KEY, position INTEGER NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS open_consumers(consumer BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known(id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL);
INSERT OR IGNORE INTO known VALUES(1, 0);
PRAGMA user_version=1;
)";

// Heads kept in memory before they are written: each saves a row for every further turn of its
// consumer. The turns they stand for are what a start after a crash has to read.
constexpr size_t kRecentHeadsMax = 2'048;
constexpr size_t kRecentTurnsMax = 8'192;

// A consumer's last record; position 0 when there is none.
struct Head {
  int64_t position = 0;
  int64_t number = 0;
};

// Where a turn stands.
struct Place {
  int64_t position = 0;
  int64_t number = 0;
  base::Id consumer;
};

class SqliteJournal final : public DurableJournal {
 public:
  static base::Result<std::unique_ptr<DurableJournal>> open(const std::filesystem::path& file,
                                                            GroupWriter::Reporting reporting) {
    auto connection = open_own(file);
    if (!connection) return std::unexpected(connection.error());
    if (auto made = connection->execute(kSchema); !made) return std::unexpected(made.error());
    auto reading = Connection::open(file, Connection::Use::reading);
    if (!reading) return std::unexpected(reading.error());
    auto journal =
        std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(*connection), file, reporting));
    if (auto ready = journal->prepare(std::move(*reading), file); !ready) {
      return std::unexpected(ready.error());
    }
    return journal;
  }

  void append(JournalRecord record, Appended appended) override {
    writer_.submit(
        {[this, record = std::move(record)] { return write(record); }, std::move(appended)});
  }

  // The writing thread knows where the consumer's records end; most who are asked for have none,
  // and are answered by that. Records are read on the reading thread, so that a long history does
  // not hold up commits.
  void read(base::Id consumer, size_t limit, Read done) override {
    auto head = std::make_shared<Head>();
    writer_.submit({[this, consumer, head]() -> base::Result<void> {
                      auto found = head_of(consumer);
                      if (!found) return std::unexpected(found.error());
                      *head = *found;
                      return {};
                    },
                    [this, consumer, limit, head,
                     done = std::move(done)](base::Result<void> looked_up) mutable {
                      if (!looked_up) {
                        done(std::unexpected(looked_up.error()));
                      } else if (head->position == 0) {
                        done(std::vector<JournalRecord>());
                      } else {
                        reader_->post(
                            [this, consumer, limit, head, done = std::move(done)]() mutable {
                              done(read_back(consumer, *head, limit));
                            });
                      }
                    },
                    GroupWriter::Writes::nothing});
  }

  void probe(Appended done) override { writer_.probe(std::move(done)); }

  base::Result<std::vector<base::Id>> open_consumers() override { return open_at_start_; }

  runtime::DeliveryStore& deliveries() override { return deliveries_; }

 private:
  SqliteJournal(Connection connection, const std::filesystem::path& file,
                GroupWriter::Reporting reporting)
      : writer_(std::move(connection), file, reporting) {}

  base::Result<void> prepare(Connection reading, const std::filesystem::path& file) {
    if (auto ready = deliveries_.prepare(writer_, file); !ready) return ready;
    reading_ = std::move(reading);
    Connection& writing = writer_.connection();
    const std::pair<Statement*, const char*> on_writing[] = {
        {&insert_, "INSERT INTO turns(previous, consumer, number, body) VALUES(?1, ?2, ?3, ?4)"},
        {&find_head_, "SELECT position, number FROM heads WHERE consumer = ?1"},
        {&put_head_, "INSERT OR REPLACE INTO heads VALUES(?1, ?2, ?3)"},
        {&put_known_, "UPDATE known SET position = ?1"},
        {&list_unknown_,
         "SELECT position, consumer, number FROM turns "
         "WHERE position > (SELECT position FROM known) ORDER BY position"},
        {&mark_open_, "INSERT OR IGNORE INTO open_consumers VALUES(?1)"},
        {&unmark_open_, "DELETE FROM open_consumers WHERE consumer = ?1"},
        {&find_turn_, "SELECT 1 FROM turns WHERE position = ?1 AND consumer = ?2 AND number = ?3"},
        {&list_open_, "SELECT consumer FROM open_consumers"}};
    for (const auto& [statement, sql] : on_writing) {
      auto prepared = writing.prepare(sql);
      if (!prepared) return std::unexpected(prepared.error());
      *statement = std::move(*prepared);
    }
    auto select = reading_.prepare(
        "SELECT previous, number, body FROM turns WHERE position = ?1 AND consumer = ?2");
    if (!select) return std::unexpected(select.error());
    select_ = std::move(*select);
    if (auto read = read_memory(); !read) return read;
    open_at_start_.assign(open_.begin(), open_.end());
    writer_.when_undone([this] { return read_memory_again(); });
    writer_.when_durable([this] {
      if (written_.position != 0) durable_ = written_;
    });
    reader_ = std::make_unique<ReadThread>();
    return writer_.start();
  }

  // What was acknowledged has to be there before anything is answered again.
  base::Result<void> read_memory_again() {
    written_ = {};
    if (auto read = read_memory(); !read) return read;
    if (durable_.position == 0) return {};
    const auto row = find_turn_.bind_integer(1, durable_.position)
                         .bind_blob(2, durable_.consumer.as_bytes())
                         .bind_integer(3, durable_.number)
                         .step();
    if (!row) return std::unexpected(row.error());
    if (!*row) {
      return fail(Code::data_loss,
                  "a record that was acknowledged is no longer there: position " +
                      std::to_string(durable_.position),
                  "journal");
    }
    find_turn_.reset();
    return {};
  }

  // What is kept in memory, as the tables have it: at the start, and after a transaction that
  // was rolled back.
  base::Result<void> read_memory() {
    open_.clear();
    recent_.clear();
    recent_turns_ = 0;
    deliveries_.forget_memory();
    for (;;) {
      const auto row = list_open_.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      if (const auto id = base::Id::from_bytes(list_open_.bytes(0))) open_.insert(*id);
    }
    for (;;) {
      const auto row = list_unknown_.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return {};
      if (const auto id = base::Id::from_bytes(list_unknown_.bytes(1))) {
        recent_[*id] = {list_unknown_.integer(0), list_unknown_.integer(2)};
        ++recent_turns_;
      }
    }
  }

  base::Result<Head> head_of(base::Id consumer) {
    const auto found = recent_.find(consumer);
    if (found != recent_.end()) return found->second;
    const auto row = find_head_.bind_blob(1, consumer.as_bytes()).step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return Head{};
    const Head head{find_head_.integer(0), find_head_.integer(1)};
    find_head_.reset();
    return head;
  }

  base::Result<void> write(const JournalRecord& record) {
    const auto head = head_of(record.consumer);
    if (!head) return std::unexpected(head.error());
    if (record.number != head->number + 1) {
      return fail(Code::already_exists,
                  "record " + std::to_string(record.number) + " does not follow " +
                      std::to_string(head->number),
                  "journal");
    }
    auto written = insert_.bind_integer(1, head->position)
                       .bind_blob(2, record.consumer.as_bytes())
                       .bind_integer(3, record.number)
                       .bind_blob(4, record.body)
                       .run();
    if (!written) return written;
    const int64_t position = writer_.connection().last_inserted();
    recent_[record.consumer] = {position, record.number};
    written_ = {position, record.number, record.consumer};
    for (const runtime::Delivery& delivery : record.deliveries) {
      if (auto owed = deliveries_.insert(delivery); !owed) return owed;
    }
    if (auto marked = mark_open(record); !marked) return marked;
    const bool due = recent_.size() >= kRecentHeadsMax || ++recent_turns_ >= kRecentTurnsMax;
    return due ? write_heads() : base::Result<void>();
  }

  base::Result<void> mark_open(const JournalRecord& record) {
    // Most turns neither open nor close anything.
    if (record.open == open_.contains(record.consumer)) return {};
    if (record.open) {
      open_.insert(record.consumer);
      return mark_open_.bind_blob(1, record.consumer.as_bytes()).run();
    }
    open_.erase(record.consumer);
    return unmark_open_.bind_blob(1, record.consumer.as_bytes()).run();
  }

  base::Result<void> write_heads() {
    // In the order of the keys, so that rows of one page are written together.
    std::vector<std::pair<base::Id, Head>> heads(recent_.begin(), recent_.end());
    std::ranges::sort(heads, {}, &std::pair<base::Id, Head>::first);
    int64_t last = 0;
    for (const auto& [consumer, head] : heads) {
      last = std::max(last, head.position);
      auto put = put_head_.bind_blob(1, consumer.as_bytes())
                     .bind_integer(2, head.position)
                     .bind_integer(3, head.number)
                     .run();
      if (!put) return put;
    }
    recent_.clear();
    recent_turns_ = 0;
    return put_known_.bind_integer(1, last).run();
  }

  // Follows the consumer's records to the first or to the limit. A chain that leaves the consumer,
  // leaves out a number or ends before the first is damage: nothing of it is answered with.
  base::Result<std::vector<JournalRecord>> read_back(base::Id consumer, Head head, size_t limit) {
    std::vector<JournalRecord> records;
    while (head.position != 0 && records.size() < limit) {
      const auto row =
          select_.bind_integer(1, head.position).bind_blob(2, consumer.as_bytes()).step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return damaged(head, "is missing, or another consumer's");
      const int64_t number = select_.integer(1);
      const int64_t previous = select_.integer(0);
      records.push_back({consumer, number, std::string(select_.bytes(2)), false});
      select_.reset();
      if (number != head.number) return damaged(head, "has the number " + std::to_string(number));
      if (previous >= head.position || (previous == 0) != (number == 1)) {
        return damaged(head, "points at position " + std::to_string(previous));
      }
      head = {previous, number - 1};
    }
    std::ranges::reverse(records);
    return records;
  }

  static std::unexpected<base::Error> damaged(const Head& at, const std::string& what) {
    return fail(Code::data_loss,
                "record " + std::to_string(at.number) + " at position " +
                    std::to_string(at.position) + " " + what +
                    "; `millrace verify` lists what is damaged, and mends it with --repair",
                "journal");
  }

  // Statements are declared before the writer, whose last transactions still use them.
  Connection reading_;
  Statement select_;
  Statement insert_;
  Statement find_head_;
  Statement put_head_;
  Statement put_known_;
  Statement list_unknown_;
  Statement mark_open_;
  Statement unmark_open_;
  Statement list_open_;
  Statement find_turn_;
  // The writing thread's: consumers that are open, and heads that are not in their table yet.
  std::unordered_set<base::Id, base::IdHash> open_;
  std::unordered_map<base::Id, Head, base::IdHash> recent_;
  size_t recent_turns_ = 0;
  Place written_;  // the last turn of the transaction under way
  Place durable_;  // the last turn that was acknowledged
  std::vector<base::Id> open_at_start_;
  Deliveries deliveries_;
  std::unique_ptr<ReadThread> reader_;
  GroupWriter writer_;
};

}  // namespace

base::Result<std::unique_ptr<DurableJournal>> open_journal(const std::filesystem::path& file,
                                                           runtime::Log& log, runtime::Meter& meter,
                                                           int checkpoint_pages) {
  return SqliteJournal::open(file, {log, meter, checkpoint_pages});
}

}  // namespace millrace::storage
