#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "flow/capabilities.hpp"
#include "flow/check_delivery.hpp"
#include "flow/graph.hpp"

namespace millrace::flow {
namespace {

class Checker {
 public:
  Checker(const Program& program, const AppFacts& facts, Problems& problems)
      : program_(program), facts_(facts), problems_(problems) {
    for (const auto& [number, node] : program.nodes) {
      ordered_.push_back(&node);
      for (const std::string& name : variables_set_by(node)) declared_.insert(name);
    }
    std::ranges::sort(ordered_, {},
                      [](const Node* node) { return std::pair(node->file, node->row); });
  }

  void run() {
    const bool nothing_read = program_.nodes.empty() && problems_.has_errors();
    if (!nothing_read && program_.find(program_.start) == nullptr &&
        !program_.broken.contains(program_.start)) {
      const bool any_csv =
          std::ranges::any_of(ordered_, [](const Node* node) { return node->file == kBotFile; });
      problems_.error(
          {.file = any_csv || ordered_.empty() ? std::string(kBotFile) : ordered_.front()->file,
           .code = "start_missing",
           .message = "there is no node 1",
           .remedy = "node 1, or the first node of flows/main.flow.yaml, is where a "
                     "chat begins"});
    }
    for (const Node* node : ordered_) {
      node_ = node;
      std::visit([this](const auto& does) { check(does); }, node->does);
      check_event();
    }
  }

 private:
  Problem at(Column column, std::string code, std::string message, std::string remedy) const {
    return at_field(header_of(column), std::move(code), std::move(message), std::move(remedy));
  }
  Problem at_field(std::string_view field, std::string code, std::string message,
                   std::string remedy) const {
    return {.file = node_->file,
            .line = node_->row,
            .position = 1,
            .column = std::string(field),
            .code = std::move(code),
            .message = std::move(message),
            .remedy = std::move(remedy),
            .node = node_->number,
            .node_id = node_->id};
  }
  void error(Column column, std::string code, std::string message, std::string remedy = {}) {
    problems_.error(at(column, std::move(code), std::move(message), std::move(remedy)));
  }

  void check_target(Column column, NodeNumber target) {
    if (program_.find(target) != nullptr || program_.broken.contains(target)) return;
    error(column, "target_missing", "there is no node " + std::to_string(target),
          "add it, or lead somewhere else");
  }

  void check_variable(Column column, std::string_view name) {
    check_variable_in(header_of(column), name);
  }
  void check_variable_in(std::string_view field, std::string_view name) {
    if (declared_.contains(std::string(name))) return;
    if (!reported_.insert(std::to_string(node_->number) + std::string(name)).second) return;
    const std::string near = did_you_mean(name, {declared_.begin(), declared_.end()});
    problems_.error(at_field(field, "variable_unknown",
                             "Referenced global variable does not exist: " + std::string(name),
                             near.empty()
                                 ? "name it in the Variable column of the node that sets it"
                                 : "did you mean " + near + "?"));
  }

  void check_text(Column column, const Template& text) { check_text_in(header_of(column), text); }
  void check_text_in(std::string_view field, const Template& text) {
    for (const Template::Part& part : text.parts) {
      if (part.kind == Template::Kind::variable) check_variable_in(field, part.text);
      if (part.kind == Template::Kind::environment) {
        problems_.error(at_field(field, "environment_in_text",
                                 "{env." + part.text + "} must not be shown to a consumer",
                                 "environment values are filled in Parameter Input only"));
      }
    }
  }

  // A profile's external_id cannot be changed without a migration, and an e-mail address can
  // (reference: partner-article.md 13).
  void check_external_id(const ActionNode& node) {
    for (const PayloadSlot& slot : node.slots) {
      if (slot.path.empty() || !slot.path.back().is_string()) continue;
      if (slot.path.back().get_string() != "external_id") continue;
      for (const Template::Part& part : slot.text.parts) {
        if (part.kind != Template::Kind::variable || !holds_email(part.text)) continue;
        problems_.warning(at(Column::parameter_input, "email_as_external_id",
                             "{" + part.text + "} is an e-mail address, and people change theirs",
                             "use an id that stays, and send the address as email"));
      }
    }
  }
  bool holds_email(const std::string& name) const {
    if (name.contains("EMAIL") || name.contains("E_MAIL")) return true;
    return std::ranges::any_of(ordered_, [&](const Node* node) {
      const auto* dialog = std::get_if<DialogNode>(&node->does);
      return dialog != nullptr && dialog->variable == name && dialog->ask &&
             dialog->ask->rules.type == ask::Type::email;
    });
  }

  void check_texts(Column column, const Localized& texts) {
    for (const Template& text : texts) check_text(column, text);
  }

  void check_option(const Option& option) {
    if (option.target) check_target(Column::rich_asset_content, *option.target);
    check_texts(Column::rich_asset_content, option.label);
    check_texts(Column::rich_asset_content, option.description);
    check_text(Column::rich_asset_content, option.image);
    check_text(Column::rich_asset_content, option.url);
  }

