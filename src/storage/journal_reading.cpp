// A journal read beside the server that writes it.
#include "storage/journal_reads.hpp"
#include "storage/parked.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

base::Result<void> no_journal(const std::filesystem::path& file) {
  return base::fail(base::Code::not_found, "there is no journal", file.string());
}

base::Result<void> each(const std::filesystem::path& file, std::string_view sql,
                        const std::string& bound, EachRecord& tell) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) return no_journal(file);
  auto connection = Connection::open(file, Connection::Use::reading);
  if (!connection) return std::unexpected(connection.error());
  auto select = connection->prepare(sql);
  if (!select) return std::unexpected(select.error());
  if (!bound.empty()) select->bind_text(1, bound);
  while (true) {
    const auto row = select->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    const auto consumer = base::Id::from_bytes(select->bytes(0));
    if (!consumer) continue;
    if (!tell({.consumer = *consumer,
               .number = select->integer(1),
               .body = std::string(select->bytes(2))})) {
      return {};
    }
  }
}

}  // namespace

base::Result<std::vector<runtime::ParkedChat>> parked_chats(const std::filesystem::path& journal) {
  std::error_code failed;
  if (!std::filesystem::exists(journal, failed))
    return std::unexpected(no_journal(journal).error());
  auto connection = Connection::open(journal, Connection::Use::reading);
  if (!connection) return std::unexpected(connection.error());
  const auto has_table = connection->prepare("SELECT 1 FROM parked");
  if (!has_table) return {};  // written by an earlier build
  return ParkedChats::read(*connection);
}

base::Result<void> each_tail(const std::filesystem::path& journal, EachTail tell) {
  std::error_code failed;
  if (!std::filesystem::exists(journal, failed)) return no_journal(journal);
  auto connection = Connection::open(journal, Connection::Use::reading);
  if (!connection) return std::unexpected(connection.error());
  auto reads = JournalReads::open(journal);
  if (!reads) return std::unexpected(reads.error());
  // SQLite gives the other columns of the row that has the maximum.
  auto heads =
      connection->prepare("SELECT consumer, MAX(number), position FROM turns GROUP BY consumer");
  if (!heads) return std::unexpected(heads.error());
  while (true) {
    const auto row = heads->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    const auto consumer = base::Id::from_bytes(heads->bytes(0));
    if (!consumer) continue;
    const Head head{heads->integer(2), heads->integer(1), std::nullopt};
    const auto tail = reads->tail(*consumer, head, 0);
    if (!tail || tail->records.empty()) continue;
    if (!tell(tail->records)) return {};
  }
}

base::Result<void> each_record_with(const std::filesystem::path& journal, base::Id chat,
                                    EachRecord tell) {
  return each(journal,
              "SELECT consumer, number, body FROM turns WHERE consumer = (SELECT consumer FROM "
              "turns WHERE instr(CAST(body AS TEXT), ?1) LIMIT 1) ORDER BY number",
              chat.to_string(), tell);
}

}  // namespace millrace::storage
