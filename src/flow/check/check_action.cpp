// What an action asks of its program: its parameters, its roads, and where its values come from.
#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "flow/check/check_delivery.hpp"
#include "flow/check/node_checker.hpp"

namespace millrace::flow {

// A profile's external_id cannot be changed without a migration, and an e-mail address can
// (reference: partner-article.md 13).
void NodeChecker::check_external_id(const ActionNode& node) {
  for (const PayloadSlot& slot : node.slots) {
    if (slot.path.empty() || !slot.path.back().is_string()) continue;
    if (slot.path.back().get_string() != "external_id") continue;
    for (const Template::Part& part : slot.text.parts) {
      if (part.kind != Template::Kind::variable || !holds_email(part.text)) continue;
      warning(parameter("external_id"), "email_as_external_id",
              "{" + part.text + "} is an e-mail address, and people change theirs",
              "use an id that stays, and send the address as email");
    }
  }
}
bool NodeChecker::holds_email(const std::string& name) const {
  return name.contains("EMAIL") || name.contains("E_MAIL") || asking_.is_email(name);
}

void NodeChecker::check_environment_key(const Place& place, const std::string& key) {
  for (const auto& [environment, keys] : facts_.environments) {
    if (keys.contains(key)) continue;
    error(place, "environment_key_missing",
          "PARAMS['" + environment + "'] in app.py has no key '" + key + "'", "add it there");
  }
}

void NodeChecker::check(const ActionNode& node) {
  if (draft_.payload) {
    for_each_handed_on(*draft_.payload, [&](const std::string& text, const Place& place) {
      for (const Template::Part& part : parse_template(text).parts) {
        if (part.kind == Template::Kind::variable) check_variable(place, part.text);
        if (part.kind == Template::Kind::environment) check_environment_key(place, part.text);
      }
    });
  }
  check_external_id(node);
  if (node.roads.empty()) {
    error(roads(), "road_missing", "the action leads nowhere",
          either("write value~node|value~node", "write on: {value: node}"));
  }
  if (node.native) {
    check_native(node, *find_native(node.command));
  } else if (node.owes.command != nullptr) {
    check_owing(node);
  } else {
    check_script_roads(node);
  }
}

void NodeChecker::check_script_roads(const ActionNode& node) {
  const bool handled = node.road("error") != nullptr || asking_.has_error_handler();
  if (handled || node.roads.empty()) return;
  error(roads(), "road_missing",
        "there is no road 'error' for when the script fails or takes too long",
        road_hint("error") + ", or a handler node -500");
}

template <typename Use>
void NodeChecker::check_decision(const ActionNode& node, const Use& use) {
  if (!node.decision.empty() &&
      std::ranges::find(use.outputs, node.decision) == use.outputs.end()) {
    error(at(Column::decision_variable, draft_.decide.at), "decision_unknown",
          node.command + " answers under '" + std::string(use.outputs.front()) + "'",
          "write " + std::string(use.outputs.front()));
  }
}

template <typename Use>
void NodeChecker::check_parameters(const ActionNode& node, const Use& use) {
  std::vector<std::string> takes(use.takes.begin(), use.takes.end());
  for (const auto& member : node.payload) {
    const std::string key(member.key());
    if (std::ranges::find(takes, key) != takes.end()) continue;
    const std::string near = did_you_mean(key, takes);
    error(key_of_parameter(key), "parameter_unsupported",
          node.command + " does not take '" + key + "' here",
          near.empty() ? "it takes " + list_of(takes) : "did you mean '" + near + "'?");
  }
  for (const std::string_view key : use.needs) {
    if (node.payload.contains(key)) continue;
    error(parameter(), "parameter_missing", node.command + " needs '" + std::string(key) + "'");
  }
}

void NodeChecker::check_owing(const ActionNode& node) {
  check_decision(node, *node.owes.command);
  check_parameters(node, *node.owes.command);
  for (DeliveryProblem& found : check_delivery(asking_, node, is_yaml())) {
    error(found.is_road ? roads() : parameter(found.key), std::move(found.code),
          std::move(found.message), std::move(found.remedy));
  }
}

void NodeChecker::check_native(const ActionNode& node, const NativeUse& use) {
  check_decision(node, use);
  for (const std::string_view value : use.values) {
    if (node.road(value) != nullptr) continue;
    error(
        roads(), "road_missing",
        "there is no road '" + std::string(value) + "', which " + node.command + " can answer with",
        road_hint(value));
  }
  check_parameters(node, use);
  check_native_variables(node, use);
  if (use.native == Native::validate_date) check_date_parameters(node);
  check_regex(node, use);
}

// Natives are given names of variables, not values: each must exist.
void NodeChecker::check_native_variables(const ActionNode& node, const NativeUse& use) {
  for (const std::string_view key : use.names) {
    const auto* given = node.payload.if_contains(key);
    if (given == nullptr) continue;
    const auto* several = given->if_array();
    if (several != nullptr && node.command == "MultiVarCheck") {
      for (const json::value& name : *several) {
        check_variable(parameter(key), json::to_text(name));
      }
    } else if (!given->is_string()) {
      error(parameter(key), "parameter_type", "'" + std::string(key) + "' must be text");
    } else {
      check_variable(parameter(key), json::to_text(*given));
    }
  }
  for (const std::string_view key : {"set", "assign_metadata_vars", "passthrough_mapping"}) {
    const auto* given = node.payload.if_contains(key);
    if (given == nullptr || std::ranges::find(use.takes, key) == use.takes.end()) continue;
    if (!given->is_object()) {
      error(parameter(key), "parameter_type", "'" + std::string(key) + "' must be an object");
      continue;
    }
    for (const auto& member : given->get_object()) {
      const std::string name =
          key == "set" ? std::string(member.key()) : json::to_text(member.value());
      check_variable(parameter(key), name);
    }
  }
}

void NodeChecker::check_regex(const ActionNode& node, const NativeUse& use) {
  const auto regex = json::get_string(node.payload, "regex");
  if (!regex || std::ranges::find(use.takes, "regex") == use.takes.end()) return;
  if (const auto usable = ask::check_pattern(*regex); !usable) {
    error(parameter("regex"), "bad_pattern", usable.error().message);
  }
}

void NodeChecker::check_date_parameters(const ActionNode& node) {
  if (const auto compare = json::get_string(node.payload, "compare_with_today")) {
    constexpr std::string_view kKnown = "past future present not_past not_future not_present";
    const auto known = base::split(kKnown, ' ');
    if (std::ranges::find(known, *compare) == known.end()) {
      error(parameter("compare_with_today"), "parameter_value",
            "compare_with_today cannot be '" + std::string(*compare) + "'",
            "it is one of " + std::string(kKnown));
    } else if (const std::string value = std::string(*compare) + "_false";
               node.road(value) == nullptr) {
      error(roads(), "road_missing",
            "there is no road '" + value + "', which ValidateDate can answer with",
            road_hint(value));
    }
  }
  const auto earliest = json::get_string(node.payload, "earliest");
  if (node.payload.contains("earliest") && (!earliest || !base::parse_iso8601_date(*earliest))) {
    error(parameter("earliest"), "parameter_value", "earliest must be a date",
          "write it like 1900-01-01");
  }
}

}  // namespace millrace::flow
