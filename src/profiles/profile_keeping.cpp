// When profiles become durable: a record with each request, rows in bursts behind it.
#include <algorithm>
#include <future>

#include "profiles/json_text.hpp"
#include "profiles/profile_store.hpp"

namespace millrace::profiles {

base::Result<void> ProfileStore::begin() {
  if (!is_open_ || shared_->lost.load()) {
    // What is still under way may yet become durable; it must be read back with the rest.
    if (shared_->under_way.load() > 0) {
      return base::fail(base::Code::unavailable, "the store is being read again", "braze sandbox");
    }
    if (auto done = reload(); !done) return done;
  }
  see_what_is_durable();
  forget_least_recent();
  return {};
}

base::Result<void> ProfileStore::reload() {
  by_key_.clear();
  recent_.clear();
  held_.clear();
  bytes_ = 0;
  counters_.clear();
  touched_.clear();
  own_ = {};
  unwritten_.clear();
  leaving_.clear();
  needed_.clear();
  spent_.clear();
  log_bytes_ = 0;
  rows_.clear();
  is_open_ = false;
  shared_->lost = false;
  const auto counters = rows("c/");
  if (!counters) return std::unexpected(counters.error());
  for (const auto& [key, text] : *counters) {
    if (const auto total = json::parse(text); total && total->is_number()) {
      counters_.set(key, total->to_number<double>());
    }
  }
  for (Counter* counter : counters_.take_touched()) counter->is_touched = false;
  if (auto done = take_up_old_records(); !done) return done;
  const auto last =
      log_.each([this](uint64_t number, std::string_view record) { return redo(record, number); });
  if (!last) return std::unexpected(last.error());
  records_ = *last;
  // Rows of other kinds are read from the store alone.
  if (!rows_.empty()) {
    if (auto done = put_rows(); !done) return done;
  }
  is_open_ = true;
  ++generation_;
  return {};
}

// Before there was a record log, records were rows. What a killed run of then left is laid out at
// once, and those rows go with the same batch.
base::Result<void> ProfileStore::take_up_old_records() {
  const auto old = rows("l/");
  if (!old) return std::unexpected(old.error());
  if (old->empty()) return {};
  for (const auto& [key, record] : *old) {
    if (auto done = redo(record, 1); !done) return done;
    rows_.insert_or_assign(key, std::nullopt);
  }
  write_rows(unwritten_.size(), unwritten_.size(), 0);
  needed_.clear();
  spent_.clear();
  log_bytes_ = 0;
  return put_rows();
}

base::Result<void> ProfileStore::put_rows() {
  std::promise<base::Result<void>> stored;
  const uint64_t number = batches_ + 1;
  ++shared_->under_way;
  hand_over(store_, take_rows(), number, shared_,
            [&](base::Result<void> done) { stored.set_value(std::move(done)); });
  return stored.get_future().get();
}

void ProfileStore::write_row(Held& held) {
  const std::string& id = held.profile.braze_id;
  const auto put = [this](std::string key, std::optional<std::string> value) {
    rows_.insert_or_assign(std::move(key), std::move(value));
  };
  if (held.is_gone) {
    put("p/" + id, std::nullopt);
    if (const auto runs = rows("o/" + id + "/")) {
      for (const auto& [key, text] : *runs) put(key, std::nullopt);
    }
    for (const HistoryRun& run : held.leaving) put(history_key(id, run.first), std::nullopt);
  } else {
    std::string text;
    held.profile.append_to(text);
    put("p/" + id, std::move(text));
  }
  for (const std::string& key : held.stored_keys) {
    if (std::ranges::find(held.keys, key) != held.keys.end()) continue;
    // Unless it has become another profile's meanwhile, which is held, or has its row by now.
    const bool is_anothers = by_key_.contains(key) || store_.get(key).value_or("") != id;
    if (shared_part(key) != key || !is_anothers) put(key, std::nullopt);
  }
  for (const std::string& key : held.keys) {
    if (std::ranges::find(held.stored_keys, key) == held.stored_keys.end()) put(key, id);
  }
  held.stored_keys = held.keys;
  if (!held.history.empty() && !held.is_gone) {
    put(history_key(id, held.history_stored), "[" + held.history + "]");
    held.leaving.push_back({held.history_stored, std::move(held.history)});
    held.history_stored += held.history_lines;
  }
  held.history = {};
  held.history_lines = 0;
  held.history_recorded = 0;
  held.unwritten_since = 0;
  held.written_with = batches_ + 1;
  leaving_.emplace_back(held.written_with, &held);
}

// The oldest first, until the log is as short as wanted, or so many.
void ProfileStore::write_rows(size_t at_least, size_t at_most, size_t log_bytes_wanted) {
  for (size_t i = 0; i < at_most && !unwritten_.empty(); ++i) {
    if (i >= at_least && log_bytes_ <= log_bytes_wanted) break;
    const Unwritten item = unwritten_.front();
    unwritten_.pop_front();
    if (item.held != nullptr) {
      write_row(*item.held);
    } else {
      std::string text;
      append_json(text, json::value(item.counter->total));
      rows_.insert_or_assign(item.counter->key, std::move(text));
      item.counter->unwritten_since = 0;
    }
    note_spent();
  }
}

// Records that no row lacks, once the next batch of rows is durable.
void ProfileStore::note_spent() {
  const uint64_t needed_from = unwritten_.empty() ? records_ + 1 : unwritten_.front().since;
  while (!needed_.empty() && needed_.front().first < needed_from) {
    spent_.push_back({needed_.front().first, batches_ + 1});
    log_bytes_ -= needed_.front().second;
    needed_.pop_front();
  }
}

// In bursts, and more than came in, so that the store has many rows to write at once.
void ProfileStore::write_due_rows(size_t touched) {
  constexpr size_t kRowsAtLeast = 32;
  const size_t most = limits_.log_bytes_max;
  const size_t well_below = most - most / 8;
  is_shortening_ = log_bytes_ > (is_shortening_ ? well_below : most);
  const bool is_memory_short = bytes_ > limits_.memory_bytes_max;
  if (!is_shortening_ && !is_memory_short) return;
  const size_t many = std::max(kRowsAtLeast, 2 * touched);
  write_rows(is_memory_short ? many : 0, 4 * many, well_below);
}

// Sorted, for what lies side by side is written side by side.
base::KeyValueBatch ProfileStore::take_rows() {
  base::KeyValueBatch batch;
  batch.writes.reserve(rows_.size());
  while (!rows_.empty()) {
    auto row = rows_.extract(rows_.begin());
    batch.writes.emplace_back(std::move(row.key()), std::move(row.mapped()));
  }
  ++batches_;
  return batch;
}

void ProfileStore::hand_over(base::KeyValueStore& store, base::KeyValueBatch rows, uint64_t number,
                             std::shared_ptr<Shared> shared, base::RecordLog::Done done) {
  store.commit(std::move(rows), [shared = std::move(shared), number,
                                 done = std::move(done)](base::Result<void> stored) mutable {
    if (!stored) shared->lost = true;
    if (!shared->lost) shared->durable = number;
    --shared->under_way;
    if (done) done(std::move(stored));
  });
}

// The record first: no row tells of what could still be lost. When the rows fall behind, requests
// wait for them.
void ProfileStore::commit(base::RecordLog::Done done) {
  if (touched_.empty() && own_.writes.empty()) {
    done({});
    return;
  }
  const size_t touched = touched_.size();
  const uint64_t number = ++records_;
  std::string record = record_of(number);
  needed_.emplace_back(number, record.size());
  log_bytes_ += record.size();
  write_due_rows(touched);
  constexpr uint64_t kBatchesAheadMax = 16;
  const bool waits = batches_ - shared_->durable > kBatchesAheadMax;
  const bool has_rows = !rows_.empty();
  base::KeyValueBatch rows = has_rows ? take_rows() : base::KeyValueBatch();
  ++shared_->under_way;
  log_.append(number, std::move(record),
              [shared = shared_, store = &store_, batch = batches_, waits, has_rows,
               rows = std::move(rows), done = std::move(done)](base::Result<void> stored) mutable {
                if (!stored || !has_rows) {
                  if (!stored) shared->lost = true;
                  --shared->under_way;
                  done(std::move(stored));
                } else if (waits) {
                  // Whatever becomes of them: the record is durable.
                  hand_over(
                      *store, std::move(rows), batch, std::move(shared),
                      [done = std::move(done)](const base::Result<void>&) mutable { done({}); });
                } else {
                  hand_over(*store, std::move(rows), batch, std::move(shared), {});
                  done({});
                }
              });
}

base::Result<void> ProfileStore::settle(const std::function<bool()>& has_time) {
  const auto lost = [] {
    return base::fail(base::Code::unavailable, "what was changed could not be written");
  };
  if (!is_open_) return {};
  if (shared_->lost) return lost();
  // Once this one is durable, so are all before it, and their rows are on their way.
  std::promise<base::Result<void>> recorded;
  log_.append(records_ + 1, record_of(records_ + 1),
              [&](base::Result<void> done) { recorded.set_value(std::move(done)); });
  if (auto done = recorded.get_future().get(); !done) return done;
  needed_.emplace_back(++records_, 0);
  constexpr size_t kRowsTogether = 10'000;
  do {
    write_rows(kRowsTogether, kRowsTogether, 0);
    note_spent();
    if (auto done = put_rows(); !done) return done;
    if (shared_->lost) return lost();
    see_what_is_durable();
  } while (!unwritten_.empty() && has_time());
  return {};
}

// A record goes once the rows that made it needless are durable.
void ProfileStore::see_what_is_durable() {
  durable_ = shared_->durable;
  uint64_t through = 0;
  for (; !spent_.empty() && spent_.front().batch <= durable_; spent_.pop_front()) {
    through = spent_.front().record;
  }
  if (through != 0) log_.drop(through);
  for (; !leaving_.empty() && leaving_.front().first <= durable_; leaving_.pop_front()) {
    Held& held = *leaving_.front().second;
    if (held.written_with > durable_) continue;
    size_t bytes = 0;
    for (const HistoryRun& run : held.leaving) bytes += run.lines.size();
    held.leaving.clear();
    bytes_ -= held.bytes;
    held.bytes -= std::min(held.bytes, bytes);
    bytes_ += held.bytes;
  }
}

bool ProfileStore::may_be_forgotten(const Held& held) const {
  return held.unwritten_since == 0 && !held.is_touched && held.written_with <= durable_;
}

void ProfileStore::forget_least_recent() {
  constexpr int kTries = 256;
  for (int i = 0; i < kTries && bytes_ > limits_.memory_bytes_max && !recent_.empty(); ++i) {
    Held& held = *recent_.back();
    if (!may_be_forgotten(held)) {
      recent_.splice(recent_.begin(), recent_, held.recent);
      continue;
    }
    unindex(held);
    recent_.pop_back();
    bytes_ -= held.bytes;
    const std::string id = held.profile.braze_id;
    held_.erase(id);
  }
}

}  // namespace millrace::profiles
