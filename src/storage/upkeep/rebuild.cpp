#include "storage/upkeep/rebuild.hpp"

#include "storage/journal/chats_table.hpp"
#include "storage/journal/journal_tables.hpp"
#include "storage/sqlite/write_ahead_log.hpp"

namespace millrace::storage {
namespace {

// The row of the greatest position is the one that the other columns come from. That something is
// due stands in the head alone where a former build wrote the turn.
constexpr const char* kTables = R"(
INSERT INTO heads(consumer, position, number, due)
  SELECT consumer, position, number, due FROM (
    SELECT consumer, MAX(position) AS position, number, due FROM turns GROUP BY consumer) WHERE true
  ON CONFLICT(consumer) DO UPDATE SET
    due = CASE WHEN position = excluded.position THEN COALESCE(excluded.due, due)
          ELSE excluded.due END,
    position = excluded.position, number = excluded.number;
DELETE FROM heads WHERE consumer NOT IN (SELECT consumer FROM turns);
UPDATE known SET position = MAX(position, (SELECT COALESCE(MAX(position), 0) FROM turns));
DELETE FROM chats;
UPDATE chats_seen SET position = 0;
)";

}  // namespace

base::Result<Rebuilt> rebuild_journal(const std::filesystem::path& journal, base::Log& log) {
  std::error_code error;
  if (!std::filesystem::exists(journal, error)) {
    return base::fail(base::Code::not_found, "there is no journal", journal.string());
  }
  auto writing = open_own(journal);
  if (!writing) return std::unexpected(writing.error());
  if (auto made = prepare_tables(*writing); !made) return std::unexpected(made.error());
  auto done = in_transaction(*writing, [&] {
    auto made = writing->execute(kTables);
    return made ? bring_chats_up_to_date(*writing, &log) : made;
  });
  if (!done) return std::unexpected(done.error());
  Rebuilt rebuilt;
  const std::pair<int64_t*, const char*> counts[] = {
      {&rebuilt.turns, "SELECT COUNT(*) FROM turns"},
      {&rebuilt.consumers, "SELECT COUNT(*) FROM heads"},
      {&rebuilt.chats, "SELECT COUNT(*) FROM chats"}};
  for (const auto& [count, sql] : counts) {
    const auto counted = integer_of(*writing, sql);
    if (!counted) return std::unexpected(counted.error());
    *count = *counted;
  }
  if (auto copied = writing->checkpoint(true); !copied) return std::unexpected(copied.error());
  return rebuilt;
}

}  // namespace millrace::storage
