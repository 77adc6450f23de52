// Deliveries listed, for whoever serves them and for commands beside a server.
#include <limits>

#include "storage/journal/deliveries.hpp"
#include "storage/journal/deliveries_reading.hpp"

namespace millrace::storage {

using delivery::State;
using runtime::StoredDelivery;

delivery::Row row_of(const Statement& from) {
  delivery::Row row;
  row.id = from.integer(0);
  row.key = from.bytes(1);
  row.consumer = base::Id::from_bytes(from.bytes(2)).value_or(base::Id{});
  row.kind = from.bytes(3);
  row.body = from.bytes(4);
  row.progress = from.bytes(5);
  row.owed_at = {from.integer(6)};
  return row;
}

StoredDelivery stored_of(const Statement& from) {
  StoredDelivery out;
  out.row = row_of(from);
  out.target = from.integer(7);
  out.chat_id = from.bytes(8);
  out.solution = from.bytes(9);
  out.environment = from.bytes(10);
  out.state = static_cast<State>(from.integer(11));
  out.changed_at = {from.integer(12)};
  return out;
}

base::Result<std::optional<StoredDelivery>> first_stored(Statement& statement) {
  const auto row = statement.step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  std::optional<StoredDelivery> out = stored_of(statement);
  statement.reset();
  return out;
}

namespace {

// Why targets are stopped. A journal of a former build, that no server has opened since, has no
// such table.
base::Result<std::map<int64_t, std::string>> stops_in(Connection& reading) {
  std::map<int64_t, std::string> stops;
  const auto tables = integer_of(
      reading,
      "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'delivery_stops'");
  if (!tables) return std::unexpected(tables.error());
  if (*tables == 0) return stops;
  auto select = reading.prepare("SELECT target, why FROM delivery_stops");
  if (!select) return std::unexpected(select.error());
  const auto read = all<std::pair<int64_t, std::string>>(*select, [](const Statement& from) {
    return std::pair(from.integer(0), std::string(from.bytes(1)));
  });
  if (!read) return std::unexpected(read.error());
  stops.insert(read->begin(), read->end());
  return stops;
}

base::Result<std::vector<StoredDelivery>> select_stored(Connection& reading,
                                                        const runtime::DeliveryFilter& filter) {
  if (!filter.keys.empty()) {
    auto select = reading.prepare("SELECT " MILLRACE_STORED_COLUMNS "WHERE d.key = ?1");
    if (!select) return std::unexpected(select.error());
    std::vector<StoredDelivery> out;
    for (const std::string& key : filter.keys) {
      auto found = first_stored(select->bind_text(1, key));
      if (!found) return std::unexpected(found.error());
      if (*found && out.size() < filter.limit) out.push_back(std::move(**found));
    }
    return out;
  }
  const bool is_newest_first = filter.order == runtime::DeliveryFilter::Order::newest_first;
  std::string sql = "SELECT " MILLRACE_STORED_COLUMNS "WHERE d.owed_at >= ?2";
  sql += is_newest_first ? " AND d.id < ?1" : " AND d.id > ?1";
  // The narrow tables lead where they can.
  if (filter.is_open) {
    sql +=
        " AND d.id IN (SELECT id FROM delivery_waiting UNION ALL"
        " SELECT id FROM delivery_states WHERE state <> 1 AND state IN (2, 3))";
  } else if (filter.state == State::waiting) {
    sql += " AND d.id IN (SELECT id FROM delivery_waiting)";
  } else if (filter.state == State::delivered) {
    sql += " AND s.state = 1";
  } else if (filter.state) {
    sql += " AND d.id IN (SELECT id FROM delivery_states WHERE state <> 1 AND state = ?3)";
  }
  if (!filter.solution.empty()) sql += " AND t.solution = ?4";
  if (!filter.environment.empty()) sql += " AND t.environment = ?5";
  if (!filter.kind.empty()) sql += " AND d.kind = ?6";
  if (!filter.chat_id.empty()) sql += " AND d.chat = ?7";
  if (filter.consumer) sql += " AND d.consumer = ?8";
  sql += is_newest_first ? " ORDER BY d.id DESC LIMIT ?9" : " ORDER BY d.id LIMIT ?9";
  auto select = reading.prepare(sql);
  if (!select) return std::unexpected(select.error());
  const bool is_first_page = is_newest_first && filter.after == 0;
  select->bind_integer(1, is_first_page ? std::numeric_limits<int64_t>::max() : filter.after);
  select->bind_integer(2, filter.since.ms);
  if (filter.state) select->bind_integer(3, static_cast<int64_t>(*filter.state));
  select->bind_text(4, filter.solution).bind_text(5, filter.environment);
  select->bind_text(6, filter.kind).bind_text(7, filter.chat_id);
  if (filter.consumer) select->bind_blob(8, filter.consumer->as_bytes());
  select->bind_integer(9, static_cast<int64_t>(filter.limit));
  return all<StoredDelivery>(*select, stored_of);
}

}  // namespace

base::Result<std::vector<StoredDelivery>> list_stored(Connection& reading,
                                                      const runtime::DeliveryFilter& filter) {
  auto found = select_stored(reading, filter);
  const auto waits = [](const StoredDelivery& stored) { return stored.state == State::waiting; };
  if (!found || std::ranges::none_of(*found, waits)) return found;
  const auto stops = stops_in(reading);
  if (!stops) return std::unexpected(stops.error());
  for (StoredDelivery& stored : *found) {
    const auto stop = stops->find(stored.target);
    if (waits(stored) && stop != stops->end()) stored.stopped = stop->second;
  }
  return found;
}

base::Result<runtime::DeliveryDepth> Deliveries::depth(int64_t target) {
  const std::lock_guard lock(reading_mutex_);
  runtime::DeliveryDepth depth;
  auto row = depth_.bind_integer(1, target).step();
  if (!row) return std::unexpected(row.error());
  if (*row) depth.waiting = static_cast<size_t>(depth_.integer(0));
  depth_.reset();
  row = oldest_.bind_integer(1, target).step();
  if (!row) return std::unexpected(row.error());
  if (*row) depth.oldest_owed_at = {oldest_.integer(0)};
  oldest_.reset();
  row = stop_.bind_integer(1, target).step();
  if (!row) return std::unexpected(row.error());
  if (*row) depth.stopped = stop_.bytes(0);
  stop_.reset();
  return depth;
}

}  // namespace millrace::storage
