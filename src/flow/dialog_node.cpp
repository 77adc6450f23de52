#include <algorithm>

#include "flow/nodes.hpp"

namespace millrace::flow {
namespace {

Behaviors parse_behaviors(const Cells& cells) {
  Behaviors behaviors;
  const std::pair<std::string_view, bool*> known[] = {
      {"disable_input", &behaviors.disable_input},
      {"inline", &behaviors.embedded},
      {"xfer_to_agent", &behaviors.xfer_to_agent},
      {"multiple_choice", &behaviors.multiple_choice},
      {"secure", &behaviors.secure},
  };
  for (const std::string& behavior : parse_list(cells[Column::behaviors])) {
    const auto* found =
        std::ranges::find(known, behavior, &std::pair<std::string_view, bool*>::first);
    if (found != std::end(known)) {
      *found->second = true;
      continue;
    }
    std::vector<std::string> names;
    for (const auto& [name, flag] : known) names.emplace_back(name);
    const std::string near = did_you_mean(behavior, names);
    cells.error(Column::behaviors, "behaviour_unknown", "there is no behaviour '" + behavior + "'",
                near.empty() ? "it is one of " + list_of(names) : "did you mean " + near + "?");
  }
  return behaviors;
}

bool is_picker(AssetType type) {
  return type == AssetType::date_picker || type == AssetType::time_picker;
}

// Something of it answers the question: a choice, a page, a file.
bool answers(const RichAsset& asset) {
  if (asset.type == AssetType::none) return false;
  if (asset.type == AssetType::webview) return !asset.label.empty();
  return true;
}

size_t without_target(const RichAsset& asset) {
  const auto lacks = [](const Option& option) { return !option.target && option.url.empty(); };
  auto count = static_cast<size_t>(std::ranges::count_if(asset.options, lacks));
  for (const Card& card : asset.cards) {
    count += static_cast<size_t>(std::ranges::count_if(card.buttons, lacks));
  }
  return count;
}

// An asset needs its node to wait, except what only shows.
void check_waiting(const Cells& cells, const DialogNode& node) {
  const auto type = cells[Column::rich_asset_type];
  if (is_picker(node.asset.type)) {
    if (!node.waits) {
      cells.error(Column::answer_required, "must_wait",
                  "ans_req must be 1 when rich_type is " + std::string(type), "write 1");
    }
    if (cells.has(Column::message)) {
      cells.error(Column::message, "must_be_blank",
                  "Interaction string must be empty when rich type is date/time picker",
                  "the asset's message is shown");
    }
    return;
  }
  const bool only_shows = node.asset.type == AssetType::webview ||
                          (node.asset.type == AssetType::carousel && !node.asset.source);
  if (node.asset.type != AssetType::none && !only_shows && !node.waits) {
    cells.error(Column::answer_required, "must_wait",
                "a node with a " + std::string(type) + " waits for an answer", "write 1");
  }
}

// A dynamic asset: its choices are not known before the conversation runs.
void check_dynamic(const Cells& cells, const DialogNode& node) {
  if (!node.asset.source) return;
  const bool is_selection = node.asset.type == AssetType::selection;
  if (!is_selection && !node.nlu_disabled) {
    cells.error(Column::nlu_disabled, "dynamic_asset", "a dynamic asset needs NLU Disabled? = 1");
  }
  if (!is_selection && !node.input_disabled) {
    cells.error(Column::behaviors, "dynamic_asset",
                "a dynamic asset needs the behaviour disable_input");
  }
}

void check_roads(const Cells& cells, const DialogNode& node) {
  if (!node.waits) return;
  const bool by_choice = !node.asset.options.empty() || !node.asset.cards.empty();
  if (node.next) return;
  if (!by_choice) {
    cells.error(Column::next_nodes, "road_missing", "the answer leads nowhere",
                "name the node that follows");
  } else if (without_target(node.asset) > 0) {
    cells.error(Column::rich_asset_content, "road_missing", "a choice leads nowhere",
                "give every option a target, or name the node that follows");
  }
}

void check_one_child(const Cells& cells, const DialogNode& node) {
  if (!node.nlu_disabled || !node.next) return;
  for (const Option& option : node.asset.options) {
    if (!option.target || *option.target == *node.next) continue;
    cells.error(Column::rich_asset_content, "one_child",
                "when NLU Disabled? is set, the node can only have one child",
                "let every choice lead to node " + std::string(cells[Column::next_nodes]));
    return;
  }
}

// What Next? of a node that hands over: unavailable~12|timeout~13.
void read_hand_over(const Cells& cells, DialogNode& node) {
  if (!node.transfers) {
    refuse_cells(cells, {Column::what_next}, "D");
    return;
  }
  if (node.waits) {
    cells.error(Column::answer_required, "hand_over_waits",
                "a node that hands over does not wait for an answer", "ask in a node before it");
  }
  for (const Pair& pair : parse_pairs(cells, Column::what_next)) {
    auto& [unavailable, timeout] = node.hand_over;
    auto* road = pair.value == "unavailable" ? &unavailable
                 : pair.value == "timeout"   ? &timeout
                                             : nullptr;
    if (road == nullptr) {
      cells.error(Column::what_next, "road_unknown",
                  "'" + pair.value + "' is no road of a hand-over",
                  "it is one of unavailable, timeout");
    } else if (*road) {
      cells.error(Column::what_next, "road_repeated", "'" + pair.value + "' is given two roads",
                  "keep one");
    } else {
      *road = pair.target;
    }
  }
  if (cells.has(Column::what_next)) return;
  cells.warning(Column::what_next, "hand_over_no_road",
                "when no agent takes the chat it goes nowhere: the consumer is told so, and goes "
                "back to an open question, or the chat ends",
                cells.is_yaml() ? "write on: {unavailable: node, timeout: node}"
                                : "write unavailable~12|timeout~13");
}

void add_yaml(const Cells& cells, DialogNode& node) {
  const YamlNode* yaml = cells.draft().yaml.get();
  if (yaml == nullptr) return;
  node.returns = !yaml->ends;
  for (const std::string& variant : yaml->variants) {
    node.messages.push_back({parse_template(variant)});
  }
  for (size_t i = 0; i < yaml->synonyms.size() && i < node.asset.options.size(); ++i) {
    node.asset.options[i].synonyms = yaml->synonyms[i];
  }
  node.ask = yaml->ask;
  if (!node.ask) return;
  if (yaml->on_fail) node.ask->on_fail = cells.target(*yaml->on_fail, "on_fail");
  if (yaml->on_silence) node.ask->on_silence = cells.target(*yaml->on_silence, "on_silence");
}

}  // namespace

void refuse_cells(const Cells& cells, std::initializer_list<Column> columns,
                  std::string_view type) {
  for (const Column column : columns) {
    if (!cells.has(column)) continue;
    if (column == Column::decision_variable) {
      cells.error(column, "must_be_blank",
                  "proposed dir_field is not an element of the proposed payload",
                  "it must be blank on " + std::string(type) + " nodes");
      continue;
    }
    cells.error(column, "must_be_blank", "must be blank on " + std::string(type) + " nodes");
  }
}

DialogNode parse_dialog(const Cells& cells) {
  refuse_cells(cells,
               {Column::command, Column::output, Column::node_input, Column::parameter_input,
                Column::decision_variable},
               "D");
  DialogNode node;
  if (cells.has(Column::message)) node.messages = {{parse_template(cells[Column::message])}};
  node.waits = parse_flag(cells, Column::answer_required);
  node.nlu_disabled = parse_flag(cells, Column::nlu_disabled);
  node.css_class = cells[Column::css_classname];
  const Behaviors behaviors = parse_behaviors(cells);
  node.input_disabled = behaviors.disable_input;
  node.secure = behaviors.secure;
  node.transfers = behaviors.xfer_to_agent;
  node.asset = parse_rich_asset(cells, behaviors);
  if (const auto next = cells[Column::next_nodes]; next.contains(',') && !cells.is_yaml()) {
    cells.error(Column::next_nodes, "bad_number",
                "'" + std::string(next) + "' is not one node number",
                node.nlu_disabled ? "when NLU Disabled? is set, the node can only have one child"
                                  : "write one number");
  } else if (!next.empty()) {
    node.next = cells.target(Column::next_nodes, next);
  }
  const auto variables = parse_variables(cells);
  if (variables.size() > 1 && node.waits) {
    cells.error(Column::variable, "one_variable", "an answer goes into one variable",
                "keep one name");
  }
  if (!variables.empty()) node.variable = variables.front();
  add_yaml(cells, node);
  if (cells.has_error()) return node;  // what follows from it would only confuse
  read_hand_over(cells, node);
  check_waiting(cells, node);
  check_dynamic(cells, node);
  check_roads(cells, node);
  check_one_child(cells, node);
  if (node.input_disabled && node.waits && !answers(node.asset)) {
    cells.error(Column::behaviors, "no_way_to_answer",
                "the input is disabled and there is nothing to choose",
                "add buttons, or remove disable_input");
  }
  if (behaviors.multiple_choice && node.asset.type != AssetType::selection) {
    cells.error(Column::behaviors, "behaviour_misplaced", "multiple_choice belongs to a selection");
  }
  if (behaviors.embedded && node.asset.type != AssetType::webview) {
    cells.error(Column::behaviors, "behaviour_misplaced", "inline belongs to a webview");
  }
  return node;
}

}  // namespace millrace::flow
