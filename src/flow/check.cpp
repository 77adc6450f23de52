#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "flow/columns.hpp"

namespace millrace::flow {
namespace {

class Checker {
 public:
  Checker(const Program& program, const AppFacts& facts, Problems& problems)
      : program_(program), facts_(facts), problems_(problems) {
    for (const auto& [number, node] : program.nodes) {
      ordered_.push_back(&node);
      const auto* dialog = std::get_if<DialogNode>(&node.does);
      if (dialog != nullptr && !dialog->variable.empty()) declared_.insert(dialog->variable);
      if (const auto* action = std::get_if<ActionNode>(&node.does)) {
        declared_.insert(action->variables.begin(), action->variables.end());
      }
    }
    std::ranges::sort(ordered_, {}, &Node::row);
  }

  void run() {
    if (program_.find(kStartNode) == nullptr) {
      problems_.error({.file = std::string(kBotFile),
                       .code = "start_missing",
                       .message = "there is no node 1",
                       .remedy = "node 1 is where a chat begins"});
    }
    for (const Node* node : ordered_) {
      node_ = node;
      if (const auto* dialog = std::get_if<DialogNode>(&node->does)) check_dialog(*dialog);
      if (const auto* action = std::get_if<ActionNode>(&node->does)) check_action(*action);
    }
    check_reachable();
    check_loops();
  }

 private:
  Problem at(Column column, std::string code, std::string message, std::string remedy) const {
    return {.file = std::string(kBotFile),
            .line = node_->row,
            .column = std::string(header_of(column)),
            .code = std::move(code),
            .message = std::move(message),
            .remedy = std::move(remedy),
            .node = node_->number};
  }
  void error(Column column, std::string code, std::string message, std::string remedy = {}) {
    problems_.error(at(column, std::move(code), std::move(message), std::move(remedy)));
  }

  void check_target(Column column, NodeNumber target) {
    if (program_.find(target) != nullptr) return;
    error(column, "target_missing", "there is no node " + std::to_string(target),
          "add it, or lead somewhere else");
  }

  void check_variable(Column column, std::string_view name) {
    if (declared_.contains(std::string(name))) return;
    const std::string near = did_you_mean(name, {declared_.begin(), declared_.end()});
    error(column, "variable_unknown",
          "Referenced global variable does not exist: " + std::string(name),
          near.empty() ? "name it in the Variable column of the node that sets it"
                       : "did you mean " + near + "?");
  }

  void check_text(Column column, const Template& text) {
    for (const Template::Part& part : text.parts) {
      if (part.kind == Template::Kind::variable) check_variable(column, part.text);
      if (part.kind == Template::Kind::environment) {
        error(column, "environment_in_text",
              "{env." + part.text + "} must not be shown to a consumer",
              "environment values are filled in Parameter Input only");
      }
    }
  }

  void check_dialog(const DialogNode& node) {
    for (const Template& text : node.message) check_text(Column::message, text);
    if (node.next) check_target(Column::next_nodes, *node.next);
    for (const Button& button : node.buttons) {
      check_target(Column::rich_asset_content, button.target);
      for (const Template& label : button.label) check_text(Column::rich_asset_content, label);
    }
  }

  void check_environment_key(const std::string& key) {
    for (const auto& [environment, keys] : facts_.environments) {
      if (keys.contains(key)) continue;
      error(Column::parameter_input, "environment_key_missing",
            "PARAMS['" + environment + "'] in app.py has no key '" + key + "'", "add it there");
    }
  }

  void check_action(const ActionNode& node) {
    for (const PayloadSlot& slot : node.slots) {
      for (const Template::Part& part : slot.text.parts) {
        if (part.kind == Template::Kind::variable) {
          check_variable(Column::parameter_input, part.text);
        }
        if (part.kind == Template::Kind::environment) check_environment_key(part.text);
      }
    }
    for (const NodeInput& input : node.inputs) check_target(Column::node_input, input.node);
    for (const Road& road : node.roads) check_target(Column::what_next, road.target);
    if (node.roads.empty()) {
      error(Column::what_next, "road_missing", "the action leads nowhere",
            "write value~node|value~node");
    }
    if (node.native) {
      check_native(node, *find_native(node.command));
    } else {
      check_script_roads(node);
    }
  }

  void check_script_roads(const ActionNode& node) {
    const bool handled = node.road("error") != nullptr ||
                         program_.find(kErrorHandlerNode) != nullptr ||
                         program_.find(kCrashHandlerNode) != nullptr;
    if (handled) return;
    error(Column::what_next, "road_missing",
          "there is no road 'error' for when the script fails or takes too long",
          "add error~node, or a handler node -500");
  }