  // What a dynamic asset or a Node Input reads must be given by an A node, or asked by a D node.
  void check_source(Column column, NodeNumber number, const std::string& key) {
    check_target(column, number);
    const Node* source = program_.find(number);
    const auto* action = source == nullptr ? nullptr : std::get_if<ActionNode>(&source->does);
    if (key.empty() || action == nullptr || action->outputs.empty()) return;
    if (std::ranges::find(action->outputs, key) != action->outputs.end()) return;
    const std::string near = did_you_mean(key, action->outputs);
    error(column, "output_unknown", "node " + source->id + " has no output '" + key + "'",
          near.empty() ? "it has " + list_of(action->outputs) : "did you mean '" + near + "'?");
  }

  void check(const DialogNode& node) {
    for (const Localized& message : node.messages) check_texts(Column::message, message);
    if (node.next) check_target(Column::next_nodes, *node.next);
    const RichAsset& asset = node.asset;
    for (const Option& option : asset.options) check_option(option);
    for (const Card& card : asset.cards) {
      check_texts(Column::rich_asset_content, card.title);
      check_texts(Column::rich_asset_content, card.description);
      for (const Option& button : card.buttons) check_option(button);
    }
    check_text(Column::rich_asset_content, asset.url);
    for (const Localized* text :
         {&asset.label, &asset.cancel_label, &asset.close_message, &asset.prompt}) {
      check_texts(Column::rich_asset_content, *text);
    }
    if (asset.source) {
      check_source(Column::rich_asset_content, asset.source->node, asset.source->key);
    }
    if (!asset.upload_script.empty() && !facts_.scripts.contains(asset.upload_script) &&
        find_native(asset.upload_script) == nullptr) {
      error(Column::rich_asset_content, "command_unknown",
            "there is no action_nodes/" + asset.upload_script + ".py", "add the script");
    }
    if (node.ask) check_ask(*node.ask);
    check_limits(node);
  }

  void check_ask(const Ask& ask) {
    const auto field = [&](std::string_view name, const Localized& texts) {
      for (const Template& text : texts) check_text_in(name, text);
    };
    for (const Localized& retry : ask.retries) field("retry", retry);
    for (const Reminder& reminder : ask.reminders) field("reminders", reminder.text);
    field("why", ask.why);
    field("subject", ask.subject);
    if (ask.tries_max > 0 && !ask.on_fail) {
      problems_.error(at_field("on_fail", "road_missing",
                               "there is no road for when max_tries is reached",
                               "write on_fail: node"));
    }
    if (ask.rules.min && ask.rules.max && *ask.rules.min > *ask.rules.max) {
      problems_.error(at_field("min", "bad_range", "min is above max", "swap the two"));
    }
    if (ask.rules.earliest && ask.rules.latest && *ask.rules.earliest > *ask.rules.latest) {
      problems_.error(
          at_field("earliest", "bad_range", "earliest is after latest", "swap the two"));
    }
  }

  void check_expression(std::string_view field, const Expression& expression) {
    for (const std::string& name : expression.variables()) {
      check_variable_in(field, name);
    }
  }

  void check(const BranchNode& node) {
    for (const BranchNode::Case& item : node.cases) check_expression("when", item.condition);
  }
  void check(const SetNode& node) {
    for (const SetNode::Assignment& item : node.assignments) {
      if (const auto* expression = std::get_if<Expression>(&item.value)) {
        check_expression("set", *expression);
      } else {
        check_text_in("set", std::get<Template>(item.value));
      }
    }
    if (node.next) check_target(Column::next_nodes, *node.next);
  }
  void check(const CallNode& node) {
    if (node.target != 0) check_target(Column::next_nodes, node.target);
    if (node.next != 0) check_target(Column::next_nodes, node.next);
  }
  void check(const ReturnNode&) {}
  void check(const PauseNode& node) {
    if (node.next) check_target(Column::next_nodes, *node.next);
  }

  void check_event() {
    if (!node_->event) return;
    const auto properties = [&](const EventSpec& event) {
      for (const auto* list : {&event.properties, &event.global_set}) {
        for (const auto& [name, text] : *list) check_text(Column::event, text);
      }
    };
    properties(*node_->event);
    const auto* action = std::get_if<ActionNode>(&node_->does);
    for (const auto& [road, event] : node_->event->by_road) {
      properties(event);
      if (action != nullptr && action->road(road) != nullptr) continue;
      error(Column::event, "event_road_unknown",
            "conditional_events names '" + road + "', which is no value of What Next?",
            "name one of the node's roads");
    }
  }

  // What every enabled channel can show: a longer label is cut there, a longer text divided.
  void check_limits(const DialogNode& node) {
    for (const std::string& name : program_.channels) {
      const Capabilities* channel = find_channel(name);
      if (channel == nullptr) continue;
      for (const Localized& message : node.messages) {
        for (const Template& text : message) {
          if (channel->text_max == 0 || length_of(text) <= channel->text_max) continue;
          problems_.warning(at(Column::message, "text_too_long",
                               "longer than the " + std::to_string(channel->text_max) +
                                   " characters of one message on " + name,
                               "it will be divided; say less, or divide it where it should be"));
        }
      }
      for (const Option& option : node.asset.options) {
        for (const Template& label : option.label) {
          if (channel->label_max == 0 || length_of(label) <= channel->label_max) continue;
          problems_.warning(at(Column::rich_asset_content, "label_too_long",
                               "'" + label.source() + "' is longer than the " +
                                   std::to_string(channel->label_max) +
                                   " characters of a button on " + name,
                               "it will be cut; find a shorter one"));
        }
      }
    }
  }
  static size_t length_of(const Template& text) { return base::utf8_length(text.source()); }

