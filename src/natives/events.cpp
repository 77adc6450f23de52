// What pages told the chat (reference: studio-and-action-nodes.md 7). An event is
// {"name": kind, "detail": {...}}; where several of a kind came, the latest counts.
#include "base/text.hpp"
#include "natives/commands.hpp"

namespace millrace::natives {
namespace {

using flow::Native;

// The detail of the latest event for which `fits` holds; nullptr when there is none.
template <typename Fits>
const json::object* latest(const Call& call, Fits fits) {
  for (size_t i = call.known.events.size(); i-- > 0;) {
    const auto* event = call.known.events[i].if_object();
    const auto* detail = event == nullptr ? nullptr : json::get_object(*event, "detail");
    if (detail == nullptr) continue;
    if (fits(json::get_string(*event, "name").value_or(""), *detail)) return detail;
  }
  return nullptr;
}

// {"form": {"FIELD": "GLOBAL_VAR"}}
Result events_to_variables(const Call& call) {
  Result result{"false", {}, {}, {}};
  const auto* mapping = json::get_object(call.payload, "event_mapping");
  if (mapping == nullptr) return result;
  for (const auto& kind : *mapping) {
    const auto* fields = kind.value().if_object();
    const auto* detail = latest(call, [&](std::string_view name, const json::object&) {
      return name == std::string_view(kind.key());
    });
    if (fields == nullptr || detail == nullptr) continue;
    for (const auto& field : *fields) {
      const auto* value = detail->if_contains(field.key());
      if (value == nullptr) continue;
      result.assign.emplace_back(json::to_text(field.value()), json::to_text(*value));
      result.value = "true";
    }
  }
  return result;
}

// {"type": "single"}: the event's `date` into the node's first variable; "range": `start` and `end`
// into its first two.
Result get_events_date(const Call& call) {
  const bool is_range = call.text("type") == "range";
  const auto& variables = call.node.variables;
  if (variables.size() < (is_range ? 2u : 1u)) return {"error", {}, {}, {}};
  const auto* detail = latest(call, [&](std::string_view, const json::object& given) {
    return is_range ? given.contains("start") && given.contains("end") : given.contains("date");
  });
  if (detail == nullptr) return {"false", {}, {}, {}};
  if (!is_range) return {"true", {{variables[0], json::to_text(detail->at("date"))}}, {}, {}};
  return {"true",
          {{variables[0], json::to_text(detail->at("start"))},
           {variables[1], json::to_text(detail->at("end"))}},
          {},
          {}};
}

// Each of the node's variables from the field of that name, letter case ignored: STREET from
// detail.street of the latest event that has one of them.
Result get_address(const Call& call) {
  Result result{"error", {}, {}, {}};
  const auto value_of = [](const json::object& detail,
                           const std::string& name) -> const json::value* {
    for (const auto& member : detail) {
      if (base::equals_ignoring_case(member.key(), name)) return &member.value();
    }
    return nullptr;
  };
  const auto* detail = latest(call, [&](std::string_view, const json::object& given) {
    for (const std::string& name : call.node.variables) {
      if (value_of(given, name) != nullptr) return true;
    }
    return false;
  });
  if (detail == nullptr) return result;
  for (const std::string& name : call.node.variables) {
    const auto* value = value_of(*detail, name);
    if (value != nullptr) result.assign.emplace_back(name, json::to_text(*value));
  }
  result.value = "true";
  return result;
}

// FORM_ID tells the forms of one chat apart: 1, 2, 3, ...
Result set_form_id(const Call& call) {
  const std::string before = call.variable("FORM_ID");
  const bool is_number = !before.empty() && before.size() < 9 &&
                         before.find_first_not_of("0123456789") == std::string::npos;
  return {"true", {{"FORM_ID", std::to_string((is_number ? std::stoi(before) : 0) + 1)}}, {}, {}};
}

}  // namespace

Command event_command(Native native) {
  switch (native) {
    case Native::events_to_variables: return events_to_variables;
    case Native::get_events_date: return get_events_date;
    case Native::get_address: return get_address;
    case Native::set_form_id: return set_form_id;
    default: return nullptr;
  }
}

}  // namespace millrace::natives
