// The journal read beside whoever writes it. What the table of chats has not seen yet is read from
// the turns into a table of this connection's own, whose rows go before the other's: so a folder
// that a former build wrote, and that has no table at all, is read in the same way.
#include <algorithm>

#include "storage/journal/chats_table.hpp"
#include "storage/journal/journal_reads.hpp"
#include "storage/journal/parked.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/people.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using runtime::ChatEntry;
using runtime::ChatFilter;
using runtime::JournalRecord;

constexpr const char* kColumns =
    "chat, consumer, solution, version, phase, turns, first, last, begun_at, last_at, is_latest";
constexpr size_t kPiece = 64;  // records read at once

ChatEntry entry_of(const Statement& row) {
  return {.chat = base::Id::from_bytes(row.bytes(0)).value_or(base::Id{}),
          .consumer = base::Id::from_bytes(row.bytes(1)).value_or(base::Id{}),
          .solution = std::string(row.bytes(2)),
          .version = std::string(row.bytes(3)),
          .phase = std::string(row.bytes(4)),
          .turns = row.integer(5),
          .first = row.integer(6),
          .last = row.integer(7),
          .begun_at = {row.integer(8)},
          .last_at = {row.integer(9)},
          .is_latest = row.integer(10) != 0};
}

base::Result<std::vector<ChatEntry>> entries(Statement& select) {
  std::vector<ChatEntry> out;
  for (;;) {
    const auto row = select.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return out;
    out.push_back(entry_of(select));
  }
}

// The chats that a filter means, as a condition with parameters.
class Condition {
 public:
  explicit Condition(const ChatFilter& filter) : filter_(filter) {
    if (filter.live) text_ += " AND is_latest = 1 AND phase <> 'ended'";
    if (filter.latest) text_ += " AND is_latest = 1";
    // Said so that the index of live chats, which are few, is used.
    if (filter.latest && !filter.phase.empty() && filter.phase != "ended") {
      text_ += " AND phase <> 'ended'";
    }
    if (!filter.phase.empty()) text_ += " AND phase = " + next();
    if (!filter.solution.empty()) {
      text_ += " AND (solution = " + next() + " OR (solution = '' AND version IN (''";
      for (size_t i = 0; i < filter.versions.size(); ++i) text_ += ", " + next();
      text_ += ")))";
    }
    if (filter.since) text_ += " AND last_at >= " + next();
    if (filter.before) text_ += " AND last_at < " + next();
    if (filter.after) {
      const std::string at = next();
      text_ += " AND (last_at, chat) < (" + at + ", " + next() + ")";
    }
  }
  const std::string& text() const { return text_; }
  void bind(Statement& select) const {
    int at = 0;
    if (!filter_.phase.empty()) select.bind_text(++at, filter_.phase);
    if (!filter_.solution.empty()) {
      select.bind_text(++at, filter_.solution);
      for (const std::string& version : filter_.versions) select.bind_text(++at, version);
    }
    if (filter_.since) select.bind_integer(++at, filter_.since->ms);
    if (filter_.before) select.bind_integer(++at, filter_.before->ms);
    if (filter_.after) {
      select.bind_integer(++at, filter_.after->last_at.ms);
      select.bind_blob(++at, filter_.after->chat.as_bytes());
    }
  }

 private:
  std::string next() { return "?" + std::to_string(++count_); }

  const ChatFilter& filter_;
  std::string text_ = "1";
  int count_ = 0;
};

bool is_later(const ChatEntry& a, const ChatEntry& b) {
  return std::pair(a.last_at, a.chat) > std::pair(b.last_at, b.chat);
}

