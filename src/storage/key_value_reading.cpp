// A key-value store read beside the server that writes it.
#include "storage/sqlite.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {

base::Result<void> each_pair(const std::filesystem::path& store, std::string_view prefix,
                             EachPair each) {
  std::error_code failed;
  if (!std::filesystem::exists(store, failed)) {
    return base::fail(base::Code::not_found, "there is no such store", store.string());
  }
  auto connection = Connection::open(store, Connection::Use::reading);
  if (!connection) return std::unexpected(connection.error());
  auto select = connection->prepare("SELECT key, value FROM pairs WHERE key >= ?1 ORDER BY key");
  if (!select) return std::unexpected(select.error());
  select->bind_blob(1, prefix);
  while (true) {
    const auto row = select->step();
    if (!row) return std::unexpected(row.error());
    if (!*row || !select->bytes(0).starts_with(prefix)) return {};
    if (!each(select->bytes(0), select->bytes(1))) return {};
  }
}

}  // namespace millrace::storage
