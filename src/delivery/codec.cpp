#include "delivery/codec.hpp"

namespace millrace::delivery {

std::string_view setting(const Settings& settings, std::string_view name) {
  const auto found = settings.find(name);
  if (found == settings.end() || found->second.empty()) return {};
  return found->second.front();
}

uint64_t queue_of(std::string_view kind, std::string_view name) {
  uint64_t hash = 1469598103934665603u;
  for (const std::string_view part : {kind, std::string_view("\0", 1), name}) {
    for (const char c : part) hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
  }
  return hash;
}

Slot slot_of(const Entry& entry, size_t index) {
  const Object& object = entry.parcel->objects[index];
  Slot slot;
  slot.array = object.array;
  slot.owner = entry.parcel->queues.back();
  slot.sources.push_back({entry.row.id, static_cast<int32_t>(index)});
  slot.is_counting = object.is_counting;
  slot.is_apart = entry.is_apart;
  slot.text = object.text;
  return slot;
}

}  // namespace millrace::delivery
