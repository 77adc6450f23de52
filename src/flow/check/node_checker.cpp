#include "flow/check/node_checker.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {

NodeChecker::NodeChecker(const Program& program, const AppFacts& facts,
                         const Surroundings& surroundings, const Draft& draft, Made& made)
    : program_(program),
      facts_(facts),
      draft_(draft),
      made_(made),
      asking_(surroundings, made.asked_of_program) {}

void NodeChecker::run(const Node& node) {
  std::visit([this](const auto& does) { check(does); }, node.does);
  check_event(node);
}

std::string NodeChecker::road_hint(std::string_view value) const {
  return is_yaml() ? "add " + yaml_inline(value, reads_as_typed(value)) + ": node to on"
                   : "add " + std::string(value) + "~node";
}

Place NodeChecker::parameter(std::string_view key) const {
  if (!draft_.payload) return at(Column::parameter_input);
  const Tree* member = draft_.payload->find(key);
  return at(Column::parameter_input, member == nullptr ? draft_.payload->at : member->at);
}

Place NodeChecker::key_of_parameter(std::string_view key) const {
  if (draft_.payload && draft_.payload->map() != nullptr) {
    for (const auto& [name, value] : *draft_.payload->map()) {
      if (name.value == key) return at(Column::parameter_input, name.at);
    }
  }
  return parameter();
}

void NodeChecker::error(const Place& place, std::string code, std::string message,
                        std::string remedy) {
  made_.in_checking.error(
      problem_in(draft_, place, std::move(code), std::move(message), std::move(remedy)));
}

void NodeChecker::warning(const Place& place, std::string code, std::string message,
                          std::string remedy) {
  made_.in_checking.warning(
      problem_in(draft_, place, std::move(code), std::move(message), std::move(remedy)));
}

void NodeChecker::check_variable(const Place& place, std::string_view name) {
  check_variable(problem_in(draft_, place, "", ""), name, made_.in_checking);
}

// The same complaint is made once for a node.
void NodeChecker::check_variable(Problem where, std::string_view name, Problems& problems) {
  if (asking_.is_set(name)) return;
  auto& reported = made_.unknown_variables;
  if (std::ranges::find(reported, name) != reported.end()) return;
  reported.emplace_back(name);
  const std::string near = asking_.nearest_variable(name);
  where.code = "variable_unknown";
  where.message = "Referenced global variable does not exist: " + std::string(name);
  where.remedy = !near.empty() ? "did you mean " + near + "?"
                 : is_yaml()   ? "let a node give it a value, with variable or set"
                               : "name it in the Variable column of the node that sets it";
  problems.error(std::move(where));
}

void NodeChecker::check_text(const Problem& where, const Template& text, Problems& problems) {
  for (const Template::Part& part : text.parts) {
    if (part.kind == Template::Kind::variable) check_variable(where, part.text, problems);
    if (part.kind == Template::Kind::literal) check_literal(where, part.text, problems);
    if (part.kind != Template::Kind::environment) continue;
    Problem problem = where;
    problem.code = "environment_in_text";
    problem.message = "{env." + part.text + "} must not be shown to a consumer";
    problem.remedy = is_yaml() ? "environment values are filled in with: only"
                               : "environment values are filled in Parameter Input only";
    problems.error(std::move(problem));
  }
}

void NodeChecker::check_literal(const Problem& where, std::string_view literal,
                                Problems& problems) {
  for (auto open = literal.find('{'); open != std::string_view::npos;
       open = literal.find('{', open + 1)) {
    const auto close = literal.find('}', open);
    if (close == std::string_view::npos) return;
    std::string name(base::trim(literal.substr(open + 1, close - open - 1)));
    for (char& c : name) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      if (c == ' ') c = '_';
    }
    if (!is_variable_name(name)) continue;
    if (!asking_.is_set(name)) name = asking_.nearest_variable(name);
    if (name.empty()) continue;
    Problem problem = where;
    problem.code = "braces_shown";
    problem.message = std::string(literal.substr(open, close - open + 1)) +
                      " is shown as it is written: it is not how a variable is filled in";
    problem.remedy = "write {" + name + "}";
    problems.warning(std::move(problem));
  }
}

void NodeChecker::check_text(const Text& text) {
  if (!text.value.contains('{')) return;
  check_text(problem_in(draft_, text.at, "", ""), parse_template(text.value), made_.in_checking);
}

void NodeChecker::check_expression(const Place& place, const Expression& expression) {
  for (const std::string& name : expression.variables()) check_variable(place, name);
}

void NodeChecker::check(const BranchNode&) {
  for (const CaseDraft& item : draft_.cases) {
    check_expression(item.condition.at, item.condition.value);
  }
}

void NodeChecker::check(const SetNode&) {
  for (const AssignmentDraft& item : draft_.assignments) {
    if (item.expression) {
      check_expression(item.text.at, *item.expression);
    } else {
      check_text(item.text);
    }
  }
}

void NodeChecker::check_properties(const Tree& event) {
  for (const std::string_view key : {"additional_properties", "global_props"}) {
    const Tree* properties = event.find(key);
    if (properties == nullptr || properties->map() == nullptr) continue;
    for (const auto& [name, value] : *properties->map()) {
      check_text({json::to_text(json_of(value)), value.at});
    }
  }
}

void NodeChecker::check_event(const Node& node) {
  if (!node.event) return;
  check_properties(*draft_.event);
  const Tree* conditional = draft_.event->find("conditional_events");
  if (conditional == nullptr || conditional->map() == nullptr) return;
  const auto* action = std::get_if<ActionNode>(&node.does);
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

}  // namespace millrace::flow
