#include <algorithm>
#include <tuple>

#include "base/text.hpp"
#include "base/time.hpp"
#include "flow/capabilities.hpp"
#include "flow/check/check_delivery.hpp"
#include "flow/check/graph.hpp"
#include "flow/language/nodes.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

class Checker {
 public:
  Checker(const Program& program, const AppFacts& facts, const Drafts& drafts, Problems& problems)
      : program_(program), facts_(facts), problems_(problems) {
    for (const Draft& draft : drafts.nodes) drafts_.try_emplace(draft.number, &draft);
    for (const auto& [number, node] : program.nodes) {
      ordered_.push_back(&node);
      for (const std::string& name : variables_set_by(node)) declared_.insert(name);
    }
    std::ranges::sort(ordered_, [](const Node* a, const Node* b) {
      return std::tie(a->file, a->row, a->number) < std::tie(b->file, b->row, b->number);
    });
  }

  void run(const std::vector<Translation>& translations) {
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
      draft_ = drafts_.at(node->number);
      std::visit([this](const auto& does) { check(does); }, node->does);
      check_event();
    }
    for (const Translation& translation : translations) check_translation(translation);
  }

 private:
  bool is_yaml() const { return draft_->is_yaml; }
  const char* either(const char* csv, const char* yaml) const { return is_yaml() ? yaml : csv; }
  // How a road that is missing is written.
  std::string road_hint(std::string_view value) const {
    return is_yaml() ? "add " + yaml_inline(value, reads_as_typed(value)) + ": node to on"
                     : "add " + std::string(value) + "~node";
  }

  Place at(Column column, const Place& written = {}) const {
    return place_of(*draft_, column, written);
  }
  // Of a parameter, or of all of them.
  Place parameter(std::string_view key = {}) const {
    if (!draft_->payload) return at(Column::parameter_input);
    const Tree* member = draft_->payload->find(key);
    return at(Column::parameter_input, member == nullptr ? draft_->payload->at : member->at);
  }
  Place roads() const { return at(Column::what_next, draft_->roads.at); }

  void error(const Place& place, std::string code, std::string message, std::string remedy = {}) {
    problems_.error(
        problem_in(*draft_, place, std::move(code), std::move(message), std::move(remedy)));
  }
  void warning(const Place& place, std::string code, std::string message, std::string remedy) {
    problems_.warning(
        problem_in(*draft_, place, std::move(code), std::move(message), std::move(remedy)));
  }

  void check_variable(const Place& place, std::string_view name) {
    check_variable(problem_in(*draft_, place, "", ""), name);
  }
  // The same complaint is made once for a node.
  void check_variable(Problem where, std::string_view name) {
    if (declared_.contains(name)) return;
    if (!reported_.insert(std::to_string(where.node) + std::string(name)).second) return;
    const std::string near = did_you_mean(name, {declared_.begin(), declared_.end()});
    where.code = "variable_unknown";
    where.message = "Referenced global variable does not exist: " + std::string(name);
    where.remedy = !near.empty() ? "did you mean " + near + "?"
                   : is_yaml()   ? "let a node give it a value, with variable or set"
                                 : "name it in the Variable column of the node that sets it";
    problems_.error(std::move(where));
  }

  void check_text(const Problem& where, const Template& text) {
    for (const Template::Part& part : text.parts) {
      if (part.kind == Template::Kind::variable) check_variable(where, part.text);
      if (part.kind != Template::Kind::environment) continue;
      Problem problem = where;
      problem.code = "environment_in_text";
      problem.message = "{env." + part.text + "} must not be shown to a consumer";
      problem.remedy = is_yaml() ? "environment values are filled in with: only"
                                 : "environment values are filled in Parameter Input only";
      problems_.error(std::move(problem));
    }
  }
  void check_text(const Text& text) {
    if (!text.value.contains('{')) return;
    check_text(problem_in(*draft_, text.at, "", ""), parse_template(text.value));
  }

  void check_translation(const Translation& translation) {
    draft_ = drafts_.at(translation.node);
    check_text(translation.where, translation.text);
  }

  // A profile's external_id cannot be changed without a migration, and an e-mail address can
  // (reference: partner-article.md 13).
  void check_external_id(const ActionNode& node) {
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
  bool holds_email(const std::string& name) const {
    if (name.contains("EMAIL") || name.contains("E_MAIL")) return true;
    return std::ranges::any_of(ordered_, [&](const Node* node) {
      const auto* dialog = std::get_if<DialogNode>(&node->does);
      return dialog != nullptr && dialog->variable == name && dialog->ask &&
             dialog->ask->rules.type == ask::Type::email;
    });
  }

  // What a dynamic asset reads must be given by an action, or asked.
  void check_source(const AssetSource& given) {
    const Node* source = program_.find(given.node);
    const auto* action = source == nullptr ? nullptr : std::get_if<ActionNode>(&source->does);
    if (action == nullptr || action->outputs.empty()) return;
    if (std::ranges::find(action->outputs, given.key) != action->outputs.end()) return;
    const std::string near = did_you_mean(given.key, action->outputs);
    error(at(Column::rich_asset_content,
             draft_->asset->source ? draft_->asset->source->value.at : draft_->asset->at),
          "output_unknown", "node " + source->id + " has no output '" + given.key + "'",
          near.empty() ? "it has " + list_of(action->outputs) : "did you mean '" + near + "'?");
  }

  void check(const DialogNode& node) {
    for_each_shown(*draft_, [this](const Text& text) { check_text(text); });
    const RichAsset& asset = node.asset;
    if (asset.source) check_source(*asset.source);
    if (!asset.upload_script.empty() && !facts_.scripts.contains(asset.upload_script) &&
        find_native(asset.upload_script) == nullptr) {
      error(at(Column::rich_asset_content, draft_->asset->upload_script.at), "command_unknown",
            "there is no action_nodes/" + asset.upload_script + ".py", "add the script");
    }
    if (draft_->ask) check_ask(*draft_->ask);
    check_limits(node);
  }

  void check_ask(const AskDraft& ask) {
    const ask::Rules& rules = ask.rules;
    if (ask.tries_max.value > 0 && !ask.on_fail.given()) {
      error(ask.tries_max.at, "road_missing", "there is no road for when max_tries is reached",
            "write on_fail: node");
    }
    if (rules.min && rules.max && *rules.min > *rules.max) {
      error(ask.min_at, "bad_range", "min is above max", "swap the two");
    }
    if (rules.earliest && rules.latest && *rules.earliest > *rules.latest) {
      error(ask.earliest_at, "bad_range", "earliest is after latest", "swap the two");
    }
  }

  void check_expression(const Place& place, const Expression& expression) {
    for (const std::string& name : expression.variables()) check_variable(place, name);
  }

  void check(const BranchNode&) {
    for (const CaseDraft& item : draft_->cases) {
      check_expression(item.condition.at, item.condition.value);
    }
  }
  void check(const SetNode&) {
    for (const AssignmentDraft& item : draft_->assignments) {
      if (item.expression) {
        check_expression(item.text.at, *item.expression);
      } else {
        check_text(item.text);
      }
    }
  }
  template <typename Other>
  void check(const Other&) {}  // of a call, a return or a pause everything is said by its branches

  void check_properties(const Tree& event) {
    for (const std::string_view key : {"additional_properties", "global_props"}) {
      const Tree* properties = event.find(key);
      if (properties == nullptr || properties->map() == nullptr) continue;
      for (const auto& [name, value] : *properties->map()) {
        check_text({json::to_text(json_of(value)), value.at});
      }
    }
  }

  void check_event() {
    if (!node_->event) return;
    check_properties(*draft_->event);
    const Tree* conditional = draft_->event->find("conditional_events");
    if (conditional == nullptr || conditional->map() == nullptr) return;
    const auto* action = std::get_if<ActionNode>(&node_->does);
    for (const auto& [road, event] : *conditional->map()) {
      if (event.map() == nullptr) continue;
      check_properties(event);
      if (action != nullptr && action->road(road.value) != nullptr) continue;
      error(at(Column::event, road.at), "event_road_unknown",
            "conditional_events names '" + road.value + "', which is no value of " +
                either("What Next?", "on"),
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
          warning(at(Column::message, draft_->messages.front().at), "text_too_long",
                  "longer than the " + std::to_string(channel->text_max) +
                      " characters of one message on " + name,
                  "it will be divided; say less, or divide it where it should be");
        }
      }
      for (size_t i = 0; i < node.asset.options.size(); ++i) {
        for (const Template& label : node.asset.options[i].label) {
          if (channel->label_max == 0 || length_of(label) <= channel->label_max) continue;
          warning(at(Column::rich_asset_content, draft_->asset->options[i].label.at),
                  "label_too_long",
                  "'" + label.source() + "' is longer than the " +
                      std::to_string(channel->label_max) + " characters of a button on " + name,
                  "it will be cut; find a shorter one");
        }
      }
    }
  }
  static size_t length_of(const Template& text) { return base::utf8_length(text.source()); }

  void check_environment_key(const Place& place, const std::string& key) {
    for (const auto& [environment, keys] : facts_.environments) {
      if (keys.contains(key)) continue;
      error(place, "environment_key_missing",
            "PARAMS['" + environment + "'] in app.py has no key '" + key + "'", "add it there");
    }
  }

  void check(const ActionNode& node) {
    if (draft_->payload) {
      for_each_handed_on(*draft_->payload, [&](const std::string& text, const Place& place) {
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

  void check_script_roads(const ActionNode& node) {
    const bool handled = node.road("error") != nullptr ||
                         program_.find(kErrorHandlerNode) != nullptr ||
                         program_.find(kCrashHandlerNode) != nullptr;
    if (handled || node.roads.empty()) return;
    error(roads(), "road_missing",
          "there is no road 'error' for when the script fails or takes too long",
          road_hint("error") + ", or a handler node -500");
  }

  // Of the key itself, where it has a place of its own.
  Place key_of_parameter(std::string_view key) const {
    if (draft_->payload && draft_->payload->map() != nullptr) {
      for (const auto& [name, value] : *draft_->payload->map()) {
        if (name.value == key) return at(Column::parameter_input, name.at);
      }
    }
    return parameter();
  }

  template <typename Use>
  void check_decision(const ActionNode& node, const Use& use) {
    if (!node.decision.empty() &&
        std::ranges::find(use.outputs, node.decision) == use.outputs.end()) {
      error(at(Column::decision_variable, draft_->decide.at), "decision_unknown",
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
      error(key_of_parameter(key), "parameter_unsupported",
            node.command + " does not take '" + key + "' here",
            near.empty() ? "it takes " + list_of(takes) : "did you mean '" + near + "'?");
    }
    for (const std::string_view key : use.needs) {
      if (node.payload.contains(key)) continue;
      error(parameter(), "parameter_missing", node.command + " needs '" + std::string(key) + "'");
    }
  }

  void check_owing(const ActionNode& node) {
    check_decision(node, *node.owes.command);
    check_parameters(node, *node.owes.command);
    for (DeliveryProblem& found : check_delivery(program_, node, is_yaml())) {
      error(found.is_road ? roads() : parameter(found.key), std::move(found.code),
            std::move(found.message), std::move(found.remedy));
    }
  }

  void check_native(const ActionNode& node, const NativeUse& use) {
    check_decision(node, use);
    for (const std::string_view value : use.values) {
      if (node.road(value) != nullptr) continue;
      error(roads(), "road_missing",
            "there is no road '" + std::string(value) + "', which " + node.command +
                " can answer with",
            road_hint(value));
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

  void check_regex(const ActionNode& node, const NativeUse& use) {
    const auto regex = json::get_string(node.payload, "regex");
    if (!regex || std::ranges::find(use.takes, "regex") == use.takes.end()) return;
    if (const auto usable = ask::check_pattern(*regex); !usable) {
      error(parameter("regex"), "bad_pattern", usable.error().message);
    }
  }

  void check_date_parameters(const ActionNode& node) {
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

  const Program& program_;
  const AppFacts& facts_;
  Problems& problems_;
  std::vector<const Node*> ordered_;
  std::unordered_map<NodeNumber, const Draft*> drafts_;
  std::set<std::string, std::less<>> declared_;
  std::set<std::string> reported_;  // node and variable: one complaint each
  const Node* node_ = nullptr;
  const Draft* draft_ = nullptr;  // of that node
};

}  // namespace

void check_program(const Program& program, const AppFacts& facts, const Drafts& drafts,
                   const std::vector<Translation>& translations, Problems& problems) {
  Checker(program, facts, drafts, problems).run(translations);
  check_graph(program, drafts, problems);
}

}  // namespace millrace::flow
