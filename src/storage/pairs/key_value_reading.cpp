// A key-value store read beside the server that writes it.
#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

class SqlitePairs final : public PairReader {
 public:
  SqlitePairs(Connection connection, Statement select)
      : connection_(std::move(connection)), select_(std::move(select)) {}

  base::Result<void> each(std::string_view prefix, Each each) override {
    select_.bind_blob(1, prefix);
    for (;;) {
      const auto row = select_.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return {};
      if (!select_.bytes(0).starts_with(prefix) || !each(select_.bytes(0), select_.bytes(1))) {
        select_.reset();
        return {};
      }
    }
  }

 private:
  Connection connection_;
  Statement select_;
};

}  // namespace

base::Result<std::unique_ptr<PairReader>> open_pairs(const std::filesystem::path& store) {
  std::error_code failed;
  if (!std::filesystem::exists(store, failed)) {
    return base::fail(base::Code::not_found, "there is no such store", store.string());
  }
  auto connection = Connection::open(store, Connection::Use::reading);
  if (!connection) return std::unexpected(connection.error());
  auto select = connection->prepare("SELECT key, value FROM pairs WHERE key >= ?1 ORDER BY key");
  if (!select) return std::unexpected(select.error());
  return std::make_unique<SqlitePairs>(std::move(*connection), std::move(*select));
}

}  // namespace millrace::storage
