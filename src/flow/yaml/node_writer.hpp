// A row of a CSV file as a node of a YAML flow.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "flow/language/reading.hpp"

namespace millrace::flow {

// Where a row stands among the asks of a form: "main.who.NAME" asks for NAME in `who`.
struct FormPlace {
  std::string form;
  std::string variable;
  bool is_first = false;
  bool is_last = false;
};

// What nodes of a CSV file are called in YAML: by their number, or by their id.
class Names {
 public:
  explicit Names(const Drafts& drafts);

  // The rows by the flows they belong to, in their order.
  const std::map<std::string, std::vector<const Draft*>>& flows() const { return flows_; }
  // nullptr when the row is a node of its own.
  const FormPlace* form_of(const Draft& draft) const {
    const auto found = forms_.find(draft.number);
    return found == forms_.end() ? nullptr : &found->second;
  }
  // The node's own key: in a form the variable.
  std::string key_of(const Draft& draft) const;
  // The node as one of `flow` names it; a text that names no known node stays as it is.
  std::string name_of(const std::string& flow, const std::string& written) const;
  // Back again.
  std::string number_of(const std::string& flow, const std::string& name) const;

 private:
  void find_forms(const std::vector<const Draft*>& rows);

  std::map<std::string, std::vector<const Draft*>> flows_;
  std::unordered_map<NodeNumber, FormPlace> forms_;
  std::unordered_map<NodeNumber, std::pair<std::string, std::string>> keys_;  // flow and name
  std::unordered_map<std::string, std::string> numbers_;
};

// Whether a description is nothing but comments: it stands above the node, not under a key.
bool is_comment(std::string_view description);

// The node as YAML. Each cell comes back from it exactly.
struct WrittenNode {
  std::string comment;  // lines that stand above it, not indented
  std::string key;      // its line, as a node of its own
  std::string keys;     // the lines below it
  std::string next;     // of the last ask of a form, which leads on for the whole form
};
// `next_number` is of the row behind; "" for the last one.
WrittenNode write_node(const Draft& draft, const std::string& next_number, const Names& names);

}  // namespace millrace::flow
