#include "storage/rebuild.hpp"

#include "storage/chats_table.hpp"
#include "storage/journal_tables.hpp"
#include "storage/write_ahead_log.hpp"

namespace millrace::storage {
namespace {

constexpr size_t kStepTurns = 50'000;

// The row of the greatest position is the one that the other columns come from.
constexpr const char* kHeads = R"(
DELETE FROM heads;
INSERT INTO heads(consumer, position, number, due)
  SELECT consumer, position, number, due FROM (
    SELECT consumer, MAX(position) AS position, number, due FROM turns GROUP BY consumer);
UPDATE known SET position = MAX(position, (SELECT COALESCE(MAX(position), 0) FROM turns));
DELETE FROM chats;
UPDATE chats_seen SET position = 0;
)";

base::Result<int64_t> count_of(Connection& connection, const char* sql) {
  auto select = connection.prepare(sql);
  if (!select) return std::unexpected(select.error());
  const auto row = select->step();
  if (!row) return std::unexpected(row.error());
  return *row ? select->integer(0) : 0;
}

base::Result<void> write_chats(Connection& writing, base::Log& log) {
  ChatsWriter writer;
  if (auto ready = writer.prepare(writing, "chats"); !ready) return ready;
  int64_t seen = 0;
  for (;;) {
    ChatNewsById news;
    const auto end = read_news(writing, seen, kStepTurns, news);
    if (!end) return std::unexpected(end.error());
    if (*end == seen) break;
    for (const ChatNews& chat : news.in_order()) {
      if (auto put = writer.put(chat); !put) return put;
    }
    seen = *end;
    log.line(base::Level::info, "journal", "read up to turn " + std::to_string(seen));
  }
  auto put_seen = writing.prepare("UPDATE chats_seen SET position = ?1");
  if (!put_seen) return std::unexpected(put_seen.error());
  return put_seen->bind_integer(1, seen).run();
}

}  // namespace

base::Result<Rebuilt> rebuild_journal(const std::filesystem::path& journal, base::Log& log) {
  std::error_code error;
  if (!std::filesystem::exists(journal, error)) {
    return base::fail(base::Code::not_found, "there is no journal", journal.string());
  }
  auto writing = open_own(journal);
  if (!writing) return std::unexpected(writing.error());
  if (auto made = prepare_tables(*writing); !made) return std::unexpected(made.error());
  auto done = writing->execute("BEGIN IMMEDIATE");
  if (done) done = writing->execute(kHeads);
  if (done) done = write_chats(*writing, log);
  if (done) done = writing->execute("COMMIT");
  if (!done) {
    (void)writing->roll_back();
    return std::unexpected(done.error());
  }
  Rebuilt rebuilt;
  const std::pair<int64_t*, const char*> counts[] = {
      {&rebuilt.turns, "SELECT COUNT(*) FROM turns"},
      {&rebuilt.consumers, "SELECT COUNT(*) FROM heads"},
      {&rebuilt.chats, "SELECT COUNT(*) FROM chats"}};
  for (const auto& [count, sql] : counts) {
    const auto counted = count_of(*writing, sql);
    if (!counted) return std::unexpected(counted.error());
    *count = *counted;
  }
  if (auto copied = writing->checkpoint(true); !copied) return std::unexpected(copied.error());
  return rebuilt;
}

}  // namespace millrace::storage
