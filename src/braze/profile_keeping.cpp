// How profiles become durable and come back: records, rows, and doing records again.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <future>

#include "braze/json_text.hpp"
#include "braze/profile_store.hpp"

namespace millrace::braze {
namespace {

std::string record_key(uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "l/%016llx", static_cast<unsigned long long>(number));
  return text;
}

std::optional<uint64_t> number_of(std::string_view key) {
  uint64_t number = 0;
  const auto end = key.data() + key.size();
  const auto read = std::from_chars(key.data() + 2, end, number, 16);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

void append_number(std::string& out, double number) {
  append_json(out, json::value(number));
}

}  // namespace

base::Result<void> ProfileStore::begin() {
  if (!is_open_ || shared_->lost.load()) {
    // What is still under way may yet become durable; it must be read back with the rest.
    if (shared_->under_way.load() > 0) {
      return base::fail(base::Code::unavailable, "the store is being read again", "braze sandbox");
    }
    if (auto done = reload(); !done) return done;
  }
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
  unwritten_.clear();
  log_.clear();
  spent_.clear();
  log_bytes_ = 0;
  batch_ = {};
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
  constexpr size_t kPage = 100;
  for (std::string after;;) {
    const auto page = store_.scan("l/", after, kPage);
    if (!page) return std::unexpected(page.error());
    for (const auto& [key, record] : *page) {
      const auto number = number_of(key);
      if (!number) return base::fail(base::Code::data_loss, "a record has no number", "braze.db");
      if (auto done = redo(record, *number); !done) return done;
      after = key;
    }
    if (page->size() < kPage) break;
  }
  is_open_ = true;
  ++generation_;
  return {};
}

// A record says how things were after it, so doing all of them again in order, over rows that may
// be younger, ends where it ended then.
base::Result<void> ProfileStore::redo(std::string_view record, uint64_t number) {
  const auto parsed = json::parse_object(record);
  if (!parsed) return std::unexpected(parsed.error());
  const auto* profiles = json::get_array(*parsed, "p");
  for (const json::value& item : profiles == nullptr ? json::array() : *profiles) {
    const auto* change = item.if_object();
    const auto id = change == nullptr ? std::nullopt : json::get_string(*change, "id");
    if (!id) return base::fail(base::Code::data_loss, "a record names no profile", "braze.db");
    const auto known = held_.find(std::string(*id));
    Held* held = known == held_.end() ? nullptr : known->second.get();
    if (held == nullptr) {
      const auto found = load(std::string(*id));
      if (!found) return std::unexpected(found.error());
      held = *found;
    }
    if (held == nullptr) {
      Profile fresh;
      fresh.braze_id = *id;
      held = &hold(std::move(fresh));
      bytes_ += held->bytes = 2'048;
    }
    if (held->unwritten_since == 0) {
      held->unwritten_since = number;
      unwritten_.push_back({number, held, nullptr});
    }
    unindex(*held);
    held->is_gone = json::get_bool(*change, "gone").value_or(false);
    if (held->is_gone) continue;
    held->profile.redo(*change);
    index(*held);
    const auto* lines = json::get_array(*change, "h");
    if (lines == nullptr) continue;
    // Lines are numbered to the end; those that a run has are there already.
    int64_t line_number = held->profile.occurrences - static_cast<int64_t>(lines->size());
    for (const json::value& line : *lines) {
      const auto here = held->history_stored + held->history_lines;
      if (line_number++ < here) continue;
      std::string text;
      append_json(text, line);
      add_line(*held, text);
    }
    held->history_recorded = held->history.size();
  }
  const auto* counters = json::get_array(*parsed, "c");
  for (const json::value& item : counters == nullptr ? json::array() : *counters) {
    const auto* pair = item.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string()) continue;
    counters_.set(json::to_text((*pair)[0]), (*pair)[1].to_number<double>());
  }
  for (Counter* counter : counters_.take_touched()) {
    counter->is_touched = false;
    if (counter->unwritten_since != 0) continue;
    counter->unwritten_since = number;
    unwritten_.push_back({number, nullptr, counter});
  }
  records_ = std::max(records_, number);
  log_.emplace_back(number, record.size());
  log_bytes_ += record.size();
  return {};
}

