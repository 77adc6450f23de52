#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "flow/cells.hpp"

namespace millrace::flow {
namespace {

using base::trim;

void refuse_cells(const Cells& cells, std::initializer_list<Column> columns,
                  std::string_view type) {
  for (const Column column : columns) {
    if (!cells.has(column)) continue;
    cells.error(column, "must_be_blank", "must be blank on " + std::string(type) + " nodes");
  }
}

// Features of the format that the engine does not run yet: better refused than ignored.
void refuse_unsupported(const Cells& cells) {
  for (const Column column : {Column::intent, Column::entity_type, Column::entity,
                              Column::skill_tag, Column::platform_flag, Column::event}) {
    if (!cells.has(column)) continue;
    cells.error(column, "unsupported", "this column is not supported yet", "leave it blank");
  }
  for (const Column column : {Column::node_tags, Column::flows, Column::css_classname}) {
    if (!cells.has(column)) continue;
    cells.warning(column, "not_used", "this column has no effect yet");
  }
}

void parse_behaviors(const Cells& cells, DialogNode& node) {
  for (const std::string& behavior : parse_list(cells[Column::behaviors])) {
    if (behavior == "disable_input") {
      node.input_disabled = true;
      continue;
    }
    cells.error(Column::behaviors, "unsupported",
                "the behaviour '" + behavior + "' is not supported", "supported is disable_input");
  }
}

void parse_rich_asset(const Cells& cells, DialogNode& node) {
  const auto type = cells[Column::rich_asset_type];
  if (type.empty()) {
    if (cells.has(Column::rich_asset_content)) {
      cells.error(Column::rich_asset_type, "asset_type_missing",
                  "there is content but no rich asset type", "write button");
    }
    return;
  }
  if (type != "button") {
    cells.error(Column::rich_asset_type, "unsupported",
                "the rich asset '" + std::string(type) + "' is not supported",
                "supported is button");
    return;
  }
  for (Pair& pair : parse_pairs(cells, Column::rich_asset_content)) {
    // An icon prefix, "<<far fa-check>> Label", is decoration; the label is what remains.
    std::string_view label = pair.value;
    if (label.starts_with("<<") && label.find(">>") != std::string_view::npos) {
      label = trim(label.substr(label.find(">>") + 2));
    }
    if (label.empty()) {
      cells.error(Column::rich_asset_content, "label_missing", "a button has no label");
      continue;
    }
    const bool repeated = std::ranges::any_of(
        node.buttons, [&](const Button& button) { return button.label[0].source() == label; });
    if (repeated) {
      cells.error(Column::rich_asset_content, "label_repeated",
                  "two buttons are called '" + std::string(label) + "'",
                  "give them different labels");
    }
    node.buttons.push_back({{parse_template(label)}, pair.target});
  }
  if (node.buttons.empty()) {
    cells.error(Column::rich_asset_content, "no_buttons", "no button is given",
                "write Label~node|Label~node");
  }
}

DialogNode parse_dialog(const Cells& cells) {
  refuse_cells(cells,
               {Column::command, Column::output, Column::node_input, Column::parameter_input,
                Column::decision_variable, Column::what_next},
               "D");
  DialogNode node;
  node.message = {parse_template(cells[Column::message])};
  node.waits = parse_flag(cells, Column::answer_required);
  const bool nlu_disabled = parse_flag(cells, Column::nlu_disabled);
  parse_behaviors(cells, node);
  parse_rich_asset(cells, node);
  if (cells.has(Column::next_nodes)) {
    node.next = parse_number(cells[Column::next_nodes]);
    if (!node.next) {
      cells.error(Column::next_nodes, "bad_number",
                  "'" + std::string(cells[Column::next_nodes]) + "' is not one node number",
                  nlu_disabled ? "when NLU Disabled? is set, the node can only have one child"
                               : "write one number");
    }
  }
  const auto variables = parse_variables(cells);
  if (variables.size() > 1 && node.waits) {
    cells.error(Column::variable, "one_variable", "an answer goes into one variable",
                "keep one name");
  }
  if (!variables.empty()) node.variable = variables.front();
  if (!node.buttons.empty() && !node.waits) {
    cells.error(Column::answer_required, "must_wait", "a node with buttons waits for an answer",
                "write 1");
  }
  if (node.waits && node.buttons.empty() && !node.next) {
    cells.error(Column::next_nodes, "road_missing", "the answer leads nowhere",
                "name the node that follows");
  }
  if (node.input_disabled && node.buttons.empty()) {
    cells.error(Column::behaviors, "no_way_to_answer",
                "the input is disabled and there is no button",
                "add buttons, or remove disable_input");
  }
  if (nlu_disabled && node.next) {
    for (const Button& button : node.buttons) {
      if (button.target == *node.next) continue;
      cells.error(Column::rich_asset_content, "one_child",
                  "when NLU Disabled? is set, the node can only have one child",
                  "let every button lead to node " + std::to_string(*node.next));
      break;
    }
  }
  return node;
}

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
    cells.error(Column::parameter_input, "bad_json", parsed.error().message,
                "write a JSON object, with double quotes");
    return;
  }
  node.payload = std::move(*parsed);
  json::array path;
  collect_slots(node.payload, path, node.slots);
}

