// What a node's checks may ask about the rest of its program, and the node that asks it. For the
// files of this folder only.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "flow/language/questions.hpp"

namespace millrace::flow {

class Surroundings {
 public:
  explicit Surroundings(const Program& program);

  // The question with the answer it has now.
  Question answered(Question question) const;
  bool same_answers(const std::vector<Question>& asked) const;

 private:
  std::string outputs_of(NodeNumber number) const;

  const Program& program_;
  std::set<std::string, std::less<>> set_;     // variables that some node sets
  std::set<std::string, std::less<>> secure_;  // that are asked securely
  std::set<std::string, std::less<>> emails_;  // that are asked as an e-mail address
};

// One node's questions, all of which are kept.
class Asking {
 public:
  Asking(const Surroundings& surroundings, std::vector<Question>& asked)
      : surroundings_(surroundings), asked_(asked) {}

  bool is_set(std::string_view variable) const { return says(Question::About::variable, variable); }
  bool is_secure(std::string_view variable) const {
    return says(Question::About::secure, variable);
  }
  bool is_email(std::string_view variable) const { return says(Question::About::email, variable); }
  bool has_error_handler() const { return says(Question::About::handler, {}); }
  std::string nearest_variable(std::string_view name) const {
    return ask({Question::About::nearest_variable, std::string(name), 0, {}});
  }
  // Of the node of that number, when it is an action: "" otherwise. What is asked of it stays the
  // same while this does.
  std::string outputs_of(NodeNumber number) const {
    return ask({Question::About::outputs, {}, number, {}});
  }

 private:
  bool says(Question::About about, std::string_view name) const {
    return !ask({about, std::string(name), 0, {}}).empty();
  }
  std::string ask(Question question) const {
    asked_.push_back(surroundings_.answered(std::move(question)));
    return asked_.back().answer;
  }

  const Surroundings& surroundings_;
  std::vector<Question>& asked_;
};

}  // namespace millrace::flow
