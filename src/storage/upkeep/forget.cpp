// Removing people. SQLite overwrites what it deletes (secure_delete), the database is then written
// anew without its free pages (VACUUM), and the log, which still has the old ones, is emptied.
#include "storage/upkeep/forget.hpp"

#include <vector>

#include "storage/journal/chats_table.hpp"
#include "storage/sqlite/write_ahead_log.hpp"
#include "storage/upkeep/people.hpp"
#include "storage/upkeep/verify_reading.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;

// The log is read up to its end before: heads and chats lag behind it, and rows that are gone
// cannot say what others' are. `known` stays at the last position that was given: none is given
// again.
constexpr const char* kRemoveTurns =
    "INSERT OR REPLACE INTO heads SELECT consumer, MAX(position), number, due FROM turns "
    "WHERE position > (SELECT position FROM known) GROUP BY consumer;"
    "UPDATE known SET position = MAX(position, (SELECT COALESCE(MAX(position), 0) FROM turns));"
    "DELETE FROM turns WHERE consumer IN (SELECT consumer FROM temp.meant);"
    "DELETE FROM heads WHERE consumer IN (SELECT consumer FROM temp.meant);";
constexpr const char* kRemoveChats =
    "DELETE FROM chats WHERE consumer IN (SELECT consumer FROM temp.meant);";
constexpr const char* kRemoveParked =
    "DELETE FROM parked WHERE consumer IN (SELECT consumer FROM temp.meant);";
constexpr const char* kRemoveJoins =
    "DELETE FROM joins WHERE consumer IN (SELECT consumer FROM temp.meant) "
    "OR joined_to IN (SELECT consumer FROM temp.meant);";
constexpr const char* kRemoveDeliveries =
    "CREATE TEMP TABLE gone AS SELECT id FROM deliveries "
    "WHERE consumer IN (SELECT consumer FROM temp.meant);"
    "DELETE FROM delivery_waiting WHERE id IN (SELECT id FROM temp.gone);"
    "DELETE FROM delivery_states WHERE id IN (SELECT id FROM temp.gone);"
    "DELETE FROM delivery_orders WHERE id IN (SELECT id FROM temp.gone);"
    "DELETE FROM deliveries WHERE id IN (SELECT id FROM temp.gone);"
    "DROP TABLE temp.gone;";

base::Result<void> remove_aside(Connection& writing, const People& people, const WhoseBody& whose) {
  std::vector<int64_t> theirs;
  auto read =
      each_row(writing, "SELECT id, consumer, body FROM turns_aside", [&](const Statement& row) {
        const auto by_row = base::Id::from_bytes(row.bytes(1));
        const auto by_body = whose ? whose(row.bytes(2)) : std::nullopt;
        const bool is_theirs =
            (by_row && people.contains(*by_row)) || (by_body && people.contains(*by_body));
        if (is_theirs) theirs.push_back(row.integer(0));
      });
  if (!read) return read;
  auto remove = writing.prepare("DELETE FROM turns_aside WHERE id = ?1");
  if (!remove) return std::unexpected(remove.error());
  for (const int64_t id : theirs) {
    if (auto removed = remove->bind_integer(1, id).run(); !removed) return removed;
  }
  return {};
}

base::Result<void> remove_rows(Connection& writing, const People& people, const WhoseBody& whose) {
  const auto has_parked = has_table(writing, "parked");
  if (!has_parked) return std::unexpected(has_parked.error());
  const auto has_deliveries = has_table(writing, "deliveries");
  if (!has_deliveries) return std::unexpected(has_deliveries.error());
  const auto has_aside = has_table(writing, "turns_aside");
  if (!has_aside) return std::unexpected(has_aside.error());
  const auto has_chats = has_table(writing, "chats");
  if (!has_chats) return std::unexpected(has_chats.error());
  const auto has_joins = has_table(writing, "joins");
  if (!has_joins) return std::unexpected(has_joins.error());
  auto done = name_people(writing, people);
  // Without the table of chats the next start makes it of the turns that are left.
  if (done && *has_chats) done = bring_chats_up_to_date(writing);
  if (done) done = writing.execute(kRemoveTurns);
  if (done && *has_chats) done = writing.execute(kRemoveChats);
  if (done && *has_parked) done = writing.execute(kRemoveParked);
  if (done && *has_joins) done = writing.execute(kRemoveJoins);
  if (done && *has_deliveries) done = writing.execute(kRemoveDeliveries);
  if (done && *has_aside) done = remove_aside(writing, people, whose);
  return done;
}

base::Result<Connection> open_for_removing(const fs::path& database) {
  std::error_code error;
  if (!fs::exists(database, error)) {
    return base::fail(base::Code::not_found, "there is no such database", database.string());
  }
  auto writing = open_own(database);
  if (!writing) return writing;
  if (auto set = writing->execute("PRAGMA secure_delete=ON"); !set) {
    return std::unexpected(set.error());
  }
  return writing;
}

base::Result<void> clear_what_was_removed(Connection& writing, const fs::path& database) {
  // What is written anew goes through a file: an encrypted one, where the database is.
  auto done = writing.execute("PRAGMA temp_store=FILE; VACUUM");
  if (done) done = writing.checkpoint(true);
  if (!done) return done;
  std::error_code error;
  const auto left = fs::file_size(database.string() + "-wal", error);
  if (error || left == 0) return {};
  return base::fail(base::Code::unavailable,
                    "another process reads it, so its log keeps the bytes of what was removed; "
                    "end that one and do this again",
                    database.string());
}

}  // namespace

base::Result<void> forget_people(const fs::path& journal, const People& people,
                                 const WhoseBody& whose) {
  auto writing = open_for_removing(journal);
  if (!writing) return std::unexpected(writing.error());
  auto done = in_transaction(*writing, [&] { return remove_rows(*writing, people, whose); });
  if (!done) return done;
  return clear_what_was_removed(*writing, journal);
}

base::Result<size_t> forget_pairs(const fs::path& store, const IsTheirs& is_theirs,
                                  const std::function<void(std::string_view key)>& look) {
  auto writing = open_for_removing(store);
  if (!writing) return std::unexpected(writing.error());
  base::Result<void> done;
  if (look) {
    done = each_row(*writing, "SELECT key FROM pairs",
                    [&](const Statement& row) { look(row.bytes(0)); });
  }
  std::vector<std::string> keys;
  if (done) {
    done = each_row(*writing, "SELECT key, value FROM pairs", [&](const Statement& row) {
      if (is_theirs(row.bytes(0), row.bytes(1))) keys.emplace_back(row.bytes(0));
    });
  }
  if (done) {
    done = in_transaction(*writing, [&]() -> base::Result<void> {
      auto remove = writing->prepare("DELETE FROM pairs WHERE key = ?1");
      if (!remove) return std::unexpected(remove.error());
      for (const std::string& key : keys) {
        if (auto removed = remove->bind_blob(1, key).run(); !removed) return removed;
      }
      return {};
    });
  }
  if (done) done = clear_what_was_removed(*writing, store);
  if (!done) return std::unexpected(done.error());
  return keys.size();
}

}  // namespace millrace::storage
