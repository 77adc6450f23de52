#include "delivery/braze/codec.hpp"

#include <algorithm>

#include "delivery/braze/answer.hpp"

namespace millrace::delivery::braze {
namespace {

constexpr size_t kEnvelopeBytes = 64;
constexpr int kAttributes = static_cast<int>(Array::attributes);

const BrazeParcel& own(const Parcel& parcel) {
  return static_cast<const BrazeParcel&>(parcel);
}

// Each object carries the identifiers, and what is not an attribute its delivery_id.
size_t bytes_of(const Row& row, const BrazeParcel& parcel) {
  constexpr size_t kAroundAnObject = 64;
  return row.body.size() + parcel.objects.size() * (parcel.user.size() + parcel.options.size() +
                                                    row.key.size() + kAroundAnObject);
}

Slot fresh_slot(const Entry& entry, size_t index) {
  const Object& object = entry.parcel->objects[index];
  Slot slot = slot_of(entry, index);
  if (object.array != kAttributes) return slot;
  slot.part = entry.progress.objects[index].part;
  slot.is_counting = object.is_counting && slot.part != Part::repeatable;
  slot.fields = object.fields;
  slot.text = attributes_text(own(*entry.parcel), slot.fields, slot.part);
  return slot;
}

// The later value wins, unless one of the two is an operation on what was there before.
bool join(Slot& slot, const Entry& entry, const json::object& attributes) {
  const BrazeParcel& parcel = own(*entry.parcel);
  const std::string options = "{" + parcel.user + parcel.options + ",";
  if (slot.is_apart || entry.is_apart || slot.part != Part::all || parcel.is_merging ||
      slot.fields.contains("_merge_objects") || !slot.text.starts_with(options)) {
    return false;
  }
  for (const auto& [name, value] : attributes) {
    const json::value* before = slot.fields.if_contains(name);
    if (before != nullptr && (!is_plain(name, *before) || !is_plain(name, value))) return false;
  }
  for (const auto& [name, value] : attributes) {
    slot.fields[name] = value;
    slot.is_counting |= is_counting(value);
  }
  slot.text = attributes_text(parcel, slot.fields, Part::all);
  return true;
}

std::string track_body(const Group& group) {
  size_t bytes = kEnvelopeBytes;
  for (const Slot& slot : group) bytes += slot.text.size() + 1;
  std::string body;
  body.reserve(bytes);
  body = "{";
  for (const Array array : {Array::attributes, Array::events, Array::purchases}) {
    bool is_first = true;
    for (const Slot& slot : group) {
      if (slot.array != static_cast<int>(array)) continue;
      if (is_first) {
        if (body.size() > 1) body += ',';
        body.append("\"").append(to_string(array)).append("\":[");
      } else {
        body += ',';
      }
      is_first = false;
      body += slot.text;
    }
    if (!is_first) body += ']';
  }
  return body + '}';
}

// The slot that the answer means; nullopt when it was not sent.
std::optional<size_t> slot_named(const Group& group, const Named& named) {
  if (!named.array) return std::nullopt;
  int64_t place = 0;
  for (size_t i = 0; i < group.size(); ++i) {
    if (group[i].array == static_cast<int>(*named.array) && place++ == named.index) return i;
  }
  return std::nullopt;
}

}  // namespace

base::Result<void> BrazeCodec::set(const Settings& settings) {
  url_ = setting(settings, "url");
  while (url_.ends_with('/')) url_.pop_back();
  api_key_ = setting(settings, "api_key");
  return {};
}

base::Result<std::unique_ptr<Parcel>> BrazeCodec::read(const Row& row) const {
  auto parcel = read_parcel(row);
  if (!parcel) return std::unexpected(parcel.error());
  parcel->bytes = bytes_of(row, *parcel);
  return std::make_unique<BrazeParcel>(std::move(*parcel));
}

std::string BrazeCodec::summary(const Row& row) const {
  const auto parcel = read_parcel(row);
  if (!parcel) return "cannot be read";
  if (parcel->is_alone) {
    return parcel->method + " " + parcel->path.substr(0, parcel->path.find('?'));
  }
  std::string out;
  for (const Array array : {Array::attributes, Array::events, Array::purchases}) {
    const auto count = std::ranges::count(parcel->objects, static_cast<int>(array), &Object::array);
    if (count == 0) continue;
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " ";
    const std::string_view name = to_string(array);
    out += count == 1 ? name.substr(0, name.size() - 1) : name;
  }
  return out;
}

Codec::Taken BrazeCodec::take(Load& load, Entry& entry, base::Timestamp now) {
  // Braze processes attributes, then events, then purchases: what would overtake waits. A user's
  // slots stand in that order too, so that the last one tells.
  const uint64_t owner = entry.parcel->queues.back();
  const auto last = std::ranges::find(load.group.rbegin(), load.group.rend(), owner, &Slot::owner);
  const auto& objects = entry.progress.objects;
  const auto first = std::ranges::find(objects, Fate::waiting, &ObjectProgress::fate);
  const int array = entry.parcel->objects[static_cast<size_t>(first - objects.begin())].array;
  if (last != load.group.rend() && array < last->array) return Taken::later;
  const auto waiting = std::ranges::count(objects, Fate::waiting, &ObjectProgress::fate);
  const bool is_first = load.group.empty();
  if (!is_first && load.group.size() + static_cast<size_t>(waiting) > limits_.objects_max) {
    return Taken::full;
  }
  const size_t envelope = is_first ? kEnvelopeBytes : 0;
  if (!is_first && load.bytes + entry.parcel->bytes > limits_.bytes_max) return Taken::full;
  Group fresh;
  for (size_t i = 0; i < objects.size() && fresh.size() < limits_.objects_max; ++i) {
    if (objects[i].fate != Fate::waiting) continue;
    if (entry.parcel->objects[i].array != kAttributes) {
      fresh.push_back(fresh_slot(entry, i));
    } else if (!take_attributes(load, entry, i, fresh, now)) {
      return Taken::later;
    }
  }
  load.bytes += envelope + entry.parcel->bytes;
  for (Slot& slot : fresh) load.group.push_back(std::move(slot));
  return Taken::yes;
}

// False when they have to wait for another request.
bool BrazeCodec::take_attributes(Load& load, Entry& entry, size_t index, Group& fresh,
                                 base::Timestamp now) {
  const uint64_t owner = entry.parcel->queues.back();
  const auto known = std::ranges::find_if(load.group, [&](const Slot& slot) {
    return slot.owner == owner && slot.array == kAttributes;
  });
  if (known != load.group.end()) {
    const Part part = entry.progress.objects[index].part;
    if (part != Part::all || !join(*known, entry, entry.parcel->objects[index].fields)) {
      return false;
    }
    known->sources.push_back({entry.row.id, static_cast<int32_t>(index)});
    return true;
  }
  Slot slot = fresh_slot(entry, index);
  const BrazeParcel& parcel = own(*entry.parcel);
  if (slot.part == Part::all && entry.progress.objects[index].times_unknown == 0) {
    slot.fields = memory_.changed(parcel.user, slot.fields, now);
    slot.text = attributes_text(parcel, slot.fields, slot.part);
    if (slot.text.empty()) {
      entry.progress.objects[index].fate = Fate::delivered;
      ++load.unchanged;
      return true;
    }
  }
  fresh.push_back(std::move(slot));
  return true;
}

Request BrazeCodec::write(const Group& group, const Parcel& first, base::Timestamp) const {
  const BrazeParcel& parcel = own(first);
  Request out;
  out.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + api_key_}};
  if (parcel.is_alone) {
    out.method = parcel.method;
    out.url = url_ + parcel.path;
    out.body = group.front().text;
  } else {
    out.url = url_ + "/users/track";
    out.body = track_body(group);
  }
  return out;
}

