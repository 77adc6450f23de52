#include "flow/check/surroundings.hpp"

#include <algorithm>

#include "flow/check/graph.hpp"

namespace millrace::flow {
namespace {

constexpr const char* kYes = "yes";

}  // namespace

Surroundings::Surroundings(const Program& program) : program_(program) {
  for (const auto& [number, node] : program.nodes) {
    for (std::string& name : variables_set_by(node)) set_.insert(std::move(name));
    const auto* dialog = std::get_if<DialogNode>(&node.does);
    if (dialog == nullptr || dialog->variable.empty()) continue;
    if (dialog->secure) secure_.insert(dialog->variable);
    if (dialog->ask && dialog->ask->rules.type == ask::Type::email) {
      emails_.insert(dialog->variable);
    }
  }
}

Question Surroundings::answered(Question question) const {
  using About = Question::About;
  const auto yes_if = [](bool is_so) { return is_so ? kYes : ""; };
  switch (question.about) {
    case About::variable: question.answer = yes_if(set_.contains(question.name)); break;
    case About::secure: question.answer = yes_if(secure_.contains(question.name)); break;
    case About::email: question.answer = yes_if(emails_.contains(question.name)); break;
    case About::handler:
      question.answer = yes_if(program_.find(kErrorHandlerNode) != nullptr ||
                               program_.find(kCrashHandlerNode) != nullptr);
      break;
    case About::nearest_variable:
      question.answer = did_you_mean(question.name, {set_.begin(), set_.end()});
      break;
    default: question.answer = outputs_of(question.number); break;
  }
  return question;
}

bool Surroundings::same_answers(const std::vector<Question>& asked) const {
  return std::ranges::all_of(asked, [this](const Question& question) {
    return answered(question).answer == question.answer;
  });
}

std::string Surroundings::outputs_of(NodeNumber number) const {
  const Node* node = program_.find(number);
  const auto* action = node == nullptr ? nullptr : std::get_if<ActionNode>(&node->does);
  if (action == nullptr) return {};
  std::string out = node->id;
  for (const std::string& output : action->outputs) out += "\n" + output;
  return out;
}

}  // namespace millrace::flow
