// The small typed language of conditions and assignments in YAML flows: "AGE >= 18 and CITY != ''".
// Parsed once, when the program is compiled; what a consumer typed is a value in it, never text of
// it. Values are text, numbers, truth and nothing; every operation on the wrong kind is an error.
//
//   or, and, not, = (or ==) != < <= > >=, + - * / %, (...)
//   numbers 1.5, texts 'it''s' or "so", true, false, none, VARIABLES
//   functions: see kFunctions in expression.cpp and docs/flows.md
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace millrace::flow {

struct None {
  bool operator==(const None&) const = default;
};
using Value = std::variant<None, bool, double, std::string>;

// As it stands in a global variable: "true", "42", the text itself, "" for nothing.
std::string to_text(const Value& value);

struct ExpressionNode;

class Expression {
 public:
  struct Environment {
    // A variable's text; nullopt when it is not set.
    std::function<std::optional<std::string>(std::string_view)> variable;
    base::LocalMoment now;
  };

  // The error's message says what is wrong and at which character (1-based) of `text`.
  static base::Result<Expression> parse(std::string_view text);

  // invalid_argument: the values are of the wrong kind, or a number is out of range.
  base::Result<Value> evaluate(const Environment& environment) const;
  // Names of the variables it reads, each once.
  const std::vector<std::string>& variables() const { return variables_; }
  const std::string& source() const { return source_; }
  // Its tree, which only this room knows.
  const ExpressionNode* root() const { return root_.get(); }

 private:
  std::shared_ptr<const ExpressionNode> root_;
  std::vector<std::string> variables_;
  std::string source_;
};

}  // namespace millrace::flow
