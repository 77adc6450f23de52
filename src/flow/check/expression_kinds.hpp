// What kind of value each variable may have, as far as every node that sets it is understood, and
// what an expression gives. For the files of this folder only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "flow/check/graph.hpp"
#include "flow/language/expression_node.hpp"

namespace millrace::flow {

enum class Kind { unknown, number, text, typed, date, time, truth };  // typed: whatever people type

// "a number", "what people type", ...
std::string_view words_of(Kind kind);

// Which functions want what; the others take anything.
bool wants_numbers(std::string_view function);
bool wants_dates(std::string_view function);

class Kinds {
 public:
  explicit Kinds(const Graph& graph);
  Kind of(const ExpressionNode& node) const;

 private:
  void add(const std::string& name, Kind kind);

  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace millrace::flow