Answer BrazeCodec::read_answer(const Group& group, const Parcel& first,
                               const web::Response& response, base::Timestamp now) const {
  Reading reading = classify(response, now, sensitive());
  for (Named& named : reading.named) {
    if (const auto slot = slot_named(group, named)) {
      reading.refusals.push_back({*slot, std::move(named.reason)});
    } else {
      reading.names_others = true;
    }
  }
  // A call's path is its own business; a key is everybody's.
  const bool is_own_fault = first.is_alone && reading.status != 401;
  if (reading.kind == Answer::Kind::stopped && is_own_fault) reading.kind = Answer::Kind::unfit;
  return std::move(reading);
}

void BrazeCodec::accepted(const Parcel& parcel, const Slot& slot, base::Timestamp now) {
  if (slot.array == kAttributes) memory_.accepted(own(parcel).user, slot.fields, now);
  if (own(parcel).changes_profiles) memory_.forget_all();
}

void BrazeCodec::lost(const Parcel& parcel, const Object& object) {
  if (object.array == kAttributes) memory_.forget(own(parcel).user);
}

bool BrazeCodec::has_repeatable(const Parcel& parcel, const Object& object) const {
  return object.array == kAttributes &&
         !attributes_text(own(parcel), object.fields, Part::repeatable).empty();
}

void BrazeCodec::keep_repeatable(const Parcel& parcel, Slot& slot) const {
  if (slot.array != kAttributes || slot.part == Part::counting) return;
  slot.part = Part::repeatable;
  slot.is_counting = false;
  slot.text = attributes_text(own(parcel), slot.fields, slot.part);
}

// An address that Braze does not take loses the address alone, unless it says who is meant.
std::string BrazeCodec::lighten(Parcel& parcel, size_t object, const std::string& reason) const {
  json::object& fields = parcel.objects[object].fields;
  const bool is_address =
      reason.contains("'email' field is not a valid email") || reason.contains("EMAIL_BAD_FORMAT");
  if (!is_address || parcel.objects[object].array != kAttributes || !fields.contains("email") ||
      fields.size() == (fields.contains("_merge_objects") ? 2U : 1U)) {
    return "";
  }
  fields.erase("email");
  return reason + " The other attributes were sent without it.";
}

}  // namespace millrace::delivery::braze
