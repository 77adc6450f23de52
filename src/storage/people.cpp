// What is kept of people, read from the journal.
#include "storage/people.hpp"

#include "storage/verify_reading.hpp"

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

base::Result<void> count_records(Connection& reading, const std::string& table,
                                 const ChatOf& chat_of, Kept& into) {
  return each_row(reading, ("SELECT body FROM " + table + " WHERE consumer IN " + kMeant).c_str(),
                  [&](const Statement& row) {
                    ++into.records;
                    into.bytes += row.bytes(0).size();
                    if (const auto chat = chat_of(row.bytes(0)))
                      into.chats.insert(chat->to_string());
                  });
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

base::Result<std::optional<base::Id>> consumer_of_chat(const fs::path& journal, base::Id chat,
                                                       const ChatOf& chat_of) {
  auto reading = open_to_read(journal);
  if (!reading) return std::unexpected(reading.error());
  auto select = reading->prepare(
      "SELECT consumer, body FROM turns WHERE instr(CAST(body AS TEXT), ?1) ORDER BY position");
  if (!select) return std::unexpected(select.error());
  const std::string name = chat.to_string();
  select->bind_text(1, name);
  for (;;) {
    const auto row = select->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::nullopt;
    // Others may have said that id.
    if (chat_of(select->bytes(1)) == chat) return base::Id::from_bytes(select->bytes(0));
  }
}

base::Result<Kept> kept_of(const fs::path& journal, const People& people, const ChatOf& chat_of) {
  auto reading = open_to_read(journal);
  if (!reading) return std::unexpected(reading.error());
  Kept kept;
  auto done = name_people(*reading, people);
  if (done) done = count_records(*reading, "turns", chat_of, kept);
  for (const char* table : {"turns_aside", "deliveries"}) {
    if (!done) break;
    const auto is_there = has_table(*reading, table);
    if (!is_there) return std::unexpected(is_there.error());
    if (!*is_there) continue;
    done = table == std::string_view("deliveries") ? count_deliveries(*reading, kept)
                                                   : count_records(*reading, table, chat_of, kept);
  }
  if (!done) return std::unexpected(done.error());
  return kept;
}

base::Result<void> each_record_of(const fs::path& journal, base::Id consumer, EachRecord each) {
  auto reading = open_to_read(journal);
  if (!reading) return std::unexpected(reading.error());
  auto select = reading->prepare(
      "SELECT number, whole, position, body FROM turns WHERE consumer = ?1 ORDER BY position");
  if (!select) return std::unexpected(select.error());
  const std::string id(consumer.as_bytes());
  select->bind_blob(1, id);
  for (;;) {
    const auto row = select->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    const bool goes_on = each({.consumer = consumer,
                               .number = select->integer(0),
                               .body = std::string(select->bytes(3)),
                               .whole = select->integer(1) != 0,
                               .place = select->integer(2)});
    if (!goes_on) return {};
  }
}

base::Result<People> people_at_rest(const fs::path& journal) {
  auto reading = open_to_read(journal);
  if (!reading) return std::unexpected(reading.error());
  const auto has_deliveries = has_table(*reading, "deliveries");
  if (!has_deliveries) return std::unexpected(has_deliveries.error());
  // Where a head is not behind it is right; mending changes what is due there alone.
  std::string query =
      "SELECT t.consumer FROM "
      "(SELECT consumer, MAX(position) AS position, due FROM turns GROUP BY consumer) t "
      "LEFT JOIN heads h ON h.consumer = t.consumer "
      "WHERE CASE WHEN h.position = t.position THEN h.due ELSE t.due END IS NULL";
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
