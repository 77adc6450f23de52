#include "delivery/settlement.hpp"

#include <algorithm>

namespace millrace::delivery {

Entry& Settlement::flying(int64_t row) {
  const auto found = flying_.find(row);
  MILLRACE_CHECK(found != flying_.end());
  return found->second;
}

void Settlement::add(Row row) {
  const int64_t id = row.id;
  if (has(id)) return;
  Entry entry{std::move(row), nullptr, {}};
  auto parcel = codec_.read(entry.row);
  if (!parcel) {
    entry.progress.objects.resize(1);
    entry.progress.objects[0].fate = Fate::rejected;
    entry.progress.objects[0].reason = parcel.error().message;
    ++effects_.rejected;
    settle(entry);
    return;
  }
  entry.parcel = std::move(*parcel);
  entry.progress = read_progress(entry.row.progress, entry.parcel->objects.size());
  entry.row.body.clear();  // read; the objects are what is kept
  entry.row.body.shrink_to_fit();
  if (entry.progress.is_settled()) {
    settle(entry);
    return;
  }
  waiting_.emplace(id, std::move(entry));
}

void Settlement::suppose_sent(Row row, const std::vector<ObjectRef>& objects) {
  auto parcel = codec_.read(row);
  if (!parcel) return;
  Entry entry{std::move(row), std::move(*parcel), {}};
  entry.progress = read_progress(entry.row.progress, entry.parcel->objects.size());
  for (const ObjectRef& ref : objects) {
    const auto object = static_cast<size_t>(ref.object);
    if (ref.object < 0 || object >= entry.progress.objects.size()) continue;
    if (entry.progress.objects[object].fate != Fate::waiting) continue;
    lose_object(entry, object);
  }
  settle(entry);
}

void Settlement::retry(Row row) {
  if (has(row.id)) return;
  auto parcel = codec_.read(row);
  const size_t objects = parcel ? (*parcel)->objects.size() : 1;
  Progress progress = read_progress(row.progress, objects);
  for (ObjectProgress& object : progress.objects) {
    if (object.fate == Fate::unknown) {
      // Of an object that was delivered but for its counting part, that part.
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
  add(std::move(row));
}

void Settlement::drop(Row row) {
  if (const auto waits = waiting_.find(row.id); waits != waiting_.end()) {
    drop_waiting(waits->second);
    return finish_waiting(waits);
  }
  if (const auto flies = flying_.find(row.id); flies != flying_.end()) {
    flies->second.drop_wanted = true;
    return;
  }
  auto parcel = codec_.read(row);
  Entry entry{std::move(row), nullptr, {}};
  entry.progress = read_progress(entry.row.progress, parcel ? (*parcel)->objects.size() : 1);
  for (ObjectProgress& object : entry.progress.objects) {
    if (object.fate == Fate::delivered || object.fate == Fate::dropped) continue;
    object.fate = Fate::dropped;
  }
  if (entry.progress.state() != State::delivered) settle(entry);
}

void Settlement::finish_waiting(Entries::iterator entry) {
  settle(entry->second);
  waiting_.erase(entry);
}

void Settlement::land(int64_t row) {
  auto node = flying_.extract(row);
  if (node.empty()) return;
  if (node.mapped().drop_wanted) {
    drop_waiting(node.mapped());
    settle(node.mapped());
  } else {
    waiting_.insert(std::move(node));
  }
}

void Settlement::note_attempt(const Group& group, int status, const std::string& request_id) {
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

void Settlement::deliver(const Slot& slot, base::Timestamp now) {
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
  codec_.accepted(*flying(slot.sources.front().row).parcel, slot, now);
}

void Settlement::reject(const Slot& slot, const std::string& reason) {
  // Of what was joined nobody knows whose fault it was, so each is tried by itself.
  const bool is_joined = slot.sources.size() > 1;
  for (const ObjectRef& source : slot.sources) {
    Entry& entry = flying(source.row);
    if (is_joined) {
      entry.is_apart = true;
      continue;
    }
    const auto index = static_cast<size_t>(source.object);
    ObjectProgress& object = entry.progress.objects[index];
    touch(source.row);
    if (auto said = codec_.lighten(*entry.parcel, index, reason); !said.empty()) {
      // It waits for a request without that, and what is said stays with it.
      object.reason = std::move(said);
      continue;
    }
    object.fate = Fate::rejected;
    object.reason = reason;
    ++effects_.rejected;
  }
}

void Settlement::flag_repeat(const Group& group) {
  for (const Slot& slot : group) {
    if (!slot.is_counting) continue;
    for (const ObjectRef& source : slot.sources) {
      auto& object = flying(source.row).progress.objects[static_cast<size_t>(source.object)];
      if (std::exchange(object.may_be_twice, true)) continue;
      ++effects_.resent;
      touch(source.row);
    }
  }
}

void Settlement::lose(Group& group) {
  std::erase_if(group, [&](Slot& slot) {
    std::erase_if(slot.sources, [&](const ObjectRef& source) {
      return !lose_object(flying(source.row), static_cast<size_t>(source.object));
    });
    if (slot.sources.empty()) return true;
    if (slot.is_counting && rules_.ambiguous == Ambiguous::hold) {
      codec_.keep_repeatable(*flying(slot.sources.front().row).parcel, slot);
    }
    return slot.text.empty() && slot.part == Part::repeatable;
  });
}

bool Settlement::lose_object(Entry& entry, size_t index) {
  ObjectProgress& object = entry.progress.objects[index];
  const Object& content = entry.parcel->objects[index];
  if (entry.parcel->drops_repeats) return true;
  const bool counts = content.is_counting && object.part != Part::repeatable;
  touch(entry.row.id);
  ++object.times_unknown;
  codec_.lost(*entry.parcel, content);
  const bool is_held = rules_.ambiguous == Ambiguous::hold && counts;
  const bool has_more = object.part == Part::all && codec_.has_repeatable(*entry.parcel, content);
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

void Settlement::take_out_dropped(Group& group) {
  std::erase_if(group, [&](const Slot& slot) {
    const bool all = std::ranges::all_of(
        slot.sources, [&](const ObjectRef& source) { return flying(source.row).drop_wanted; });
    if (!all) return false;
    for (const ObjectRef& source : slot.sources) {
      flying(source.row).progress.objects[static_cast<size_t>(source.object)].fate = Fate::dropped;
      touch(source.row);
    }
    return true;
  });
}

void Settlement::settle_touched() {
  for (const int64_t row : std::exchange(touched_, {})) {
    const auto found = flying_.find(row);
    if (found == flying_.end()) continue;
    settle(found->second);
    if (found->second.progress.is_settled()) flying_.erase(found);
  }
}

void Settlement::settle(const Entry& entry) {
  effects_.updates.push_back(
      {entry.row.id, entry.progress.state(), write_progress(entry.progress)});
}

void Settlement::drop_waiting(Entry& entry) {
  for (ObjectProgress& object : entry.progress.objects) {
    if (object.fate == Fate::waiting) object.fate = Fate::dropped;
  }
}

}  // namespace millrace::delivery
