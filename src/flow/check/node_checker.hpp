// One node held against its program. For the files of this folder only.
#pragma once

#include "flow/check/surroundings.hpp"
#include "flow/language/nodes.hpp"

namespace millrace::flow {

class NodeChecker {
 public:
  // What is asked of the rest of the program, and what is wrong, goes into `made`.
  NodeChecker(const Program& program, const AppFacts& facts, const Surroundings& surroundings,
              const Draft& draft, Made& made);

  void run(const Node& node);
  // A text in another locale, by its own place.
  void check_text(const Problem& where, const Template& text, Problems& problems);

 private:
  void check(const DialogNode& node);
  void check(const ActionNode& node);
  void check(const BranchNode& node);
  void check(const SetNode& node);
  template <typename Other>
  void check(const Other&) {}  // of a call, a return or a pause everything is said by its branches

  void check_variable(const Place& place, std::string_view name);
  void check_variable(Problem where, std::string_view name, Problems& problems);
  void check_text(const Text& text);
  // Braces that look like a variable and are shown as they are.
  void check_literal(const Problem& where, std::string_view literal, Problems& problems);
  void check_expression(const Place& place, const Expression& expression);
  void check_properties(const Tree& event);
  void check_event(const Node& node);

  // Of a dialog.
  void check_source(const AssetSource& given);
  void check_ask(const AskDraft& ask);
  void check_choices(const DialogNode& node);
  void check_limits(const DialogNode& node);

  // Of an action.
  void check_payload(const ActionNode& node);
  void check_environment_key(const Place& place, const std::string& key);
  void check_external_id(const ActionNode& node);
  bool holds_email(const std::string& name) const;
  void check_script_roads(const ActionNode& node);
  template <typename Use>
  void check_decision(const ActionNode& node, const Use& use);
  template <typename Use>
  void check_parameters(const ActionNode& node, const Use& use);
  void check_owing(const ActionNode& node);
  void check_native(const ActionNode& node, const NativeUse& use);
  void check_native_variables(const ActionNode& node, const NativeUse& use);
  void check_regex(const ActionNode& node, const NativeUse& use);
  void check_date_parameters(const ActionNode& node);

  bool is_yaml() const { return draft_.is_yaml; }
  const char* either(const char* csv, const char* yaml) const { return is_yaml() ? yaml : csv; }
  // How a road that is missing is written.
  std::string road_hint(std::string_view value) const;
  Place at(Column column, const Place& written = {}) const {
    return place_of(draft_, column, written);
  }
  // Of a parameter, or of all of them; of the key itself, where it has a place of its own.
  Place parameter(std::string_view key = {}) const;
  Place key_of_parameter(std::string_view key) const;
  Place roads() const { return at(Column::what_next, draft_.roads.at); }
  void error(const Place& place, std::string code, std::string message, std::string remedy = {});
  void warning(const Place& place, std::string code, std::string message, std::string remedy);

  const Program& program_;
  const AppFacts& facts_;
  const Draft& draft_;
  Made& made_;
  Asking asking_;
};

}  // namespace millrace::flow
