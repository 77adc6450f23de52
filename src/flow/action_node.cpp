#include <algorithm>

#include "base/text.hpp"
#include "flow/nodes.hpp"

namespace millrace::flow {
namespace {

using base::trim;

// Finds the places to fill in a Parameter Input, however deep.
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

void parse_parameter_input(const Cells& cells, ActionNode& node) {
  if (!cells.has(Column::parameter_input)) return;
  auto parsed = json::parse_object(cells[Column::parameter_input]);
  if (!parsed) {
    cells.error(Column::parameter_input, "bad_json", "JSON input error",
                parsed.error().message + "; write a JSON object, with double quotes");
    return;
  }
  node.payload = std::move(*parsed);
  json::array path;
  collect_slots(node.payload, path, node.slots);
}

void parse_node_input(const Cells& cells, ActionNode& node) {
  for (const std::string& item : parse_list(cells[Column::node_input])) {
    const auto colon = item.find(':');
    const auto number = colon == std::string::npos
                            ? std::nullopt
                            : cells.target(std::string_view(item).substr(colon + 1));
    if (!number || trim(std::string_view(item).substr(0, colon)).empty()) {
      cells.error(Column::node_input, "bad_node_input", "'" + item + "' is not key:node",
                  "write payloadKey:nodeNumber");
      continue;
    }
    node.inputs.push_back({std::string(trim(std::string_view(item).substr(0, colon))), *number});
  }
}

bool is_camel_case(std::string_view text) {
  return !text.empty() && text[0] >= 'A' && text[0] <= 'Z' && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

void check_command(const Cells& cells, const AppFacts& facts, ActionNode& node) {
  if (node.command.empty()) {
    cells.error(Column::command, "command_missing", "an A node needs a command");
    return;
  }
  if (!is_camel_case(node.command)) {
    cells.error(Column::command, "camel_case", "Command string must follow camelcase convention");
    return;
  }
  if (facts.scripts.contains(node.command)) return;  // the solution's own script goes first
  if (const NativeUse* use = find_native(node.command)) {
    node.native = use->native;
    return;
  }
  node.owes = delivery::command_of(facts.kinds, node.command);
  if (node.owes.command != nullptr) return;
  if (const auto instead = missing_native(node.command); !instead.empty()) {
    cells.error(Column::command, "command_unavailable",
                node.command + " needs a service of the platform's that is not here",
                std::string(instead));
    return;
  }
  std::vector<std::string> names(facts.scripts.begin(), facts.scripts.end());
  for (const NativeUse& use : natives()) names.emplace_back(use.command);
  for (const delivery::Kind* kind : facts.kinds) {
    for (const delivery::Command& command : kind->commands) names.emplace_back(command.name);
  }
  const std::string near = did_you_mean(node.command, names);
  cells.error(Column::command, "command_unknown",
              "there is no action_nodes/" + node.command + ".py with a class " + node.command +
                  ", and no built-in command of that name",
              near.empty() ? "add the script" : "did you mean " + near + "?");
}

}  // namespace

ActionNode parse_action(const Cells& cells, const AppFacts& facts) {
  refuse_cells(cells,
               {Column::next_nodes, Column::rich_asset_type, Column::rich_asset_content,
                Column::answer_required, Column::behaviors},
               "A");
  ActionNode node;
  node.command = std::string(cells[Column::command]);
  check_command(cells, facts, node);
  parse_parameter_input(cells, node);
  parse_node_input(cells, node);
  node.outputs = parse_list(cells[Column::output]);
  node.decision = std::string(cells[Column::decision_variable]);
  node.variables = parse_variables(cells);
  for (Pair& pair : parse_pairs(cells, Column::what_next)) {
    if (node.road(pair.value) != nullptr) {
      cells.error(Column::what_next, "road_repeated", "'" + pair.value + "' is given two roads",
                  "keep one");
      continue;
    }
    node.roads.push_back({std::move(pair.value), pair.target});
  }
  if (node.decision.empty()) {
    cells.error(Column::decision_variable, "decision_missing",
                "an A node needs the key of its result that decides the road",
                node.outputs.empty() ? "name one" : "name one of " + list_of(node.outputs));
  } else if (std::ranges::find(node.outputs, node.decision) == node.outputs.end()) {
    cells.error(Column::decision_variable, "decision_not_in_output",
                "proposed dir_field is not an element of the proposed payload",
                "add '" + node.decision + "' to Output");
  }
  return node;
}

}  // namespace millrace::flow