  void check_environment_key(const std::string& key) {
    for (const auto& [environment, keys] : facts_.environments) {
      if (keys.contains(key)) continue;
      error(Column::parameter_input, "environment_key_missing",
            "PARAMS['" + environment + "'] in app.py has no key '" + key + "'", "add it there");
    }
  }

  void check(const ActionNode& node) {
    for (const PayloadSlot& slot : node.slots) {
      for (const Template::Part& part : slot.text.parts) {
        if (part.kind == Template::Kind::variable) {
          check_variable(Column::parameter_input, part.text);
        }
        if (part.kind == Template::Kind::environment) check_environment_key(part.text);
      }
    }
    for (const NodeInput& input : node.inputs) check_source(Column::node_input, input.node, "");
    check_external_id(node);
    for (const Road& road : node.roads) check_target(Column::what_next, road.target);
    if (node.roads.empty()) {
      error(Column::what_next, "road_missing", "the action leads nowhere",
            "write value~node|value~node");
    }
    if (node.native) {
      check_native(node, *find_native(node.command));
    } else if (node.owes.command != nullptr) {
      check_owing(node);
    } else {
      check_script_roads(node);
    }
  }

  void check_script_roads(const ActionNode& node) {
    const bool handled = node.road("error") != nullptr ||
                         program_.find(kErrorHandlerNode) != nullptr ||
                         program_.find(kCrashHandlerNode) != nullptr;
    if (handled || node.roads.empty()) return;
    error(Column::what_next, "road_missing",
          "there is no road 'error' for when the script fails or takes too long",
          "add error~node, or a handler node -500");
  }

  template <typename Use>
  void check_decision(const ActionNode& node, const Use& use) {
    if (!node.decision.empty() &&
        std::ranges::find(use.outputs, node.decision) == use.outputs.end()) {
      error(Column::decision_variable, "decision_unknown",
            node.command + " answers under '" + std::string(use.outputs.front()) + "'",
            "write " + std::string(use.outputs.front()));
    }
  }

  template <typename Use>
  void check_parameters(const ActionNode& node, const Use& use) {
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
  }

  void check_owing(const ActionNode& node) {
    check_decision(node, *node.owes.command);
    check_parameters(node, *node.owes.command);
    for (DeliveryProblem& found : check_delivery(program_, node)) {
      error(found.is_road ? Column::what_next : Column::parameter_input, std::move(found.code),
            std::move(found.message), std::move(found.remedy));
    }
  }

  void check_native(const ActionNode& node, const NativeUse& use) {
    check_decision(node, use);
    for (const std::string_view value : use.values) {
      if (node.road(value) != nullptr) continue;
      error(Column::what_next, "road_missing",
            "there is no road '" + std::string(value) + "', which " + node.command +
                " can answer with",
            "add " + std::string(value) + "~node");
    }
    check_parameters(node, use);
    check_native_variables(node, use);
    if (use.native == Native::validate_date) check_date_parameters(node);
    check_regex(node, use);
  }

  // Natives are given names of variables, not values: each must exist.
  void check_native_variables(const ActionNode& node, const NativeUse& use) {
    for (const std::string_view key : use.names) {
      const auto* given = node.payload.if_contains(key);
      if (given == nullptr) continue;
      const auto* several = given->if_array();
      if (several != nullptr && node.command == "MultiVarCheck") {
        for (const json::value& name : *several) {
          check_variable(Column::parameter_input, json::to_text(name));
        }
      } else if (!given->is_string()) {
        error(Column::parameter_input, "parameter_type", "'" + std::string(key) + "' must be text");
      } else {
        check_variable(Column::parameter_input, json::to_text(*given));
      }
    }
    for (const std::string_view key : {"set", "assign_metadata_vars", "passthrough_mapping"}) {
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

  void check_regex(const ActionNode& node, const NativeUse& use) {
    const auto regex = json::get_string(node.payload, "regex");
    if (!regex || std::ranges::find(use.takes, "regex") == use.takes.end()) return;
    if (const auto usable = ask::check_pattern(*regex); !usable) {
      error(Column::parameter_input, "bad_pattern", usable.error().message);
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

  const Program& program_;
  const AppFacts& facts_;
  Problems& problems_;
  std::vector<const Node*> ordered_;
  std::set<std::string> declared_;
  std::set<std::string> reported_;  // node and variable: one complaint each
  const Node* node_ = nullptr;
};

}  // namespace

void check_program(const Program& program, const AppFacts& facts, Problems& problems) {
  Checker(program, facts, problems).run();
  check_graph(program, problems);
}

}  // namespace millrace::flow
