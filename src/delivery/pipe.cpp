// Rows in and out of the pipe, and what becomes of their objects.
#include "delivery/pipe.hpp"

#include <algorithm>

namespace millrace::delivery {
namespace {

// Each object carries the identifiers, and what is not an attribute its delivery_id.
size_t bytes_of(const Row& row, const Parcel& parcel) {
  constexpr size_t kAroundAnObject = 64;
  return row.body.size() + parcel.objects.size() * (parcel.user.size() + parcel.options.size() +
                                                    row.key.size() + kAroundAnObject);
}

}  // namespace

Pipe::Pipe(Rules rules) : rules_(rules), memory_(rules) {}

void Pipe::add(Row row, base::Timestamp) {
  const int64_t id = row.id;
  if (has(id)) return;
  Entry entry{std::move(row), {}, {}};
  auto parcel = read_parcel(entry.row);
  if (!parcel) {
    entry.progress.objects.resize(1);
    entry.progress.objects[0].fate = Fate::rejected;
    entry.progress.objects[0].reason = parcel.error().message;
    ++effects_.rejected;
    settle(entry);
    return;
  }
  entry.parcel = std::move(*parcel);
  entry.progress = read_progress(entry.row.progress, entry.parcel.objects.size());
  entry.bytes = bytes_of(entry.row, entry.parcel);
  entry.row.body.clear();  // read; the objects are what is kept
  entry.row.body.shrink_to_fit();
  if (entry.progress.is_settled()) {
    settle(entry);
    return;
  }
  waiting_.emplace(id, std::move(entry));
}

void Pipe::suppose_sent(Row row, const std::vector<ObjectRef>& objects) {
  auto parcel = read_parcel(row);
  if (!parcel) return;
  Entry entry{std::move(row), std::move(*parcel), {}};
  entry.progress = read_progress(entry.row.progress, entry.parcel.objects.size());
  for (const ObjectRef& ref : objects) {
    const auto object = static_cast<size_t>(ref.object);
    if (ref.object < 0 || object >= entry.progress.objects.size()) continue;
    if (entry.progress.objects[object].fate != Fate::waiting) continue;
    outcome_unknown(entry, object);
  }
  settle(entry);
}

void Pipe::retry(Row row, base::Timestamp now) {
  if (has(row.id)) return;
  auto parcel = read_parcel(row);
  const size_t objects = parcel ? parcel->objects.size() : 1;
  Progress progress = read_progress(row.progress, objects);
  for (ObjectProgress& object : progress.objects) {
    if (object.fate == Fate::unknown) {
      // Of an attributes object that was delivered but for its counting part, that part.
      if (object.counting_unknown) object.part = Part::counting;
      object.counting_unknown = false;
      object.may_be_twice = true;
    } else if (object.fate != Fate::rejected && object.fate != Fate::dropped) {
      continue;
    }
    object.fate = Fate::waiting;
    object.times_unknown = 0;
    object.reason.clear();
  }
  progress.is_config_error = false;
  row.progress = write_progress(progress);
  if (!progress.is_settled()) effects_.updates.push_back({row.id, State::waiting, row.progress});
  add(std::move(row), now);
}

void Pipe::drop(Row row) {
  if (const auto waits = waiting_.find(row.id); waits != waiting_.end()) {
    drop_waiting(waits->second);
    settle(waits->second);
    waiting_.erase(waits);
    return;
  }
  if (const auto flies = flying_.find(row.id); flies != flying_.end()) {
    flies->second.drop_wanted = true;
    return;
  }
  auto parcel = read_parcel(row);
  Entry entry{std::move(row), {}, {}};
  entry.progress = read_progress(entry.row.progress, parcel ? parcel->objects.size() : 1);
  for (ObjectProgress& object : entry.progress.objects) {
    if (object.fate == Fate::delivered || object.fate == Fate::dropped) continue;
    object.fate = Fate::dropped;
  }
  if (entry.progress.state() != State::delivered) settle(entry);
}

void Pipe::stop(std::string reason, base::Timestamp now) {
  probe_at_ = {now.ms + rules_.probe_ms};
  if (std::exchange(stopped_, true)) return;
  stopped_because_ = reason;
  effects_.notices.push_back({Notice::Kind::stopped, std::move(reason)});
}

void Pipe::resume() {
  if (!std::exchange(stopped_, false)) return;
  effects_.notices.push_back({Notice::Kind::resumed, "deliveries go out again"});
}

base::Timestamp Pipe::wake_at(base::Timestamp now) const {
  if (sending_ >= rules_.flights_max || (waiting_.empty() && flights_.empty())) return kNever;
  if (stopped_) return sending_ > 0 ? kNever : probe_at_;
  int64_t at = throttled_until_.ms;
  if (remaining_ && *remaining_ <= 0) at = std::max(at, window_ends_at_.ms);
  if (down_) return sending_ > 0 ? kNever : base::Timestamp{std::max(at, resume_at_.ms)};
  if (at > now.ms) return {at};
  int64_t first = kNever.ms;
  for (const Flight& flight : flights_) {
    if (!flight.is_sending) first = std::min(first, flight.not_before.ms);
  }
  return {first};
}

Pipe::Entry& Pipe::flying(int64_t row) {
  const auto found = flying_.find(row);
  MILLRACE_CHECK(found != flying_.end());
  return found->second;
}

void Pipe::note_attempt(const Group& group, int status, const std::string& request_id) {
  int64_t last = 0;
  for (const Slot& slot : group) {
    for (const ObjectRef& source : slot.sources) {
      if (std::exchange(last, source.row) == source.row) continue;
      Progress& progress = flying(source.row).progress;
      ++progress.attempts;
      progress.status = status;
      progress.request_id = request_id;
    }
  }
}

void Pipe::deliver(const Slot& slot, base::Timestamp now) {
  for (const ObjectRef& source : slot.sources) {
    Entry& entry = flying(source.row);
    ObjectProgress& object = entry.progress.objects[static_cast<size_t>(source.object)];
    if (object.counting_unknown) {
      object.fate = Fate::unknown;
      object.reason = "delivered, but whether its increments were is not known";
      ++effects_.held;
    } else {
      object.fate = Fate::delivered;
      object.part = Part::all;
      ++effects_.delivered;
    }
    touch(source.row);
  }
  const Entry& entry = flying(slot.sources.front().row);
  if (slot.array == Array::attributes) memory_.accepted(entry.parcel.user, slot.attributes, now);
  if (entry.parcel.changes_profiles) memory_.forget_all();
}

void Pipe::reject(const Slot& slot, const std::string& reason) {
  // Joined attributes: nobody knows whose fault it was, so each is tried by itself.
  const bool is_joined = slot.sources.size() > 1;
  for (const ObjectRef& source : slot.sources) {
    Entry& entry = flying(source.row);
    if (is_joined) {
      entry.is_apart = true;
      continue;
    }
    ObjectProgress& object = entry.progress.objects[static_cast<size_t>(source.object)];
    object.fate = Fate::rejected;
    object.reason = reason;
    ++effects_.rejected;
    touch(source.row);
  }
}

bool Pipe::outcome_unknown(Entry& entry, size_t index) {
  ObjectProgress& object = entry.progress.objects[index];
  const Object& content = entry.parcel.objects[index];
  const bool is_attributes = content.array == Array::attributes;
  const bool counts = content.is_counting && object.part != Part::repeatable;
  touch(entry.row.id);
  ++object.times_unknown;
  if (is_attributes) memory_.forget(entry.parcel.user);
  const bool is_held = rules_.ambiguous == Ambiguous::hold && counts;
  const bool has_more =
      is_attributes && object.part == Part::all &&
      !attributes_text(entry.parcel, content.attributes, Part::repeatable).empty();
  if (object.times_unknown > rules_.ambiguous_max || (is_held && !has_more)) {
    object.fate = Fate::unknown;
    object.reason = "it was sent and no answer came: it may have happened";
    ++effects_.held;
    return false;
  }
  if (is_held) {
    object.part = Part::repeatable;
    object.counting_unknown = true;
  } else if (counts) {
    object.may_be_twice = true;
    ++effects_.resent;
  }
  return true;
}

void Pipe::settle_touched() {
  for (const int64_t row : std::exchange(touched_, {})) {
    const auto found = flying_.find(row);
    if (found == flying_.end()) continue;
    settle(found->second);
    if (found->second.progress.is_settled()) flying_.erase(found);
  }
}

void Pipe::settle(const Entry& entry) {
  effects_.updates.push_back(
      {entry.row.id, entry.progress.state(), write_progress(entry.progress)});
}

void Pipe::drop_waiting(Entry& entry) {
  for (ObjectProgress& object : entry.progress.objects) {
    if (object.fate == Fate::waiting) object.fate = Fate::dropped;
  }
}

void Pipe::finish_group(Flight& flight) {
  flight.groups.pop_front();
  flight.failures = 0;
  flight.failures_alone = 0;
  flight.not_before = {};
}

void Pipe::end_if_done(Flights::iterator flight) {
  while (!flight->groups.empty() && flight->groups.front().empty()) finish_group(*flight);
  if (!flight->groups.empty()) return;
  for (const uint64_t queue : flight->queues) busy_.erase(queue);
  for (const int64_t row : flight->rows) {
    auto node = flying_.extract(row);
    if (node.empty()) continue;
    if (node.mapped().drop_wanted) {
      drop_waiting(node.mapped());
      settle(node.mapped());
    } else {
      waiting_.insert(std::move(node));
    }
  }
  flights_.erase(flight);
}

}  // namespace millrace::delivery
