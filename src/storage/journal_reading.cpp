// A journal read beside the server that writes it.
#include "storage/sqlite.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

base::Result<void> each(const std::filesystem::path& file, std::string_view sql,
                        const std::string& bound, EachRecord& tell) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) {
    return base::fail(base::Code::not_found, "there is no journal", file.string());
  }
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
    if (!tell({*consumer, select->integer(1), std::string(select->bytes(2)), false})) return {};
  }
}

}  // namespace

base::Result<void> each_last_record(const std::filesystem::path& journal, EachRecord tell) {
  // SQLite gives the other columns of the row that has the maximum.
  return each(journal, "SELECT consumer, MAX(number), body FROM turns GROUP BY consumer", "", tell);
}

base::Result<void> each_record_with(const std::filesystem::path& journal, base::Id chat,
                                    EachRecord tell) {
  return each(journal,
              "SELECT consumer, number, body FROM turns WHERE consumer = (SELECT consumer FROM "
              "turns WHERE instr(CAST(body AS TEXT), ?1) LIMIT 1) ORDER BY number",
              chat.to_string(), tell);
}

}  // namespace millrace::storage
