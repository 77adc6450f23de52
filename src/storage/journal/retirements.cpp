#include "storage/journal/retirements.hpp"

#include <algorithm>
#include <utility>

#include "delivery/row.hpp"

namespace millrace::storage {

base::Result<void> RetiringRows::prepare(Connection& writing) {
  const auto number = [](delivery::State state) { return std::to_string(static_cast<int>(state)); };
  const std::pair<Statement*, std::string> statements[] = {
      {&find_previous_, "SELECT previous FROM turns WHERE position = ?1 AND consumer = ?2"},
      {&remove_turn_, "DELETE FROM turns WHERE position = ?1 AND consumer = ?2"},
      {&begin_at_, "UPDATE turns SET previous = ?2 WHERE position = ?1"},
      {&remove_chats_, "DELETE FROM chats WHERE consumer = ?1 AND last < ?2"},
      {&move_chat_, "UPDATE chats SET first = ?2 WHERE consumer = ?1 AND first < ?2"},
      {&remove_head_, "DELETE FROM heads WHERE consumer = ?1"},
      {&find_owed_,
       "SELECT 1 FROM deliveries d LEFT JOIN delivery_states s ON s.id = d.id "
       "WHERE d.consumer = ?1 AND COALESCE(s.state, 0) IN (" +
           number(delivery::State::waiting) + ", " + number(delivery::State::held) + ") LIMIT 1"},
      {&remove_states_,
       "DELETE FROM delivery_states WHERE id IN (SELECT id FROM deliveries WHERE consumer = ?1)"},
      {&empty_delivery_,
       "UPDATE deliveries SET key = 'retired:' || id, consumer = X'', chat = '', body = X'' "
       "WHERE consumer = ?1 AND id = (SELECT MAX(id) FROM deliveries)"},
      {&remove_deliveries_, "DELETE FROM deliveries WHERE consumer = ?1"}};
  for (const auto& [statement, sql] : statements) {
    auto prepared = writing.prepare(sql);
    if (!prepared) return std::unexpected(prepared.error());
    *statement = std::move(*prepared);
  }
  return {};
}

base::Result<std::vector<int64_t>> RetiringRows::places(base::Id consumer, int64_t last) {
  std::vector<int64_t> out;
  for (int64_t position = last; position > 0;) {
    const auto row =
        find_previous_.bind_integer(1, position).bind_blob(2, consumer.as_bytes()).step();
    if (!row) return std::unexpected(row.error());
    const int64_t previous = *row ? find_previous_.integer(0) : position;
    find_previous_.reset();
    if (!*row || previous >= position) {
      return base::fail(base::Code::data_loss,
                        "a record is missing at position " + std::to_string(position), "journal");
    }
    out.push_back(position);
    position = previous;
  }
  std::ranges::reverse(out);
  return out;
}

base::Result<bool> RetiringRows::remove(base::Id consumer, const Head& head, int64_t through) {
  const auto all = places(consumer, head.position);
  if (!all) return std::unexpected(all.error());
  const auto meant = std::ranges::upper_bound(*all, through);
  const auto count = std::min(kStepRecords, static_cast<size_t>(meant - all->begin()));
  for (size_t i = 0; i < count; ++i) {
    auto removed = remove_turn_.bind_integer(1, (*all)[i]).bind_blob(2, consumer.as_bytes()).run();
    if (!removed) return std::unexpected(removed.error());
  }
  const bool none_left = count == all->size();
  const int64_t begin = none_left ? head.position + 1 : (*all)[count];
  auto done = remove_chats_.bind_blob(1, consumer.as_bytes()).bind_integer(2, begin).run();
  if (done && !none_left && count > 0) {
    done = move_chat_.bind_blob(1, consumer.as_bytes()).bind_integer(2, begin).run();
    if (done) done = begin_at_.bind_integer(1, begin).bind_integer(2, kRetired).run();
  }
  if (!done) return std::unexpected(done.error());
  return all->begin() + static_cast<ptrdiff_t>(count) == meant;
}

base::Result<void> RetiringRows::remove_head(base::Id consumer) {
  return remove_head_.bind_blob(1, consumer.as_bytes()).run();
}

base::Result<bool> RetiringRows::is_owed(base::Id consumer) {
  const auto row = find_owed_.bind_blob(1, consumer.as_bytes()).step();
  if (row && *row) find_owed_.reset();
  return row;
}

base::Result<void> RetiringRows::remove_deliveries(base::Id consumer) {
  for (Statement* each : {&empty_delivery_, &remove_states_, &remove_deliveries_}) {
    if (auto done = each->bind_blob(1, consumer.as_bytes()).run(); !done) return done;
  }
  return {};
}

}  // namespace millrace::storage
