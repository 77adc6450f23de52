// The syntax tree of an expression, for the files of this room only.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "flow/expression.hpp"
#include "flow/language/expression_functions.hpp"

namespace millrace::flow {

enum class Operation {
  either,
  both,
  negate,
  equal,
  unequal,
  less,
  at_most,
  more,
  at_least,
  plus,
  minus,
  times,
  divide,
  remainder,
  invert
};

// A node of the syntax tree: a literal, a variable, an operation or a call.
struct ExpressionNode {
  struct Variable {
    std::string name;
  };
  struct Operator {
    Operation operation;
    std::vector<std::shared_ptr<const ExpressionNode>> operands;
  };
  struct Call {
    const Function* function;
    std::vector<std::shared_ptr<const ExpressionNode>> arguments;
  };
  std::variant<Value, Variable, Operator, Call> is;
};

using ExpressionPointer = std::shared_ptr<const ExpressionNode>;

}  // namespace millrace::flow
