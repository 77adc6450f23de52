// The Event column: one JSON object a node (reference: studio-and-action-nodes.md 4.9).
#include <algorithm>

#include "flow/nodes.hpp"

namespace millrace::flow {
namespace {

constexpr Column kColumn = Column::event;

using Properties = std::vector<std::pair<std::string, Template>>;

void read_properties(const Cells& cells, const json::object& object, std::string_view key,
                     Properties& out) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return;
  const auto* members = value->if_object();
  if (members == nullptr) {
    cells.error(kColumn, "event_field", "'" + std::string(key) + "' must be an object");
    return;
  }
  for (const auto& member : *members) {
    out.emplace_back(member.key(), parse_template(json::to_text(member.value())));
  }
}

void read_unset(const Cells& cells, const json::object& object, EventSpec& event) {
  const auto* value = object.if_contains("global_props_unset");
  if (value == nullptr) return;
  const auto* names = value->if_array();
  if (names == nullptr) {
    cells.error(kColumn, "event_field", "'global_props_unset' must be a list of names");
    return;
  }
  for (const json::value& name : *names) event.global_unset.push_back(json::to_text(name));
}

void read_retention(const Cells& cells, const json::object& object, EventSpec& event) {
  const auto* value = object.if_contains("retention_days");
  if (value == nullptr) return;
  const auto* members = value->if_object();
  if (members == nullptr) {
    cells.error(kColumn, "event_field", "'retention_days' must be an object of days");
    return;
  }
  for (const auto& member : *members) {
    const int64_t days = member.value().is_int64() ? member.value().get_int64() : 0;
    if (days <= 0 || days > 36'500) {
      cells.error(kColumn, "event_field",
                  "retention_days of '" + std::string(member.key()) + "' must be above 0");
      continue;
    }
    event.retention_days.emplace(member.key(), static_cast<int>(days));
  }
}

EventSpec read_event(const Cells& cells, const json::object& object, bool nested) {
  std::vector<std::string> known{"event_name", "additional_properties", "global_props",
                                 "global_props_unset", "retention_days"};
  if (!nested) {
    known.insert(known.end(), {"hide-user-text", "hide-app-text", "conditional_events"});
  }
  for (const auto& member : object) {
    const std::string key(member.key());
    if (std::ranges::find(known, key) != known.end()) continue;
    const std::string near = did_you_mean(key, known);
    cells.error(kColumn, "event_field_unknown", "an event has no field '" + key + "'",
                near.empty() ? "it has " + list_of(known) : "did you mean '" + near + "'?");
  }
  EventSpec event;
  event.name = json::get_string(object, "event_name").value_or("");
  if (event.name.empty()) event.name = cells[Column::node_name];
  read_properties(cells, object, "additional_properties", event.properties);
  read_properties(cells, object, "global_props", event.global_set);
  read_unset(cells, object, event);
  read_retention(cells, object, event);
  event.hide_user_text = json::get_bool(object, "hide-user-text").value_or(false);
  event.hide_app_text = json::get_bool(object, "hide-app-text").value_or(false);
  if (const auto* conditional = json::get_object(object, "conditional_events")) {
    for (const auto& member : *conditional) {
      const auto* inner = member.value().if_object();
      if (inner == nullptr) {
        cells.error(kColumn, "event_field",
                    "the event of '" + std::string(member.key()) + "' must be an object");
        continue;
      }
      event.by_road.emplace(member.key(), read_event(cells, *inner, true));
    }
  }
  return event;
}

}  // namespace

std::optional<EventSpec> parse_event(const Cells& cells) {
  if (!cells.has(kColumn)) return std::nullopt;
  const auto object = json::parse_object(cells[kColumn]);
  if (!object) {
    cells.error(kColumn, "bad_json", "JSON input error", object.error().message);
    return std::nullopt;
  }
  EventSpec event = read_event(cells, *object, false);
  if (event.name.empty()) {
    cells.error(kColumn, "event_field", "the event has no name",
                "give it an event_name, or name the node");
  }
  return event;
}

}  // namespace millrace::flow