class SqliteArchive final : public runtime::Archive {
 public:
  static base::Result<std::unique_ptr<runtime::Archive>> open(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error)) {
      return fail(Code::not_found, "there is no journal", file.string());
    }
    auto archive = std::unique_ptr<SqliteArchive>(new SqliteArchive);
    auto connection = Connection::open(file, Connection::Use::reading);
    if (!connection) return std::unexpected(connection.error());
    archive->connection_ = std::move(*connection);
    auto reads = JournalReads::open(file);
    if (!reads) return std::unexpected(reads.error());
    archive->reads_ = std::move(*reads);
    if (auto ready = archive->prepare(); !ready) return std::unexpected(ready.error());
    return archive;
  }

  base::Result<std::vector<JournalRecord>> since(int64_t position, size_t limit) override {
    auto select = connection_.prepare(
        "SELECT position, consumer, number, whole, body FROM turns WHERE position > ?1 "
        "ORDER BY position LIMIT ?2");
    if (!select) return std::unexpected(select.error());
    select->bind_integer(1, position).bind_integer(2, static_cast<int64_t>(limit));
    std::vector<JournalRecord> records;
    for (;;) {
      const auto row = select->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return records;
      records.push_back({.consumer = base::Id::from_bytes(select->bytes(1)).value_or(base::Id{}),
                         .number = select->integer(2),
                         .body = std::string(select->bytes(4)),
                         .whole = select->integer(3) != 0,
                         .place = select->integer(0)});
    }
  }

  base::Result<std::optional<ChatEntry>> find(base::Id chat) override {
    if (auto ready = catch_up(); !ready) return std::unexpected(ready.error());
    for (const std::string& table : tables_) {
      auto select = connection_.prepare("SELECT " + std::string(kColumns) + " FROM " + table +
                                        " WHERE chat = ?1");
      if (!select) return std::unexpected(select.error());
      select->bind_blob(1, chat.as_bytes());
      auto found = entries(*select);
      if (!found) return std::unexpected(found.error());
      if (!found->empty()) return std::move(found->front());
    }
    return std::nullopt;
  }

  base::Result<void> chat(base::Id chat, Each each) override {
    const auto entry = find(chat);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) return fail(Code::not_found, "there is no such chat");
    const auto head = reads_.head_at((*entry)->consumer, (*entry)->last);
    if (!head) return std::unexpected(head.error());
    return tell((*entry)->consumer, *head, (*entry)->first, each);
  }

  base::Result<void> consumer(base::Id consumer, Each each) override {
    const auto head = head_of(consumer);
    if (!head) return std::unexpected(head.error());
    return tell(consumer, *head, 0, each);
  }

  base::Result<std::vector<JournalRecord>> tail(base::Id consumer, int64_t position) override {
    return tail_of(consumer,
                   position == 0 ? head_of(consumer) : reads_.head_at(consumer, position));
  }

  base::Result<std::vector<JournalRecord>> tail_before(const ChatEntry& chat) override {
    return tail_of(chat.consumer, reads_.head_before(chat.consumer, chat.first));
  }

  base::Result<std::vector<ChatEntry>> live(const ChatFilter& filter) override {
    if (auto ready = catch_up(); !ready) return std::unexpected(ready.error());
    const Condition condition(filter);
    std::vector<ChatEntry> all;
    for (const std::string& table : tables_) {
      std::string sql =
          "SELECT " + std::string(kColumns) + " FROM " + table + " WHERE " + condition.text();
      if (table != kLate) sql += " AND chat NOT IN (SELECT chat FROM " + std::string(kLate) + ")";
      sql += " ORDER BY last_at DESC, chat DESC LIMIT " + std::to_string(filter.limit);
      auto select = connection_.prepare(sql);
      if (!select) return std::unexpected(select.error());
      condition.bind(*select);
      auto found = entries(*select);
      if (!found) return found;
      std::ranges::move(*found, std::back_inserter(all));
    }
    std::ranges::sort(all, is_later);
    if (all.size() > filter.limit) all.resize(filter.limit);
    return all;
  }

  base::Result<std::vector<runtime::ParkedChat>> parked() override {
    const auto is_there = has_table(connection_, "parked");
    if (!is_there) return std::unexpected(is_there.error());
    if (!*is_there) return std::vector<runtime::ParkedChat>();  // written by a former build
    return ParkedChats::read(connection_);
  }

 private:
  static constexpr const char* kLate = "late";  // this connection's own

  SqliteArchive() = default;

  base::Result<void> prepare() {
    const auto has_chats = has_table(connection_, "chats_seen");
    if (!has_chats) return std::unexpected(has_chats.error());
    if (auto made = make_chats_table(connection_, kLate, true); !made) return made;
    tables_ = {kLate};
    if (*has_chats) {
      tables_.emplace_back("chats");
      const auto seen = chats_seen(connection_);
      if (!seen) return std::unexpected(seen.error());
      seen_ = *seen;
    }
    return writer_.prepare(connection_, kLate);
  }

  // All that was written up to now, in `late` or in the table that is read after it.
  base::Result<void> catch_up() {
    constexpr size_t kStep = 10'000;
    for (;;) {
      ChatNewsById news;
      const auto end = read_news(connection_, seen_, kStep, news);
      if (!end) return std::unexpected(end.error());
      if (*end == seen_) return {};
      auto done = connection_.execute("SAVEPOINT step");
      for (const ChatNews& chat : news.in_order()) {
        if (done && tables_.size() > 1) done = take_over(chat.consumer);
        if (done) done = writer_.put(chat);
      }
      if (done) done = connection_.execute("RELEASE step");
      if (!done) {
        (void)connection_.execute("ROLLBACK TO step; RELEASE step");
        return done;
      }
      seen_ = *end;
    }
  }

  // A consumer's chats are in `late` all or none: a new one changes those before it.
  base::Result<void> take_over(base::Id consumer) {
    auto copy =
        connection_.prepare("INSERT OR IGNORE INTO late SELECT * FROM chats WHERE consumer = ?1");
    if (!copy) return std::unexpected(copy.error());
    return copy->bind_blob(1, consumer.as_bytes()).run();
  }

  base::Result<Head> head_of(base::Id consumer) {
    auto select = connection_.prepare(
        "SELECT position, number FROM turns WHERE position > (SELECT position FROM known) "
        "AND consumer = ?1 ORDER BY position DESC LIMIT 1");
    if (!select) return std::unexpected(select.error());
    auto heads = connection_.prepare("SELECT position, number FROM heads WHERE consumer = ?1");
    if (!heads) return std::unexpected(heads.error());
    // `turns` first: what is written meanwhile moves from there into `heads`, never back.
    for (Statement* statement : {&*select, &*heads}) {
      const auto row = statement->bind_blob(1, consumer.as_bytes()).step();
      if (!row) return std::unexpected(row.error());
      if (*row) return Head{statement->integer(0), statement->integer(1), std::nullopt};
    }
    return Head{};
  }

  base::Result<std::vector<JournalRecord>> tail_of(base::Id consumer,
                                                   const base::Result<Head>& head) {
    if (!head) return std::unexpected(head.error());
    auto tail = reads_.tail(consumer, *head, 0);
    if (!tail) return std::unexpected(tail.error());
    return std::move(tail->records);
  }

  base::Result<void> tell(base::Id consumer, const Head& head, int64_t first, Each& each) {
    const auto places = reads_.places(consumer, head, first);
    if (!places) return std::unexpected(places.error());
    for (size_t at = 0; at < places->size(); at += kPiece) {
      const auto end = std::min(at + kPiece, places->size());
      const auto records = reads_.at(consumer, {places->begin() + static_cast<ptrdiff_t>(at),
                                                places->begin() + static_cast<ptrdiff_t>(end)});
      if (!records) return std::unexpected(records.error());
      for (const JournalRecord& record : *records) {
        if (!each(record)) return {};
      }
    }
    return {};
  }

  Connection connection_;
  JournalReads reads_;
  ChatsWriter writer_;
  std::vector<std::string> tables_;
  int64_t seen_ = 0;  // in `late` or in `chats`
};

}  // namespace

base::Result<std::unique_ptr<runtime::Archive>> open_archive(const fs::path& journal) {
  return SqliteArchive::open(journal);
}

}  // namespace millrace::storage
