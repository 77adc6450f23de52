// What a node asked about the rest of its program while it was linked or checked, and what it was
// told: while all answers stay the same, so does what was made of it. For the files of this room
// only.
#pragma once

#include <string>
#include <vector>

#include "flow/language/draft.hpp"

namespace millrace::flow {

struct Question {
  enum class About {
    target,        // which node a name means
    number,        // whether there is a node of that number
    nearest_name,  // what a name that means nothing could have meant
    variable,      // whether some node sets it
    nearest_variable,
    secure,   // whether it is asked securely
    email,    // whether it is asked as an e-mail address
    handler,  // whether there is a node for errors
    outputs,  // what the node of that number is called, and gives
  };
  About about = About::target;
  std::string name;
  NodeNumber number = 0;
  std::string answer;
};

// The names of nodes as one node sees them, who asks what kept.
class NamesAsked {
 public:
  NamesAsked(const Targets& targets, const std::string& flow, std::vector<Question>& asked)
      : targets_(targets), flow_(flow), asked_(asked) {}

  std::optional<NodeNumber> find(std::string_view text) const;
  bool exists(NodeNumber number) const;
  std::string nearest(std::string_view text) const;

 private:
  const Targets& targets_;
  const std::string& flow_;
  std::vector<Question>& asked_;
};

// Whether a node of that flow would be told the same now.
bool same_answers(const std::vector<Question>& asked, const Targets& targets,
                  const std::string& flow);

}  // namespace millrace::flow