void ProfileStore::append_record(uint64_t number) {
  std::string record;
  record.reserve(touched_.size() * 256 + 64);
  record += R"({"p":[)";
  for (Held* held : touched_) {
    if (held != touched_.front()) record += ',';
    if (held->is_gone) {
      record += R"({"gone":true,"id":)";
      append_json(record, std::string_view(held->profile.braze_id));
      record += '}';
    } else {
      std::string_view fresh = std::string_view(held->history).substr(held->history_recorded);
      if (fresh.starts_with(',')) fresh.remove_prefix(1);
      held->profile.append_changes(record, fresh);
    }
    held->profile.changes = {};
    held->history_recorded = held->history.size();
    held->is_touched = false;
    if (held->unwritten_since == 0) {
      held->unwritten_since = number;
      unwritten_.push_back({number, held, nullptr});
    }
  }
  touched_.clear();
  record += R"(],"c":[)";
  bool is_first = true;
  for (Counter* counter : counters_.take_touched()) {
    if (!std::exchange(is_first, false)) record += ',';
    record += '[';
    append_json(record, std::string_view(counter->key));
    record += ',';
    append_number(record, counter->total);
    record += ']';
    counter->is_touched = false;
    if (counter->unwritten_since == 0) {
      counter->unwritten_since = number;
      unwritten_.push_back({number, nullptr, counter});
    }
  }
  record += "]}";
  log_.emplace_back(number, record.size());
  log_bytes_ += record.size();
  write(record_key(number), std::move(record));
}

void ProfileStore::write_row(Held& held) {
  const std::string& id = held.profile.braze_id;
  if (held.is_gone) {
    write("p/" + id, std::nullopt);
    if (const auto runs = rows("o/" + id + "/")) {
      for (const auto& [key, text] : *runs) write(key, std::nullopt);
    }
  } else {
    std::string text;
    held.profile.append_to(text);
    write("p/" + id, std::move(text));
  }
  for (const std::string& key : held.stored_keys) {
    if (std::ranges::find(held.keys, key) != held.keys.end()) continue;
    // Unless it has become another profile's meanwhile, which is held, or has its row by now.
    const bool is_anothers = by_key_.contains(key) || store_.get(key).value_or("") != id;
    if (shared_part(key) != key || !is_anothers) write(key, std::nullopt);
  }
  for (const std::string& key : held.keys) {
    if (std::ranges::find(held.stored_keys, key) == held.stored_keys.end()) write(key, id);
  }
  held.stored_keys = held.keys;
  if (!held.history.empty() && !held.is_gone) {
    write(history_key(id, held.history_stored), "[" + held.history + "]");
    held.history_stored += held.history_lines;
  }
  bytes_ -= held.bytes;
  held.bytes -= std::min(held.bytes, held.history.size());
  bytes_ += held.bytes;
  held.history = {};
  held.history_lines = 0;
  held.history_recorded = 0;
  held.unwritten_since = 0;
  held.written_with = batches_ + 1;
}

bool ProfileStore::is_log_long() const {
  return log_bytes_ > limits_.log_bytes_max;
}

// The oldest first, until the log is short again, or so many.
void ProfileStore::write_rows(size_t at_least, size_t at_most) {
  for (size_t i = 0; i < at_most && !unwritten_.empty(); ++i) {
    if (i >= at_least && !is_log_long()) break;
    const Unwritten item = unwritten_.front();
    unwritten_.pop_front();
    if (item.held != nullptr) {
      write_row(*item.held);
    } else {
      std::string text;
      append_number(text, item.counter->total);
      write(item.counter->key, std::move(text));
      item.counter->unwritten_since = 0;
    }
    const uint64_t needed = unwritten_.empty() ? records_ + 1 : unwritten_.front().since;
    while (!log_.empty() && log_.front().first < needed) {
      spent_.push_back({log_.front().first, batches_ + 1});
      log_bytes_ -= log_.front().second;
      log_.pop_front();
    }
  }
}

// A record goes once the rows that made it needless are durable.
void ProfileStore::drop_spent_records() {
  while (!spent_.empty() && spent_.front().batch <= shared_->durable) {
    write(record_key(spent_.front().record), std::nullopt);
    spent_.pop_front();
  }
}

void ProfileStore::commit(base::KeyValueStore::Done done) {
  const size_t touched = touched_.size();
  if (touched > 0) {
    append_record(++records_);
    constexpr size_t kRowsAtLeast = 32;
    const size_t many = std::max(kRowsAtLeast, 2 * touched);
    write_rows(bytes_ > limits_.memory_bytes_max ? many : 0, 4 * many);
    drop_spent_records();
  }
  if (batch_.writes.empty()) {
    done({});
    return;
  }
  const uint64_t number = ++batches_;
  ++shared_->under_way;
  store_.commit(std::exchange(batch_, {}), [shared = shared_, number, done = std::move(done)](
                                               base::Result<void> stored) mutable {
    if (stored) {
      shared->durable = number;
    } else {
      shared->lost = true;
    }
    --shared->under_way;
    done(std::move(stored));
  });
}

void ProfileStore::settle() {
  if (!is_open_ || shared_->lost) return;
  const auto commit_and_wait = [this] {
    std::promise<void> stored;
    commit([&](const base::Result<void>&) { stored.set_value(); });
    stored.get_future().wait();
  };
  write_rows(unwritten_.size(), unwritten_.size());
  commit_and_wait();
  drop_spent_records();
  commit_and_wait();
}

bool ProfileStore::may_be_forgotten(const Held& held) const {
  return held.unwritten_since == 0 && !held.is_touched && held.written_with <= shared_->durable;
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

}  // namespace millrace::braze
