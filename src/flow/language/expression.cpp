#include <charconv>
#include <cmath>

#include "flow/language/expression_node.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;
using base::Result;

std::unexpected<base::Error> wrong_kind(std::string_view what, const Value& value) {
  return fail(Code::invalid_argument,
              std::string(what) + " is not possible with " + std::string(kind_of(value)));
}

Result<bool> truth(const Value& value) {
  if (const auto* is = std::get_if<bool>(&value)) return *is;
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (*text == "true") return true;
    if (*text == "false" || text->empty()) return false;
  }
  if (std::holds_alternative<None>(value)) return false;
  return wrong_kind("true or false", value);
}

// Numbers compare as numbers, also where they stand in variables as text; texts as texts. What is
// no number is neither more nor less than one.
std::partial_ordering compare(const Value& left, const Value& right) {
  const auto a = number_in(left), b = number_in(right);
  if (a && b) return *a <=> *b;
  const bool with_number =
      std::holds_alternative<double>(left) || std::holds_alternative<double>(right);
  if (with_number) return std::partial_ordering::unordered;
  return to_text(left) <=> to_text(right);
}

Result<Value> compute(Operation operation, const Value& left, const Value& right) {
  switch (operation) {
    case Operation::equal: return compare(left, right) == 0;
    case Operation::unequal: return compare(left, right) != 0;
    case Operation::less: return compare(left, right) < 0;
    case Operation::at_most: return compare(left, right) <= 0;
    case Operation::more: return compare(left, right) > 0;
    case Operation::at_least: return compare(left, right) >= 0;
    default: break;
  }
  const auto a = number_in(left), b = number_in(right);
  if (operation == Operation::plus && (!a || !b)) return to_text(left) + to_text(right);
  if (!a) return wrong_kind("arithmetic", left);
  if (!b) return wrong_kind("arithmetic", right);
  double out = 0;
  switch (operation) {
    case Operation::plus: out = *a + *b; break;
    case Operation::minus: out = *a - *b; break;
    case Operation::times: out = *a * *b; break;
    case Operation::divide: out = *a / *b; break;
    default: out = std::fmod(*a, *b); break;
  }
  if (!std::isfinite(out)) return fail(Code::invalid_argument, "the result is not a number");
  return as_decimal(out);
}

Result<Value> evaluate_node(const ExpressionNode& node, const Expression::Environment& environment);

Result<Value> evaluate_operator(const ExpressionNode::Operator& is,
                                const Expression::Environment& environment) {
  auto left = evaluate_node(*is.operands[0], environment);
  if (!left) return left;
  switch (is.operation) {
    case Operation::negate:
    case Operation::either:
    case Operation::both: {
      const auto holds = truth(*left);
      if (!holds) return std::unexpected(holds.error());
      if (is.operation == Operation::negate) return !*holds;
      if (*holds == (is.operation == Operation::either)) return *holds;
      auto right = evaluate_node(*is.operands[1], environment);
      if (!right) return right;
      const auto also = truth(*right);
      if (!also) return std::unexpected(also.error());
      return *also;
    }
    case Operation::invert: {
      const auto number = number_in(*left);
      if (!number) return wrong_kind("a sign", *left);
      return -*number;
    }
    default: break;
  }
  auto right = evaluate_node(*is.operands[1], environment);
  if (!right) return right;
  return compute(is.operation, *left, *right);
}

// Computes what it gives, and not the other: if(is_number(X), X + 1, 0) never fails.
Result<Value> evaluate_if(const ExpressionNode::Call& call,
                          const Expression::Environment& environment) {
  const auto condition = evaluate_node(*call.arguments[0], environment);
  if (!condition) return condition;
  const std::string holds = to_text(*condition);
  return evaluate_node(*call.arguments[holds.empty() || holds == "false" ? 2 : 1], environment);
}

// What cannot be computed is passed over; where there is nothing else, it is why.
Result<Value> evaluate_coalesce(const ExpressionNode::Call& call,
                                const Expression::Environment& environment) {
  std::optional<Result<Value>> last;
  for (const ExpressionPointer& argument : call.arguments) {
    auto value = evaluate_node(*argument, environment);
    if (value && !to_text(*value).empty()) return value;
    if (value || !last) last = std::move(value);
  }
  return *last;
}

Result<Value> evaluate_node(const ExpressionNode& node,
                            const Expression::Environment& environment) {
  if (const auto* value = std::get_if<Value>(&node.is)) return *value;
  if (const auto* variable = std::get_if<ExpressionNode::Variable>(&node.is)) {
    auto text = environment.variable(variable->name);
    return text ? Value(std::move(*text)) : Value(None{});
  }
  if (const auto* is = std::get_if<ExpressionNode::Operator>(&node.is)) {
    return evaluate_operator(*is, environment);
  }
  const auto& call = std::get<ExpressionNode::Call>(node.is);
  if (call.function->name == kIf) return evaluate_if(call, environment);
  if (call.function->name == kCoalesce) return evaluate_coalesce(call, environment);
  std::vector<Value> arguments;
  for (const ExpressionPointer& argument : call.arguments) {
    auto value = evaluate_node(*argument, environment);
    if (!value) return value;
    arguments.push_back(std::move(*value));
  }
  return call.function->run(arguments, environment.now);
}

}  // namespace

std::string to_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* is = std::get_if<bool>(&value)) return *is ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) {
    char buffer[512];  // holds the longest of all doubles, which nobody wants to read with an
                       // exponent
    const auto [end, code] =
        std::to_chars(buffer, buffer + sizeof buffer, *number, std::chars_format::fixed);
    return code == std::errc() ? std::string(buffer, end) : std::string();
  }
  return {};
}

Result<Value> Expression::evaluate(const Environment& environment) const {
  if (!root_) return Value(None{});
  return evaluate_node(*root_, environment);
}

}  // namespace millrace::flow
