// A row of a CSV file as a node of a YAML flow.
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "flow/language/draft.hpp"

namespace millrace::flow {

// What nodes of a CSV file are called in YAML: by their number, or by their id.
class Names {
 public:
  explicit Names(const std::vector<Draft>& drafts) {
    for (const Draft& draft : drafts) {
      keys_.try_emplace(draft.number, draft.flow, key_of_node(draft));
      numbers_.try_emplace(draft.flow + "." + key_of_node(draft), std::to_string(draft.number));
    }
  }

  static std::string key_of_node(const Draft& draft) {
    if (draft.key.empty()) return std::to_string(draft.number);
    std::string key = draft.key;
    std::ranges::replace(key, '.', '-');
    return key;
  }

  // The node as one of `flow` names it; a text that names no known node stays as it is.
  std::string name_of(const std::string& flow, const std::string& written) const {
    const auto number = parse_number(written);
    const auto found = number ? keys_.find(*number) : keys_.end();
    if (found == keys_.end()) return written;
    const auto& [its_flow, key] = found->second;
    if (parse_number(key)) return written;
    return its_flow == flow ? key : its_flow + "." + key;
  }

  // Back again.
  std::string number_of(const std::string& flow, const std::string& name) const {
    const auto found = numbers_.find(flow + "." + name);
    if (found != numbers_.end() && !parse_number(name)) return found->second;
    const auto anywhere = numbers_.find(name);
    return anywhere == numbers_.end() ? name : anywhere->second;
  }

 private:
  std::unordered_map<NodeNumber, std::pair<std::string, std::string>> keys_;
  std::unordered_map<std::string, std::string> numbers_;
};

// Whether a description is nothing but comments: it stands above the node, not under a key.
bool is_comment(std::string_view description);

// The node as YAML, with the comment above it. Each cell comes back from it exactly.
// `next_number` is of the row behind; "" for the last one.
std::string write_node(const Draft& draft, const std::string& next_number, const Names& names);

}  // namespace millrace::flow
