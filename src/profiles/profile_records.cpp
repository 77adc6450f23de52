// A record of the log: what a request did, as how things are after it; and doing it again.
#include <algorithm>

#include "profiles/json_text.hpp"
#include "profiles/profile_store.hpp"

namespace millrace::profiles {
namespace {

void append_write(std::string& record, std::string_view key,
                  const std::optional<std::string>& value) {
  record += '[';
  append_json(record, key);
  if (value) {
    record += ',';
    append_json(record, std::string_view(*value));
  }
  record += ']';
}

}  // namespace

void ProfileStore::note_unwritten(uint64_t number, Held* held, Counter* counter) {
  uint64_t& since = held != nullptr ? held->unwritten_since : counter->unwritten_since;
  if (since != 0) return;
  since = number;
  unwritten_.push_back({number, held, counter});
}

std::string ProfileStore::record_of(uint64_t number) {
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
    note_unwritten(number, held, nullptr);
  }
  touched_.clear();
  record += R"(],"c":[)";
  bool is_first = true;
  for (Counter* counter : counters_.take_touched()) {
    if (!std::exchange(is_first, false)) record += ',';
    record += '[';
    append_json(record, std::string_view(counter->key));
    record += ',';
    append_json(record, json::value(counter->total));
    record += ']';
    counter->is_touched = false;
    note_unwritten(number, nullptr, counter);
  }
  record += R"(],"w":[)";
  is_first = true;
  for (auto& [key, value] : own_.writes) {
    if (!std::exchange(is_first, false)) record += ',';
    append_write(record, key, value);
    rows_.insert_or_assign(std::move(key), std::move(value));
  }
  own_ = {};
  record += "]}";
  return record;
}

// A record says how things were after it, so doing all of them again in order, over rows that may
// be younger, ends where it ended then.
base::Result<void> ProfileStore::redo(std::string_view record, uint64_t number) {
  const auto parsed = json::parse_object(record);
  if (!parsed) return std::unexpected(parsed.error());
  for (const json::value& item : items_in(*parsed, "p")) {
    if (auto done = redo_profile(item, number); !done) return done;
  }
  for (const json::value& item : items_in(*parsed, "c")) {
    const auto* pair = item.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string()) continue;
    counters_.set(json::to_text((*pair)[0]), (*pair)[1].to_number<double>());
  }
  for (Counter* counter : counters_.take_touched()) {
    counter->is_touched = false;
    note_unwritten(number, nullptr, counter);
  }
  for (const json::value& item : items_in(*parsed, "w")) {
    const auto* pair = item.if_array();
    if (pair == nullptr || pair->empty()) continue;
    auto value = pair->size() == 1 ? std::nullopt : std::optional(json::to_text((*pair)[1]));
    rows_.insert_or_assign(json::to_text((*pair)[0]), std::move(value));
  }
  needed_.emplace_back(number, record.size());
  log_bytes_ += record.size();
  return {};
}

base::Result<void> ProfileStore::redo_profile(const json::value& item, uint64_t number) {
  const auto* change = item.if_object();
  const auto id = change == nullptr ? std::nullopt : json::get_string(*change, "id");
  if (!id) return base::fail(base::Code::data_loss, "a record names no profile", "braze sandbox");
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
    bytes_ += held->bytes = kFreshBytes;
  }
  note_unwritten(number, held, nullptr);
  unindex(*held);
  held->is_gone = json::get_bool(*change, "gone").value_or(false);
  if (held->is_gone) return {};
  held->profile.redo(*change);
  index(*held);
  const auto* lines = json::get_array(*change, "h");
  if (lines == nullptr) return {};
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
  return {};
}

}  // namespace millrace::profiles
