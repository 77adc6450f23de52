// Rows of the deliveries' tables, read: what `deliveries` and `deliveries_listing` share.
#pragma once

#include <optional>
#include <vector>

#include "runtime/delivery_store.hpp"
#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

// What stored_of() reads, of the rows that a WHERE after it means.
#define MILLRACE_STORED_COLUMNS                                                              \
  "d.id, d.key, d.consumer, d.kind, d.body, COALESCE(s.progress, ''), d.owed_at, d.target, " \
  "d.chat, t.solution, t.environment, COALESCE(s.state, 0), COALESCE(s.at, 0) "              \
  "FROM deliveries d JOIN delivery_targets t ON t.target = d.target "                        \
  "LEFT JOIN delivery_states s ON s.id = d.id "

// The first seven columns: id, key, consumer, kind, body, progress, owed_at.
delivery::Row row_of(const Statement& from);
runtime::StoredDelivery stored_of(const Statement& from);
base::Result<std::optional<runtime::StoredDelivery>> first_stored(Statement& statement);

// Reads a statement's rows to its end.
template <typename T, typename F>
base::Result<std::vector<T>> all(Statement& statement, F read) {
  std::vector<T> out;
  for (;;) {
    const auto row = statement.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return out;
    out.push_back(read(statement));
  }
}

}  // namespace millrace::storage
