// Deliveries looked at, and decided about, beside the server that sends them.
#include "storage/journal/deliveries.hpp"
#include "storage/sqlite/write_ahead_log.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

base::Result<Connection> open_beside(const std::filesystem::path& journal, Connection::Use use) {
  std::error_code failed;
  if (!std::filesystem::exists(journal, failed)) {
    return base::fail(base::Code::not_found, "there is no journal", journal.string());
  }
  return Connection::open(journal, use);
}

}  // namespace

base::Result<std::vector<runtime::StoredDelivery>> list_deliveries(
    const std::filesystem::path& journal, const runtime::DeliveryFilter& filter) {
  auto connection = open_beside(journal, Connection::Use::reading);
  if (!connection) return std::unexpected(connection.error());
  return list_stored(*connection, filter);
}

base::Result<void> order_deliveries(const std::filesystem::path& journal,
                                    runtime::DeliveryOrder::Action action,
                                    const std::vector<int64_t>& rows) {
  auto connection = open_beside(journal, Connection::Use::writing);
  if (!connection) return std::unexpected(connection.error());
  if (auto durable = make_log_durable(*connection); !durable) return durable;
  auto insert = connection->prepare("INSERT INTO delivery_orders(action, id) VALUES(?1, ?2)");
  if (!insert) return std::unexpected(insert.error());
  const int64_t number = action == runtime::DeliveryOrder::Action::retry ? 0 : 1;
  return in_transaction(*connection, [&]() -> base::Result<void> {
    for (const int64_t row : rows) {
      auto inserted = insert->bind_integer(1, number).bind_integer(2, row).run();
      if (!inserted) return inserted;
    }
    return {};
  });
}

}  // namespace millrace::storage
