#include "storage/journal/deliveries.hpp"

#include <array>
#include <chrono>

#include "storage/journal/deliveries_reading.hpp"

namespace millrace::storage {
namespace {

using delivery::ObjectRef;
using delivery::State;
using runtime::StoredDelivery;

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS delivery_targets(
  target INTEGER PRIMARY KEY, solution TEXT NOT NULL, environment TEXT NOT NULL,
  receiver TEXT NOT NULL, UNIQUE(solution, environment, receiver));
CREATE TABLE IF NOT EXISTS deliveries(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  target INTEGER NOT NULL,
  consumer BLOB NOT NULL,
  chat TEXT NOT NULL,
  kind TEXT NOT NULL,
  owed_at INTEGER NOT NULL,
  body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS delivery_waiting(
  target INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(target, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery_states(
  id INTEGER PRIMARY KEY, state INTEGER NOT NULL, at INTEGER NOT NULL, progress BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS delivery_undelivered ON delivery_states(state, id) WHERE state <> 1;
DROP INDEX IF EXISTS delivery_done;
CREATE INDEX IF NOT EXISTS delivery_settled ON delivery_states(at) WHERE state IN (1, 2, 4);
CREATE TABLE IF NOT EXISTS delivery_marks(mark INTEGER PRIMARY KEY, objects BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS delivery_orders(
  number INTEGER PRIMARY KEY AUTOINCREMENT, action INTEGER NOT NULL, id INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS delivery_stops(
  target INTEGER PRIMARY KEY, at INTEGER NOT NULL, why TEXT NOT NULL);
DELETE FROM delivery_stops;
)";

// Once there was one receiver. Its targets keep their numbers.
constexpr const char* kNameReceivers = R"(
ALTER TABLE delivery_targets RENAME TO delivery_targets_unnamed;
CREATE TABLE delivery_targets(
  target INTEGER PRIMARY KEY, solution TEXT NOT NULL, environment TEXT NOT NULL,
  receiver TEXT NOT NULL, UNIQUE(solution, environment, receiver));
INSERT INTO delivery_targets
  SELECT target, solution, environment, 'braze' FROM delivery_targets_unnamed;
DROP TABLE delivery_targets_unnamed;
)";

base::Result<void> name_receivers(Connection& writing) {
  const auto has_receivers = integer_of(
      writing,
      "SELECT COUNT(*) FROM pragma_table_info('delivery_targets') WHERE name = 'receiver'");
  if (!has_receivers) return std::unexpected(has_receivers.error());
  if (*has_receivers > 0) return {};
  return in_transaction(writing, [&] { return writing.execute(kNameReceivers); });
}

base::Timestamp system_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

// A mark's objects: "row:object row:object ".
std::string write_objects(const std::vector<ObjectRef>& objects) {
  std::string out;
  for (const ObjectRef& ref : objects) {
    out += std::to_string(ref.row) + ":" + std::to_string(ref.object) + " ";
  }
  return out;
}

std::vector<ObjectRef> read_objects(std::string_view text) {
  std::vector<ObjectRef> out;
  int64_t number = 0;
  int64_t row = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
    } else {
      if (c == ':') row = number;
      if (c == ' ') out.push_back({row, static_cast<int32_t>(number)});
      number = 0;
    }
  }
  return out;
}

}  // namespace

base::Result<void> Deliveries::prepare(GroupWriter& writer, const std::filesystem::path& file) {
  writer_ = &writer;
  Connection& writing = writer.connection();
  if (auto made = writing.execute(kSchema); !made) return made;
  if (auto named = name_receivers(writing); !named) return named;
  auto reading = Connection::open(file, Connection::Use::reading);
  if (!reading) return std::unexpected(reading.error());
  reading_ = std::move(*reading);
  const std::tuple<Connection*, Statement*, const char*> statements[] = {
      {&writing, &insert_,
       "INSERT INTO deliveries(key, target, consumer, chat, kind, owed_at, body) "
       "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(key) DO NOTHING RETURNING id"},
      {&writing, &insert_target_,
       "INSERT INTO delivery_targets(solution, environment, receiver) VALUES(?1, ?2, ?3)"},
      {&writing, &find_target_,
       "SELECT target FROM delivery_targets WHERE solution = ?1 AND environment = ?2 AND "
       "receiver = ?3"},
      {&writing, &insert_waiting_, "INSERT INTO delivery_waiting VALUES(?1, ?2)"},
      {&writing, &wait_again_, "INSERT OR IGNORE INTO delivery_waiting VALUES(?1, ?2)"},
      {&writing, &settle_, "DELETE FROM delivery_waiting WHERE target = ?1 AND id = ?2"},
      {&writing, &put_state_, "INSERT OR REPLACE INTO delivery_states VALUES(?1, ?2, ?3, ?4)"},
      {&writing, &put_mark_, "INSERT OR REPLACE INTO delivery_marks VALUES(?1, ?2)"},
      {&writing, &remove_mark_, "DELETE FROM delivery_marks WHERE mark = ?1"},
      {&writing, &remove_order_, "DELETE FROM delivery_orders WHERE number = ?1"},
      {&writing, &put_stop_, "INSERT OR REPLACE INTO delivery_stops VALUES(?1, ?2, ?3)"},
      {&writing, &remove_stop_, "DELETE FROM delivery_stops WHERE target = ?1"},
      // The newest row stays, so that no number is ever given twice.
      {&writing, &list_old_,
       "SELECT s.id FROM delivery_states s JOIN deliveries d ON d.id = s.id "
       "WHERE s.state IN (1, 2, 4) AND s.at < ?1 AND d.target = ?3 AND "
       "s.id < (SELECT MAX(id) FROM deliveries) ORDER BY s.at LIMIT ?2"},
      {&writing, &remove_state_, "DELETE FROM delivery_states WHERE id = ?1"},
      {&writing, &remove_row_, "DELETE FROM deliveries WHERE id = ?1"},
      {&reading_, &waiting_,
       "SELECT d.id, d.key, d.consumer, d.kind, d.body, COALESCE(s.progress, ''), d.owed_at "
       "FROM delivery_waiting w JOIN deliveries d ON d.id = w.id "
       "LEFT JOIN delivery_states s ON s.id = w.id "
       "WHERE w.target = ?1 AND w.id > ?2 ORDER BY w.id LIMIT ?3"},
      {&reading_, &depth_, "SELECT COUNT(*) FROM delivery_waiting WHERE target = ?1"},
      {&reading_, &stop_, "SELECT why FROM delivery_stops WHERE target = ?1"},
      {&reading_, &oldest_,
       "SELECT owed_at FROM deliveries WHERE id = (SELECT MIN(id) FROM delivery_waiting "
       "WHERE target = ?1)"},
      {&reading_, &find_, "SELECT " MILLRACE_STORED_COLUMNS "WHERE d.key = ?1"},
      {&reading_, &get_, "SELECT " MILLRACE_STORED_COLUMNS "WHERE d.id = ?1"}};
  for (const auto& [connection, statement, sql] : statements) {
    auto prepared = connection->prepare(sql);
    if (!prepared) return std::unexpected(prepared.error());
    *statement = std::move(*prepared);
  }
  return {};
}

base::Result<int64_t> Deliveries::target_of(const runtime::Delivery& delivery) {
  const std::array name{delivery.solution, delivery.environment, delivery.receiver};
  const auto known = targets_.find(name);
  if (known != targets_.end()) return known->second;
  const auto row =
      find_target_.bind_text(1, name[0]).bind_text(2, name[1]).bind_text(3, name[2]).step();
  if (!row) return std::unexpected(row.error());
  if (*row) {
    const int64_t target = find_target_.integer(0);
    find_target_.reset();
    return targets_[name] = target;
  }
  auto made =
      insert_target_.bind_text(1, name[0]).bind_text(2, name[1]).bind_text(3, name[2]).run();
  if (!made) return std::unexpected(made.error());
  return targets_[name] = writer_->connection().last_inserted();
}

base::Result<void> Deliveries::insert(const runtime::Delivery& delivery) {
  const auto target = target_of(delivery);
  if (!target) return std::unexpected(target.error());
  const std::string body = json::serialize(delivery.body);
  const auto row = insert_.bind_text(1, delivery.key)
                       .bind_integer(2, *target)
                       .bind_blob(3, delivery.consumer.as_bytes())
                       .bind_text(4, delivery.chat_id)
                       .bind_text(5, delivery.kind)
                       .bind_integer(6, system_now().ms)
                       .bind_blob(7, body)
                       .step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return {};  // it is owed already
  const int64_t id = insert_.integer(0);
  insert_.reset();
  return insert_waiting_.bind_integer(1, *target).bind_integer(2, id).run();
}

void Deliveries::commit(runtime::DeliveryWrite write_this, Done done) {
  writer_->submit(
      {[this, change = std::move(write_this)] { return write(change); }, std::move(done)});
}

void Deliveries::prune(int64_t target, base::Timestamp before, size_t limit, Done done) {
  writer_->submit({[this, target, before, limit] { return remove_old(target, before, limit); },
                   std::move(done)});
}

base::Result<void> Deliveries::write(const runtime::DeliveryWrite& change) {
  for (const auto& [mark, objects] : change.marks) {
    const std::string text = write_objects(objects);
    auto put = put_mark_.bind_integer(1, mark).bind_blob(2, text).run();
    if (!put) return put;
  }
  for (const delivery::RowUpdate& update : change.updates) {
    Statement& move = update.state == State::waiting ? wait_again_ : settle_;
    auto moved = move.bind_integer(1, change.target).bind_integer(2, update.id).run();
    if (moved) moved = write_update(update, change.at);
    if (!moved) return moved;
  }
  for (const int64_t mark : change.unmark) {
    if (auto removed = remove_mark_.bind_integer(1, mark).run(); !removed) return removed;
  }
  for (const int64_t number : change.orders_done) {
    if (auto removed = remove_order_.bind_integer(1, number).run(); !removed) return removed;
  }
  return change.stopped ? write_stop(change) : base::Result<void>();
}

base::Result<void> Deliveries::write_stop(const runtime::DeliveryWrite& change) {
  if (change.stopped->empty()) return remove_stop_.bind_integer(1, change.target).run();
  return put_stop_.bind_integer(1, change.target)
      .bind_integer(2, change.at.ms)
      .bind_text(3, *change.stopped)
      .run();
}

base::Result<void> Deliveries::write_update(const delivery::RowUpdate& update, base::Timestamp at) {
  return put_state_.bind_integer(1, update.id)
      .bind_integer(2, static_cast<int64_t>(update.state))
      .bind_integer(3, at.ms)
      .bind_blob(4, update.progress.empty() ? std::string_view("") : update.progress)
      .run();
}

base::Result<void> Deliveries::remove_old(int64_t target, base::Timestamp before, size_t limit) {
  list_old_.bind_integer(1, before.ms)
      .bind_integer(2, static_cast<int64_t>(limit))
      .bind_integer(3, target);
  const auto old = all<int64_t>(list_old_, [](const Statement& from) { return from.integer(0); });
  if (!old) return std::unexpected(old.error());
  for (const int64_t id : *old) {
    auto removed = remove_state_.bind_integer(1, id).run();
    if (removed) removed = remove_row_.bind_integer(1, id).run();
    if (!removed) return removed;
  }
  return {};
}

base::Result<std::vector<runtime::DeliveryTarget>> Deliveries::targets() {
  const std::lock_guard lock(reading_mutex_);
  auto select =
      reading_.prepare("SELECT target, solution, environment, receiver FROM delivery_targets");
  if (!select) return std::unexpected(select.error());
  return all<runtime::DeliveryTarget>(*select, [](const Statement& from) {
    return runtime::DeliveryTarget{from.integer(0), std::string(from.bytes(1)),
                                   std::string(from.bytes(2)), std::string(from.bytes(3))};
  });
}

base::Result<std::vector<delivery::Row>> Deliveries::waiting(int64_t target, int64_t after,
                                                             size_t limit) {
  const std::lock_guard lock(reading_mutex_);
  waiting_.bind_integer(1, target).bind_integer(2, after).bind_integer(3,
                                                                       static_cast<int64_t>(limit));
  return all<delivery::Row>(waiting_, row_of);
}

base::Result<std::optional<StoredDelivery>> Deliveries::find(std::string_view key) {
  const std::lock_guard lock(reading_mutex_);
  return first_stored(find_.bind_text(1, key));
}

base::Result<std::optional<StoredDelivery>> Deliveries::get(int64_t id) {
  const std::lock_guard lock(reading_mutex_);
  return first_stored(get_.bind_integer(1, id));
}

base::Result<std::vector<StoredDelivery>> Deliveries::list(const runtime::DeliveryFilter& filter) {
  const std::lock_guard lock(reading_mutex_);
  return list_stored(reading_, filter);
}

base::Result<std::map<int64_t, std::vector<ObjectRef>>> Deliveries::marks() {
  const std::lock_guard lock(reading_mutex_);
  auto select = reading_.prepare("SELECT mark, objects FROM delivery_marks");
  if (!select) return std::unexpected(select.error());
  std::map<int64_t, std::vector<ObjectRef>> out;
  for (;;) {
    const auto row = select->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return out;
    out[select->integer(0)] = read_objects(select->bytes(1));
  }
}

base::Result<std::vector<runtime::DeliveryOrder>> Deliveries::orders(size_t limit) {
  const std::lock_guard lock(reading_mutex_);
  auto select =
      reading_.prepare("SELECT number, action, id FROM delivery_orders ORDER BY number LIMIT ?1");
  if (!select) return std::unexpected(select.error());
  select->bind_integer(1, static_cast<int64_t>(limit));
  return all<runtime::DeliveryOrder>(*select, [](const Statement& from) {
    using Action = runtime::DeliveryOrder::Action;
    return runtime::DeliveryOrder{
        from.integer(0), from.integer(1) == 0 ? Action::retry : Action::drop, from.integer(2)};
  });
}

}  // namespace millrace::storage