void parse_node_input(const Cells& cells, ActionNode& node) {
  for (const std::string& item : parse_list(cells[Column::node_input])) {
    const auto colon = item.find(':');
    const auto number =
        colon == std::string::npos ? std::nullopt : parse_number(item.substr(colon + 1));
    if (!number || trim(item.substr(0, colon)).empty()) {
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
  std::vector<std::string> names(facts.scripts.begin(), facts.scripts.end());
  for (const NativeUse& use : natives()) names.emplace_back(use.command);
  const std::string near = did_you_mean(node.command, names);
  cells.error(Column::command, "command_unknown",
              "there is no action_nodes/" + node.command + ".py with a class " + node.command +
                  ", and no built-in command of that name",
              near.empty() ? "add the script" : "did you mean " + near + "?");
}

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

}  // namespace

void read_nodes(const Files& files, const AppFacts& facts, Program& program, Problems& problems) {
  const auto whole_file = [&](std::string code, std::string message, std::string remedy = {}) {
    problems.error({.file = std::string(kBotFile),
                    .code = std::move(code),
                    .message = std::move(message),
                    .remedy = std::move(remedy)});
  };
  const auto found = files.find(std::string(kBotFile));
  if (found == files.end()) {
    whole_file("file_missing", "the solution has no flow", "add templates/bot.csv");
    return;
  }
  const auto rows = read_csv(found->second);
  if (!rows) {
    whole_file("csv_syntax", rows.error().describe());
    return;
  }
  if (rows->empty()) {
    whole_file("csv_empty", "the file has no rows", "begin with the row of column headers");
    return;
  }
  const Header header = bind_header(rows->front(), problems);
  for (size_t i = 1; i < rows->size(); ++i) {
    Cells cells(header, (*rows)[i], problems);
    const auto number = parse_number(cells[Column::node_number]);
    if (!number || *number == 0) {
      cells.error(Column::node_number, "bad_number",
                  "'" + std::string(cells[Column::node_number]) + "' is not a node number",
                  "use a whole number other than 0");
      continue;
    }
    cells.node = *number;
    refuse_unsupported(cells);
    Node node{*number, std::string(cells[Column::node_name]), cells.line(), {}};
    if (cells[Column::node_type] == "D") {
      node.does = parse_dialog(cells);
    } else if (cells[Column::node_type] == "A") {
      node.does = parse_action(cells, facts);
    } else {
      cells.error(Column::node_type, "bad_type",
                  "'" + std::string(cells[Column::node_type]) + "' is not a node type",
                  "write D for dialog or A for action");
      continue;
    }
    const auto [existing, inserted] = program.nodes.try_emplace(*number, std::move(node));
    if (!inserted) {
      cells.error(Column::node_number, "number_repeated",
                  "node " + std::to_string(*number) + " is already on line " +
                      std::to_string(existing->second.row),
                  "give it a number of its own");
    }
  }
}

}  // namespace millrace::flow
