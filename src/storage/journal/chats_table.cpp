#include "storage/journal/chats_table.hpp"

#include <algorithm>

#include "runtime/records/record.hpp"

namespace millrace::storage {
namespace {

// A start that is further behind makes the table up in steps; less is kept in memory.
constexpr size_t kStepTurns = 10'000;
// A chat that was opened before anything was said has a record of turn 0 before that.
constexpr int64_t kFirstTurn = 1;

std::string with_name(std::string_view sql, std::string_view name) {
  std::string out;
  for (const char letter : sql) letter == '@' ? out += name : out += letter;
  return out;
}

void keep_if_said(std::string& known, const std::string& said) {
  if (!said.empty()) known = said;
}

// Within the transaction under way.
base::Result<void> write_news(ChatsWriter& writer, Statement& put_seen, const ChatNewsById& news,
                              int64_t seen) {
  for (const ChatNews& chat : news.in_order()) {
    if (auto put = writer.put(chat); !put) return put;
  }
  return put_seen.bind_integer(1, seen).run();
}

}  // namespace

base::Result<void> make_chats_table(Connection& connection, const std::string& name, bool is_temp) {
  constexpr std::string_view kTable =
      "TABLE IF NOT EXISTS @(chat BLOB PRIMARY KEY, consumer BLOB NOT NULL, "
      "solution TEXT NOT NULL, version TEXT NOT NULL, phase TEXT NOT NULL, "
      "turns INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, "
      "begun_at INTEGER NOT NULL, last_at INTEGER NOT NULL, is_latest INTEGER NOT NULL) "
      "WITHOUT ROWID";
  constexpr std::string_view kIndexes =
      "CREATE INDEX IF NOT EXISTS @_of ON @(consumer, first);"
      "CREATE INDEX IF NOT EXISTS @_by_turn ON @(last_at, chat);"
      "CREATE INDEX IF NOT EXISTS @_live ON @(last_at, chat) "
      "WHERE is_latest = 1 AND phase <> 'ended'";
  const std::string table = with_name(kTable, name);
  if (is_temp) {
    constexpr std::string_view kIndex = ";CREATE INDEX temp.@_of ON @(consumer, first)";
    return connection.execute(("CREATE TEMP " + table + with_name(kIndex, name)).c_str());
  }
  return connection.execute(("CREATE " + table + ";" + with_name(kIndexes, name)).c_str());
}

void ChatNewsById::take(int64_t position, base::Id consumer, const runtime::ChatFacts& facts) {
  const auto [at, is_new] =
      news_.try_emplace(facts.chat, consumer, facts, position, position, facts.turns <= kFirstTurn);
  if (is_new) return;
  ChatNews& news = at->second;
  news.last = position;
  news.facts.turns = facts.turns;
  news.facts.at = facts.at;
  keep_if_said(news.facts.solution, facts.solution);
  keep_if_said(news.facts.version, facts.version);
  keep_if_said(news.facts.phase, facts.phase);
}

std::vector<ChatNews> ChatNewsById::in_order() const {
  std::vector<ChatNews> all;
  all.reserve(news_.size());
  for (const auto& [chat, news] : news_) all.push_back(news);
  std::ranges::sort(all, {}, &ChatNews::first);
  return all;
}

base::Result<void> ChatsWriter::prepare(Connection& connection, const std::string& table) {
  auto put = connection.prepare(
      with_name("INSERT INTO @ VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1) "
                "ON CONFLICT(chat) DO UPDATE SET "
                "solution = CASE excluded.solution WHEN '' THEN solution ELSE excluded.solution "
                "END, "
                "version = CASE excluded.version WHEN '' THEN version ELSE excluded.version END, "
                "phase = CASE excluded.phase WHEN '' THEN phase ELSE excluded.phase END, "
                "turns = excluded.turns, last = excluded.last, last_at = excluded.last_at",
                table));
  if (!put) return std::unexpected(put.error());
  auto leave = connection.prepare(
      with_name("UPDATE @ SET is_latest = 0 WHERE consumer = ?1 AND first < ?2 AND is_latest = 1 "
                "AND chat <> ?3",
                table));
  if (!leave) return std::unexpected(leave.error());
  put_ = std::move(*put);
  leave_ = std::move(*leave);
  return {};
}

base::Result<void> ChatsWriter::put(const ChatNews& news) {
  if (news.begins) {
    auto left = leave_.bind_blob(1, news.consumer.as_bytes())
                    .bind_integer(2, news.first)
                    .bind_blob(3, news.facts.chat.as_bytes())
                    .run();
    if (!left) return left;
  }
  return put_.bind_blob(1, news.facts.chat.as_bytes())
      .bind_blob(2, news.consumer.as_bytes())
      .bind_text(3, news.facts.solution)
      .bind_text(4, news.facts.version)
      .bind_text(5, news.facts.phase)
      .bind_integer(6, news.facts.turns)
      .bind_integer(7, news.first)
      .bind_integer(8, news.last)
      .bind_integer(9, news.facts.begun_at.ms)
      .bind_integer(10, news.facts.at.ms)
      .run();
}

base::Result<int64_t> read_news(Connection& connection, int64_t position, size_t limit,
                                ChatNewsById& into, int64_t up_to) {
  auto select = connection.prepare(
      "SELECT position, consumer, body FROM turns WHERE position > ?1 AND position <= ?3 "
      "ORDER BY position LIMIT ?2");
  if (!select) return std::unexpected(select.error());
  select->bind_integer(1, position)
      .bind_integer(2, static_cast<int64_t>(limit))
      .bind_integer(3, up_to);
  for (;;) {
    const auto row = select->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return position;
    position = select->integer(0);
    const auto consumer = base::Id::from_bytes(select->bytes(1));
    const auto facts = runtime::facts_in(select->bytes(2));
    if (consumer && facts) into.take(position, *consumer, *facts);
  }
}

base::Result<int64_t> chats_seen(Connection& connection) {
  return integer_of(connection, "SELECT position FROM chats_seen");
}

base::Result<void> ChatsProjection::prepare(Connection& writing) {
  if (auto ready = writer_.prepare(writing, "chats"); !ready) return ready;
  auto put_seen = writing.prepare("UPDATE chats_seen SET position = ?1");
  if (!put_seen) return std::unexpected(put_seen.error());
  put_seen_ = std::move(*put_seen);
  return {};
}

base::Result<void> ChatsProjection::catch_up(Connection& writing, base::Log& log) {
  auto seen = chats_seen(writing);
  for (bool is_said = false; seen;) {
    ChatNewsById news;
    const auto end = read_news(writing, *seen, kStepTurns, news);
    if (!end) return std::unexpected(end.error());
    // What is little stays for the next turns to be written with.
    if (*end - *seen < static_cast<int64_t>(kStepTurns)) return {};
    if (!is_said) {
      log.line(base::Level::info, "journal", "making the table of chats from the turns");
      is_said = true;
    }
    auto done = in_transaction(writing, [&] { return write_news(writer_, put_seen_, news, *end); });
    if (!done) return done;
    seen = *end;
  }
  return std::unexpected(seen.error());
}

base::Result<void> ChatsProjection::bring_up_to_date(Connection& writing, base::Log* progress) {
  auto seen = chats_seen(writing);
  while (seen) {
    ChatNewsById news;
    const auto end = read_news(writing, *seen, kStepTurns, news);
    if (!end) return std::unexpected(end.error());
    if (*end == *seen) return {};
    if (auto done = write_news(writer_, put_seen_, news, *end); !done) return done;
    seen = *end;
    if (progress != nullptr) {
      progress->line(base::Level::info, "journal", "read up to turn " + std::to_string(*seen));
    }
  }
  return std::unexpected(seen.error());
}

base::Result<void> ChatsProjection::read_memory(Connection& writing) {
  news_.clear();
  const auto seen = chats_seen(writing);
  if (!seen) return std::unexpected(seen.error());
  const auto end = read_news(writing, *seen, SIZE_MAX >> 1, news_);
  if (!end) return std::unexpected(end.error());
  last_ = *end;
  return {};
}

void ChatsProjection::note(const runtime::JournalRecord& record, int64_t position) {
  last_ = position;
  if (record.facts) {
    news_.take(position, record.consumer, *record.facts);
  } else if (const auto facts = runtime::facts_in(record.body)) {
    news_.take(position, record.consumer, *facts);
  }
}

base::Result<void> ChatsProjection::write() {
  if (auto done = write_news(writer_, put_seen_, news_, last_); !done) return done;
  news_.clear();
  return {};
}

base::Result<void> bring_chats_up_to_date(Connection& writing, base::Log* progress) {
  ChatsProjection chats;
  auto done = chats.prepare(writing);
  return done ? chats.bring_up_to_date(writing, progress) : done;
}

}  // namespace millrace::storage
