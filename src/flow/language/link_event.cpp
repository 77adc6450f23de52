// The event of a node: one object (reference: studio-and-action-nodes.md 4.9).
#include <algorithm>

#include "base/text.hpp"
#include "flow/language/nodes.hpp"

namespace millrace::flow {
namespace {

using Properties = std::vector<std::pair<std::string, Template>>;

bool truth_at(const Tree& object, std::string_view key) {
  const Tree* value = object.find(key);
  const json::value* leaf = value == nullptr ? nullptr : value->scalar();
  return leaf != nullptr && leaf->is_bool() && leaf->get_bool();
}

}  // namespace

EventSpec Link::read_event(const Tree& object, bool nested) {
  std::vector<std::string> known{"event_name", "additional_properties", "global_props",
                                 "global_props_unset", "retention_days"};
  if (!nested) {
    known.insert(known.end(), {"hide-user-text", "hide-app-text", "conditional_events"});
  }
  for (const auto& [key, value] : *object.map()) {
    if (std::ranges::find(known, key.value) != known.end()) continue;
    const std::string near = did_you_mean(key.value, known);
    error(key.at, "event_field_unknown", "an event has no field '" + key.value + "'",
          near.empty() ? "it has " + list_of(known) : "did you mean '" + near + "'?");
  }
  EventSpec event;
  if (const Tree* name = object.find("event_name"); name != nullptr && name->text()) {
    event.name = *name->text();
  }
  if (event.name.empty()) event.name = base::trim(draft_.name.value);
  const std::pair<std::string_view, Properties*> properties[] = {
      {"additional_properties", &event.properties}, {"global_props", &event.global_set}};
  for (const auto& [key, into] : properties) {
    const Tree* value = object.find(key);
    if (value == nullptr) continue;
    if (value->map() == nullptr) {
      error(value->at, "event_field", "'" + std::string(key) + "' must be an object");
      continue;
    }
    for (const auto& [name, member] : *value->map()) {
      into->emplace_back(name.value, parse_template(json::to_text(json_of(member))));
    }
  }
  if (const Tree* unset = object.find("global_props_unset")) {
    if (unset->list() == nullptr) {
      error(unset->at, "event_field", "'global_props_unset' must be a list of names");
    } else {
      for (const Tree& name : *unset->list()) {
        event.global_unset.push_back(json::to_text(json_of(name)));
      }
    }
  }
  read_retention(object, event);
  event.hide_user_text = truth_at(object, "hide-user-text");
  event.hide_app_text = truth_at(object, "hide-app-text");
  const Tree* conditional = object.find("conditional_events");
  if (conditional == nullptr || conditional->map() == nullptr) return event;
  for (const auto& [road, inner] : *conditional->map()) {
    if (inner.map() == nullptr) {
      error(inner.at, "event_field", "the event of '" + road.value + "' must be an object");
    } else {
      event.by_road.emplace(road.value, read_event(inner, true));
    }
  }
  return event;
}

void Link::read_retention(const Tree& object, EventSpec& event) {
  const Tree* value = object.find("retention_days");
  if (value == nullptr) return;
  if (value->map() == nullptr) {
    error(value->at, "event_field", "'retention_days' must be an object of days");
    return;
  }
  for (const auto& [name, member] : *value->map()) {
    const json::value* leaf = member.scalar();
    const int64_t days = leaf != nullptr && leaf->is_int64() ? leaf->get_int64() : 0;
    if (days <= 0 || days > 36'500) {
      error(member.at, "event_field", "retention_days of '" + name.value + "' must be above 0");
      continue;
    }
    event.retention_days.emplace(name.value, static_cast<int>(days));
  }
}

std::optional<EventSpec> Link::link_event() {
  if (!draft_.event) return std::nullopt;
  if (draft_.event->map() == nullptr) {
    error(draft_.event->at, "event_field", "an event is a map");
    return std::nullopt;
  }
  EventSpec event = read_event(*draft_.event, false);
  if (event.name.empty()) {
    error(draft_.event->at, "event_field", "the event has no name",
          "give it an event_name, or name the node");
  }
  return event;
}

}  // namespace millrace::flow
