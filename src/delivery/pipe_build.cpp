// What goes into the next request.
#include <algorithm>

#include "delivery/pipe.hpp"

namespace millrace::delivery {
namespace {

constexpr size_t kEnvelopeBytes = 64;
constexpr int kFailuresOfTheLame = 3;  // then others are tried first
constexpr size_t kSkippedMax = 1'000;  // rows looked at in vain for one request

}  // namespace

struct Pipe::Building {
  Flight flight;
  Group group;
  size_t bytes = kEnvelopeBytes;
  std::unordered_set<uint64_t> closed;  // queues whose next row has to wait for another request
  struct User {
    Array last = Array::attributes;    // the array that the user's last object here is in
    std::optional<size_t> attributes;  // the slot that has them
  };
  std::unordered_map<uint64_t, User> users;
};

bool Pipe::may_send(base::Timestamp now) const {
  if (sending_ >= rules_.flights_max || now < throttled_until_) return false;
  if (remaining_ && *remaining_ <= 0 && now < window_ends_at_) return false;
  if (stopped_) return sending_ == 0 && now >= probe_at_;
  if (down_) return sending_ == 0 && now >= resume_at_;
  return true;
}

std::optional<Sending> Pipe::next(base::Timestamp now) {
  if (remaining_ && now >= window_ends_at_) remaining_.reset();
  for (;;) {
    if (!may_send(now)) return std::nullopt;
    const auto flight = choose(now);
    if (flight == flights_.end()) return std::nullopt;
    remove_dropped(*flight);
    if (flight->groups.empty() || flight->groups.front().empty()) {
      end_if_done(flight);
      continue;
    }
    flight->is_sending = true;
    flight->number = ++numbers_;
    flight->began = now;
    ++sending_;
    if (remaining_) --*remaining_;
    // Nothing more until it has answered.
    if (stopped_) probe_at_ = {now.ms + rules_.probe_ms};
    return sending_of(*flight);
  }
}

// The one that failed least, so that one that always fails does not stand before the others.
Pipe::Flights::iterator Pipe::choose(base::Timestamp now) {
  const auto best_ready = [&] {
    auto best = flights_.end();
    for (auto it = flights_.begin(); it != flights_.end(); ++it) {
      const bool is_ready = !it->is_sending && (down_ || stopped_ || it->not_before <= now);
      if (is_ready && (best == flights_.end() || it->failures < best->failures)) best = it;
    }
    return best;
  };
  const auto best = best_ready();
  if (best != flights_.end() && best->failures < kFailuresOfTheLame) return best;
  const auto formed_max = 2 * static_cast<size_t>(rules_.flights_max);
  if (flights_.size() < formed_max && build(now)) return std::prev(flights_.end());
  return best;
}

bool Pipe::build(base::Timestamp now) {
  Building building;
  size_t skipped = 0;
  for (auto it = waiting_.begin(); it != waiting_.end() && skipped < kSkippedMax;) {
    Entry& entry = it->second;
    const auto current = it++;
    const bool must_wait = std::ranges::any_of(entry.parcel.queues, [&](uint64_t queue) {
      return busy_.contains(queue) || building.closed.contains(queue);
    });
    const Taken taken = must_wait ? Taken::later : take(building, entry, now);
    if (taken == Taken::full) break;
    if (taken == Taken::later) {
      ++skipped;
      building.closed.insert(entry.parcel.queues.begin(), entry.parcel.queues.end());
      continue;
    }
    if (entry.progress.is_settled()) {  // nothing of it had changed
      settle(entry);
      waiting_.erase(current);
      continue;
    }
    building.flight.rows.push_back(current->first);
    building.flight.queues.insert(building.flight.queues.end(), entry.parcel.queues.begin(),
                                  entry.parcel.queues.end());
    flying_.insert(waiting_.extract(current));
    if (building.flight.is_alone || building.group.size() >= rules_.objects_max) break;
  }
  if (building.flight.rows.empty()) return false;
  busy_.insert(building.flight.queues.begin(), building.flight.queues.end());
  building.flight.groups.push_back(std::move(building.group));
  flights_.push_back(std::move(building.flight));
  return true;
}

Pipe::Taken Pipe::take(Building& building, Entry& entry, base::Timestamp now) {
  if (entry.parcel.is_alone) {
    if (!building.group.empty()) return Taken::later;
    building.flight.is_alone = true;
    building.flight.method = entry.parcel.method;
    building.flight.path = entry.parcel.path;
    building.group.push_back(slot_of(entry, 0));
    return Taken::yes;
  }
  // Braze processes attributes, then events, then purchases: what would overtake waits.
  const auto known = building.users.find(entry.parcel.queues.back());
  const auto& objects = entry.progress.objects;
  const auto first = std::ranges::find(objects, Fate::waiting, &ObjectProgress::fate);
  const auto first_array = entry.parcel.objects[static_cast<size_t>(first - objects.begin())].array;
  if (known != building.users.end() && first_array < known->second.last) return Taken::later;
  const auto waiting = std::ranges::count(objects, Fate::waiting, &ObjectProgress::fate);
  const bool is_first = building.group.empty();
  if (!is_first && building.group.size() + static_cast<size_t>(waiting) > rules_.objects_max) {
    return Taken::full;
  }
  if (!is_first && building.bytes + entry.bytes > rules_.bytes_max) return Taken::full;
  Group fresh;
  for (size_t i = 0; i < objects.size() && fresh.size() < rules_.objects_max; ++i) {
    if (objects[i].fate != Fate::waiting) continue;
    if (entry.parcel.objects[i].array != Array::attributes) {
      fresh.push_back(slot_of(entry, i));
    } else if (!take_attributes(building, entry, i, fresh, now)) {
      return Taken::later;
    }
  }
  building.bytes += entry.bytes;
  for (Slot& slot : fresh) {
    auto& user = building.users[entry.parcel.queues.back()];
    user.last = slot.array;
    if (slot.array == Array::attributes) user.attributes = building.group.size();
    building.group.push_back(std::move(slot));
  }
  return Taken::yes;
}

// False when they have to wait for another request.
bool Pipe::take_attributes(Building& building, Entry& entry, size_t index, Group& fresh,
                           base::Timestamp now) {
  const auto known = building.users.find(entry.parcel.queues.back());
  if (known != building.users.end() && known->second.attributes) {
    Slot& slot = building.group[*known->second.attributes];
    const Part part = entry.progress.objects[index].part;
    if (part != Part::all || !join(slot, entry, entry.parcel.objects[index].attributes)) {
      return false;
    }
    slot.sources.push_back({entry.row.id, static_cast<int32_t>(index)});
    return true;
  }
  Slot slot = slot_of(entry, index);
  if (slot.part == Part::all && entry.progress.objects[index].times_unknown == 0) {
    slot.attributes = memory_.changed(entry.parcel.user, slot.attributes, now);
    slot.text = attributes_text(entry.parcel, slot.attributes, slot.part);
    if (slot.text.empty()) {
      entry.progress.objects[index].fate = Fate::delivered;
      ++effects_.unchanged;
      return true;
    }
  }
  fresh.push_back(std::move(slot));
  return true;
}

// The later value wins, unless one of the two is an operation on what was there before.
bool Pipe::join(Slot& slot, const Entry& entry, const json::object& attributes) {
  const std::string options = "{" + entry.parcel.user + entry.parcel.options + ",";
  if (slot.is_apart || entry.is_apart || slot.part != Part::all || entry.parcel.is_merging ||
      slot.attributes.contains("_merge_objects") || !slot.text.starts_with(options)) {
    return false;
  }
  for (const auto& [name, value] : attributes) {
    const json::value* before = slot.attributes.if_contains(name);
    if (before != nullptr && (!is_plain(name, *before) || !is_plain(name, value))) return false;
  }
  for (const auto& [name, value] : attributes) {
    slot.attributes[name] = value;
    slot.is_counting |= is_counting(value);
  }
  slot.text = attributes_text(entry.parcel, slot.attributes, Part::all);
  return true;
}

Pipe::Slot Pipe::slot_of(const Entry& entry, size_t index) const {
  const Object& object = entry.parcel.objects[index];
  Slot slot;
  slot.array = object.array;
  slot.sources.push_back({entry.row.id, static_cast<int32_t>(index)});
  slot.is_counting = object.is_counting;
  slot.is_apart = entry.is_apart;
  if (object.array != Array::attributes) {
    slot.text = object.text;
    return slot;
  }
  slot.part = entry.progress.objects[index].part;
  slot.is_counting = object.is_counting && slot.part != Part::repeatable;
  slot.attributes = object.attributes;
  slot.text = attributes_text(entry.parcel, slot.attributes, slot.part);
  return slot;
}

void Pipe::remove_dropped(Flight& flight) {
  for (Group& group : flight.groups) {
    std::erase_if(group, [&](const Slot& slot) {
      const bool all = std::ranges::all_of(
          slot.sources, [&](const ObjectRef& source) { return flying(source.row).drop_wanted; });
      if (!all) return false;
      for (const ObjectRef& source : slot.sources) {
        flying(source.row).progress.objects[static_cast<size_t>(source.object)].fate =
            Fate::dropped;
        touch(source.row);
      }
      return true;
    });
  }
  settle_touched();
}

Sending Pipe::sending_of(const Flight& flight) const {
  const Group& group = flight.groups.front();
  Sending out{flight.number, flight.method, flight.path, "", group.size(), {}};
  for (const Slot& slot : group) {
    if (slot.is_counting) {
      out.counting.insert(out.counting.end(), slot.sources.begin(), slot.sources.end());
    }
  }
  if (flight.is_alone) {
    out.body = group.front().text;
    return out;
  }
  size_t bytes = kEnvelopeBytes;
  for (const Slot& slot : group) bytes += slot.text.size() + 1;
  out.body.reserve(bytes);
  out.body = "{";
  for (const Array array : {Array::attributes, Array::events, Array::purchases}) {
    bool is_first = true;
    for (const Slot& slot : group) {
      if (slot.array != array) continue;
      if (is_first) {
        if (out.body.size() > 1) out.body += ',';
        out.body.append("\"").append(to_string(array)).append("\":[");
      } else {
        out.body += ',';
      }
      is_first = false;
      out.body += slot.text;
    }
    if (!is_first) out.body += ']';
  }
  out.body += '}';
  return out;
}

}  // namespace millrace::delivery
