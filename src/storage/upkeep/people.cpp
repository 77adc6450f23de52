// What is kept of people, read from the journal.
#include "storage/upkeep/people.hpp"

#include <algorithm>

#include "storage/journal/identities.hpp"
#include "storage/upkeep/verify_reading.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMeant = "(SELECT consumer FROM temp.meant)";

base::Result<Connection> open_to_read(const fs::path& journal) {
  std::error_code error;
  if (!fs::exists(journal, error)) {
    return base::fail(base::Code::not_found, "there is no journal", journal.string());
  }
  return Connection::open(journal, Connection::Use::reading);
}

// What was put aside is little.
base::Result<void> count_aside(Connection& reading, const ChatOf& chat_of, Kept& into) {
  const std::string query = std::string("SELECT body FROM turns_aside WHERE consumer IN ") + kMeant;
  return each_row(reading, query.c_str(), [&](const Statement& row) {
    ++into.records;
    into.bytes += row.bytes(0).size();
    if (const auto chat = chat_of(row.bytes(0))) into.chats.insert(chat->to_string());
  });
}

base::Result<void> count_turns(const fs::path& journal, const People& people, const ChatOf& chat_of,
                               Kept& into) {
  const auto archive = open_archive(journal);
  if (!archive) return std::unexpected(archive.error());
  for (const base::Id& person : people) {
    auto read = (*archive)->consumer(person, [&](const runtime::JournalRecord& record) {
      ++into.records;
      into.bytes += record.body.size();
      if (const auto chat = chat_of(record.body)) into.chats.insert(chat->to_string());
      return true;
    });
    if (!read) return read;
  }
  return {};
}

base::Result<void> count_deliveries(Connection& reading, Kept& into) {
  const std::string query =
      "SELECT d.chat, w.id IS NOT NULL OR COALESCE(s.state, 0) = " +
      std::to_string(static_cast<int>(delivery::State::held)) +
      " FROM deliveries d LEFT JOIN delivery_waiting w ON w.target = d.target AND w.id = d.id "
      "LEFT JOIN delivery_states s ON s.id = d.id WHERE d.consumer IN " +
      kMeant;
  return each_row(reading, query.c_str(), [&](const Statement& row) {
    ++into.deliveries;
    if (row.integer(1) != 0) ++into.owed;
    into.chats.emplace(row.bytes(0));
  });
}

}  // namespace

base::Result<bool> has_table(Connection& connection, std::string_view name) {
  auto select =
      connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1");
  if (!select) return std::unexpected(select.error());
  return select->bind_text(1, name).step();
}

base::Result<void> name_people(Connection& connection, const People& people) {
  auto done =
      connection.execute("CREATE TEMP TABLE meant(consumer BLOB PRIMARY KEY) WITHOUT ROWID");
  if (!done) return done;
  auto insert = connection.prepare("INSERT INTO temp.meant VALUES(?1)");
  if (!insert) return std::unexpected(insert.error());
  for (const base::Id& id : people) {
    if (done = insert->bind_blob(1, id.as_bytes()).run(); !done) return done;
  }
  return {};
}

base::Result<Kept> kept_of(const fs::path& journal, const People& people, const ChatOf& chat_of) {
  auto reading = open_to_read(journal);
  if (!reading) return std::unexpected(reading.error());
  Kept kept;
  auto done = name_people(*reading, people);
  if (done) done = count_turns(journal, people, chat_of, kept);
  for (const char* table : {"turns_aside", "deliveries"}) {
    if (!done) break;
    const auto is_there = has_table(*reading, table);
    if (!is_there) return std::unexpected(is_there.error());
    if (!*is_there) continue;
    done = table == std::string_view("deliveries") ? count_deliveries(*reading, kept)
                                                   : count_aside(*reading, chat_of, kept);
  }
  if (!done) return std::unexpected(done.error());
  return kept;
}

base::Result<std::vector<People>> joined_people(const fs::path& journal) {
  auto reading = open_to_read(journal);
  if (!reading) return std::unexpected(reading.error());
  const auto joins = read_joins(*reading);
  if (!joins) return std::unexpected(joins.error());
  std::vector<People> out;
  for (auto& [person, ids] : joins->people()) out.push_back(std::move(ids));
  return out;
}

base::Result<People> joined_with(const fs::path& journal, const People& people) {
  const auto joined = joined_people(journal);
  if (!joined) return std::unexpected(joined.error());
  People out = people;
  for (const People& ids : *joined) {
    const auto is_meant = [&](base::Id id) { return people.contains(id); };
    if (std::ranges::any_of(ids, is_meant)) out.insert(ids.begin(), ids.end());
  }
  return out;
}

base::Result<bool> has_records_aside(const fs::path& journal) {
  auto reading = open_to_read(journal);
  if (!reading) return std::unexpected(reading.error());
  const auto has_aside = has_table(*reading, "turns_aside");
  if (!has_aside || !*has_aside) return has_aside;
  bool has_rows = false;
  auto read = each_row(*reading, "SELECT 1 FROM turns_aside LIMIT 1",
                       [&](const Statement&) { has_rows = true; });
  if (!read) return std::unexpected(read.error());
  return has_rows;
}

base::Result<People> people_at_rest(const fs::path& journal) {
  auto reading = open_to_read(journal);
  if (!reading) return std::unexpected(reading.error());
  const auto has_deliveries = has_table(*reading, "deliveries");
  if (!has_deliveries) return std::unexpected(has_deliveries.error());
  // `heads` are right but for the turns behind `known`, which are few.
  std::string query =
      "WITH recent AS (SELECT consumer, MAX(position), due FROM turns "
      "WHERE position > (SELECT position FROM known) GROUP BY consumer), "
      "at_rest AS (SELECT consumer FROM heads WHERE due IS NULL "
      "AND consumer NOT IN (SELECT consumer FROM recent) "
      "UNION SELECT consumer FROM recent WHERE due IS NULL) "
      "SELECT t.consumer FROM at_rest t WHERE 1";
  if (*has_deliveries) {
    query +=
        " AND t.consumer NOT IN (SELECT d.consumer FROM deliveries d WHERE d.id IN "
        "(SELECT id FROM delivery_waiting UNION SELECT id FROM delivery_states WHERE state = " +
        std::to_string(static_cast<int>(delivery::State::held)) + "))";
  }
  People people;
  auto read = each_row(*reading, query.c_str(), [&](const Statement& row) {
    if (const auto id = base::Id::from_bytes(row.bytes(0))) people.insert(*id);
  });
  if (!read) return std::unexpected(read.error());
  return people;
}

}  // namespace millrace::storage