  void check_native(const ActionNode& node, const NativeUse& use) {
    if (!node.decision.empty() && node.decision != use.output) {
      error(Column::decision_variable, "decision_unknown",
            node.command + " answers under '" + std::string(use.output) + "'",
            "write " + std::string(use.output));
    }
    for (const std::string_view value : use.values) {
      if (node.road(value) != nullptr) continue;
      error(Column::what_next, "road_missing",
            "there is no road '" + std::string(value) + "', which " + node.command +
                " can answer with",
            "add " + std::string(value) + "~node");
    }
    std::vector<std::string> takes(use.takes.begin(), use.takes.end());
    for (const auto& member : node.payload) {
      const std::string key(member.key());
      if (std::ranges::find(takes, key) != takes.end()) continue;
      const std::string near = did_you_mean(key, takes);
      error(Column::parameter_input, "parameter_unsupported",
            node.command + " does not take '" + key + "' here",
            near.empty() ? "it takes " + list_of(takes) : "did you mean '" + near + "'?");
    }
    for (const std::string_view key : use.needs) {
      if (node.payload.contains(key)) continue;
      error(Column::parameter_input, "parameter_missing",
            node.command + " needs '" + std::string(key) + "'");
    }
    check_native_variables(node, use);
    if (use.native == Native::validate_date) check_date_parameters(node);
  }

  // Natives are given names of variables, not values: each must exist.
  void check_native_variables(const ActionNode& node, const NativeUse& use) {
    for (const std::string_view key :
         {"global_vars", "global_var_name", "save_error_to", "output_reformatted_date"}) {
      const auto* given = node.payload.if_contains(key);
      if (given == nullptr || std::ranges::find(use.takes, key) == use.takes.end()) continue;
      if (!given->is_string()) {
        error(Column::parameter_input, "parameter_type", "'" + std::string(key) + "' must be text");
      } else {
        check_variable(Column::parameter_input, json::to_text(*given));
      }
    }
    for (const std::string_view key : {"set", "assign_metadata_vars"}) {
      const auto* given = node.payload.if_contains(key);
      if (given == nullptr || std::ranges::find(use.takes, key) == use.takes.end()) continue;
      if (!given->is_object()) {
        error(Column::parameter_input, "parameter_type",
              "'" + std::string(key) + "' must be an object");
        continue;
      }
      for (const auto& member : given->get_object()) {
        const std::string name =
            key == "set" ? std::string(member.key()) : json::to_text(member.value());
        check_variable(Column::parameter_input, name);
      }
    }
  }

  void check_date_parameters(const ActionNode& node) {
    if (const auto compare = json::get_string(node.payload, "compare_with_today")) {
      constexpr std::string_view kKnown = "past future present not_past not_future not_present";
      const auto known = base::split(kKnown, ' ');
      if (std::ranges::find(known, *compare) == known.end()) {
        error(Column::parameter_input, "parameter_value",
              "compare_with_today cannot be '" + std::string(*compare) + "'",
              "it is one of " + std::string(kKnown));
      } else if (const std::string value = std::string(*compare) + "_false";
                 node.road(value) == nullptr) {
        error(Column::what_next, "road_missing",
              "there is no road '" + value + "', which ValidateDate can answer with",
              "add " + value + "~node");
      }
    }
    const auto earliest = json::get_string(node.payload, "earliest");
    if (node.payload.contains("earliest") && (!earliest || !base::parse_iso8601_date(*earliest))) {
      error(Column::parameter_input, "parameter_value", "earliest must be a date",
            "write it like 1900-01-01");
    }
  }

  std::vector<NodeNumber> targets(const Node& node) const {
    std::vector<NodeNumber> out;
    if (const auto* dialog = std::get_if<DialogNode>(&node.does)) {
      if (dialog->next) out.push_back(*dialog->next);
      for (const Button& button : dialog->buttons) out.push_back(button.target);
    } else if (const auto* action = std::get_if<ActionNode>(&node.does)) {
      for (const Road& road : action->roads) out.push_back(road.target);
    }
    return out;
  }

  void check_reachable() {
    std::set<NodeNumber> reached;
    std::vector<NodeNumber> open{kStartNode, kErrorHandlerNode, kCrashHandlerNode};
    while (!open.empty()) {
      const NodeNumber number = open.back();
      open.pop_back();
      const Node* node = program_.find(number);
      if (node == nullptr || !reached.insert(number).second) continue;
      for (const NodeNumber target : targets(*node)) open.push_back(target);
    }
    for (const Node* node : ordered_) {
      if (reached.contains(node->number)) continue;
      node_ = node;
      problems_.warning(at(Column::node_number, "unreachable", "no road leads to this node",
                           "lead to it, or remove it"));
    }
  }

  // D nodes that lead to one another without ever waiting would talk for ever.
  void check_loops() {
    for (const Node* node : ordered_) {
      std::set<NodeNumber> seen;
      const Node* at_node = node;
      while (at_node != nullptr) {
        const auto* dialog = std::get_if<DialogNode>(&at_node->does);
        if (dialog == nullptr || dialog->waits || !dialog->next) break;
        if (!seen.insert(at_node->number).second) {
          if (at_node != node) break;  // reported at the nodes of the loop themselves
          node_ = node;
          error(Column::next_nodes, "loop_without_wait",
                "this node comes back to itself without waiting for the consumer",
                "let one node of the loop require an answer");
          break;
        }
        at_node = program_.find(*dialog->next);
      }
    }
  }

  const Program& program_;
  const AppFacts& facts_;
  Problems& problems_;
  std::vector<const Node*> ordered_;
  std::set<std::string> declared_;
  const Node* node_ = nullptr;
};

}  // namespace

void check_program(const Program& program, const AppFacts& facts, Problems& problems) {
  Checker(program, facts, problems).run();
}

}  // namespace millrace::flow
