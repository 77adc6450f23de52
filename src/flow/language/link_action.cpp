// What an action runs, with what, and where its result leads.
#include <algorithm>

#include "base/text.hpp"
#include "flow/language/nodes.hpp"

namespace millrace::flow {
namespace {

using base::trim;

// Finds the places to fill in a payload, however deep.
void collect_slots(const json::value& value, json::array& path, std::vector<PayloadSlot>& slots) {
  if (const auto* text = value.if_string()) {
    Template parsed = parse_template(*text);
    if (!parsed.is_literal()) slots.push_back({path, std::move(parsed)});
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      path.emplace_back(std::string_view(member.key()));
      collect_slots(member.value(), path, slots);
      path.pop_back();
    }
  } else if (const auto* array = value.if_array()) {
    for (size_t i = 0; i < array->size(); ++i) {
      path.emplace_back(static_cast<int64_t>(i));
      collect_slots((*array)[i], path, slots);
      path.pop_back();
    }
  }
}

bool is_camel_case(std::string_view text) {
  return !text.empty() && text[0] >= 'A' && text[0] <= 'Z' && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

}  // namespace

void for_each_handed_on(const Tree& payload,
                        const std::function<void(const std::string&, const Place&)>& visit) {
  if (const auto* members = payload.map()) {
    for (const auto& [key, member] : *members) for_each_handed_on(member, visit);
  } else if (const auto* items = payload.list()) {
    for (const Tree& item : *items) for_each_handed_on(item, visit);
  } else if (const auto text = payload.text()) {
    visit(std::string(*text), payload.at);
  }
}

void Link::check_command(ActionNode& node) {
  const Place place = at(Column::command, draft_.command.at);
  if (node.command.empty()) {
    error(place, "command_missing",
          either("an A node needs a command", "'do' needs the name of a command"));
    return;
  }
  if (!is_camel_case(node.command)) {
    error(place, "camel_case",
          either("Command string must follow camelcase convention",
                 "a command is named LikeThis: letters and digits, a capital first"));
    return;
  }
  if (facts_.scripts.contains(node.command)) return;  // the solution's own script goes first
  if (const NativeUse* use = find_native(node.command)) {
    node.native = use->native;
    return;
  }
  node.owes = delivery::command_of(facts_.kinds, node.command);
  if (node.owes.command != nullptr) return;
  if (const auto instead = missing_native(node.command); !instead.empty()) {
    error(place, "command_unavailable",
          node.command + " needs a service of the platform's that is not here",
          std::string(instead));
    return;
  }
  std::vector<std::string> names(facts_.scripts.begin(), facts_.scripts.end());
  for (const NativeUse& use : natives()) names.emplace_back(use.command);
  for (const delivery::Kind* kind : facts_.kinds) {
    for (const delivery::Command& command : kind->commands) names.emplace_back(command.name);
  }
  const std::string near = did_you_mean(node.command, names);
  error(place, "command_unknown",
        "there is no action_nodes/" + node.command + ".py with a class " + node.command +
            ", and no built-in command of that name",
        near.empty() ? "add the script" : "did you mean " + near + "?");
}

void Link::link_payload(ActionNode& node) {
  if (draft_.payload) {
    const json::value payload = json_of(*draft_.payload);
    if (payload.is_object()) node.payload = payload.get_object();
    json::array path;
    collect_slots(node.payload, path, node.slots);
  }
  for (const PairDraft& input : draft_.inputs.value) {
    const std::string key(trim(input.value.value));
    const auto found = targets_.find(input.node.value);
    if (!is_yaml() && !found) {
      error(input.value.at, "bad_node_input",
            "'" + key + ":" + std::string(trim(input.node.value)) + "' is not key:node",
            "write payloadKey:nodeNumber");
    } else if (const auto to = target(input.node, Column::node_input)) {
      node.inputs.push_back({key, *to});
    }
  }
}

void Link::link_action_roads(ActionNode& node) {
  for (const PairDraft& pair : draft_.roads.value) {
    const std::string value(trim(pair.value.value));
    const auto to = target(pair, Column::what_next);
    if (!to) continue;
    if (node.road(value) != nullptr) {
      error(pair.value.at, "road_repeated", "'" + value + "' is given two roads", "keep one");
      continue;
    }
    node.roads.push_back({value, *to});
  }
  const Place place = at(Column::decision_variable, draft_.decide.at);
  if (node.decision.empty()) {
    error(place, "decision_missing",
          either("an A node needs the key of its result that decides the road",
                 "an action needs the output that decides where it leads"),
          node.outputs.empty()
              ? either("name one", "write outputs: [success] and decide: success")
              : either("name one of ", "write decide, with one of ") + list_of(node.outputs));
  } else if (std::ranges::find(node.outputs, node.decision) == node.outputs.end()) {
    error(place, "decision_not_in_output",
          is_yaml() ? "'" + node.decision + "' is not among the outputs"
                    : "proposed dir_field is not an element of the proposed payload",
          "add '" + node.decision + "' to " + either("Output", "outputs"));
  }
}

void Link::refuse_dialog_fields() {
  const std::pair<Column, Place> written[] = {
      {Column::next_nodes, draft_.next.at},
      {Column::rich_asset_type, draft_.asset ? draft_.asset->kind.at : Place{}},
      {Column::rich_asset_content,
       draft_.asset && (draft_.asset->fields || draft_.cells) ? draft_.asset->at : Place{}},
      {Column::answer_required, draft_.waits.at},
      {Column::behaviors, draft_.behaviours.at}};
  for (const auto& [column, place] : written) {
    if (!place.given()) continue;
    if (!is_yaml()) {
      error(place, "must_be_blank", "must be blank on A nodes");
    } else if (column == Column::next_nodes) {
      error(place, "must_be_blank", "an action does not lead on by 'next'",
            "write on: {value: node}");
    } else if (column != Column::rich_asset_content) {
      error(place, "must_be_blank",
            "'" + std::string(place.key) + "' belongs to a node that speaks",
            "write say or ask as well, or remove it");
    }
  }
}

ActionNode Link::link_action() {
  refuse_dialog_fields();
  ActionNode node;
  node.command = std::string(trim(draft_.command.value));
  check_command(node);
  link_payload(node);
  for (const Text& output : draft_.outputs.value) {
    if (const auto name = trim(output.value); !name.empty()) node.outputs.emplace_back(name);
  }
  node.decision = std::string(trim(draft_.decide.value));
  node.variables = variables();
  link_action_roads(node);
  return node;
}

}  // namespace millrace::flow
