#include "flow/language/questions.hpp"

#include <algorithm>

namespace millrace::flow {
namespace {

using About = Question::About;

Question answered(Question question, const Targets& targets, const std::string& flow) {
  switch (question.about) {
    case About::target: question.number = targets.find(flow, question.name).value_or(0); break;
    case About::number: question.answer = targets.exists(question.number) ? "yes" : ""; break;
    default: question.answer = did_you_mean(question.name, targets.names(flow)); break;
  }
  return question;
}

}  // namespace

std::optional<NodeNumber> NamesAsked::find(std::string_view text) const {
  asked_.push_back(answered({About::target, std::string(text), 0, {}}, targets_, flow_));
  return targets_.find(flow_, text);
}

bool NamesAsked::exists(NodeNumber number) const {
  asked_.push_back(answered({About::number, {}, number, {}}, targets_, flow_));
  return !asked_.back().answer.empty();
}

std::string NamesAsked::nearest(std::string_view text) const {
  asked_.push_back(answered({About::nearest_name, std::string(text), 0, {}}, targets_, flow_));
  return asked_.back().answer;
}

bool same_answers(const std::vector<Question>& asked, const Targets& targets,
                  const std::string& flow) {
  return std::ranges::all_of(asked, [&](const Question& question) {
    const Question now = answered(question, targets, flow);
    return now.number == question.number && now.answer == question.answer;
  });
}

}  // namespace millrace::flow
