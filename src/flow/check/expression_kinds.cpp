#include "flow/check/expression_kinds.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace millrace::flow {
namespace {

Kind kind_asked(ask::Type type) {
  switch (type) {
    case ask::Type::number: return Kind::number;
    case ask::Type::date: return Kind::date;
    case ask::Type::time: return Kind::time;
    case ask::Type::yes_no: return Kind::truth;
    case ask::Type::text:
    case ask::Type::address: return Kind::typed;
    case ask::Type::email:
    case ask::Type::file: return Kind::text;
    default: return Kind::unknown;
  }
}

Kind kind_answered(const DialogNode& node) {
  if (node.ask) return kind_asked(node.ask->rules.type);
  return node.asset.type == AssetType::none ? Kind::typed : Kind::unknown;
}

constexpr std::array<std::string_view, 7> kNumbers{"age", "days_between", "length", "max",
                                                   "min", "number",       "round"};
constexpr std::array<std::string_view, 5> kTruths{"contains", "ends_with", "is_number", "is_set",
                                                  "starts_with"};
constexpr std::array<std::string_view, 4> kOfNumbers{"max", "min", "number", "round"};
constexpr std::array<std::string_view, 2> kOfDates{"age", "days_between"};

bool is_among(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Kind of_literal(const Value& value) {
  if (std::holds_alternative<double>(value)) return Kind::number;
  if (std::holds_alternative<bool>(value)) return Kind::truth;
  return std::holds_alternative<std::string>(value) ? Kind::text : Kind::unknown;
}

}  // namespace

std::string_view words_of(Kind kind) {
  switch (kind) {
    case Kind::number: return "a number";
    case Kind::text: return "a text";
    case Kind::typed: return "what people type";
    case Kind::date: return "a date";
    case Kind::time: return "a time";
    case Kind::truth: return "yes or no";
    case Kind::unknown: break;
  }
  return "a value";
}

bool wants_numbers(std::string_view function) {
  return is_among(kOfNumbers, function);
}

bool wants_dates(std::string_view function) {
  return is_among(kOfDates, function);
}

Kinds::Kinds(const Graph& graph) {
  for (const Node* node : graph.nodes) {
    if (const auto* dialog = std::get_if<DialogNode>(&node->does)) {
      if (!dialog->variable.empty()) add(dialog->variable, kind_answered(*dialog));
    } else if (const auto* action = std::get_if<ActionNode>(&node->does)) {
      for (const std::string& name : action->variables) add(name, Kind::unknown);
    }
  }
  for (const Node* node : graph.nodes) {
    const auto* set = std::get_if<SetNode>(&node->does);
    if (set == nullptr) continue;
    for (const SetNode::Assignment& item : set->assignments) {
      const auto* expression = std::get_if<Expression>(&item.value);
      const bool is_known = expression != nullptr && expression->root() != nullptr;
      add(item.variable, is_known ? of(*expression->root()) : Kind::unknown);
    }
  }
}

Kind Kinds::of(const ExpressionNode& node) const {
  if (const auto* value = std::get_if<Value>(&node.is)) return of_literal(*value);
  if (const auto* variable = std::get_if<ExpressionNode::Variable>(&node.is)) {
    const auto found = kinds_.find(variable->name);
    return found == kinds_.end() ? Kind::unknown : found->second;
  }
  if (const auto* call = std::get_if<ExpressionNode::Call>(&node.is)) {
    const std::string_view name = call->function->name;
    if (name == "today") return Kind::date;
    return is_among(kNumbers, name)  ? Kind::number
           : is_among(kTruths, name) ? Kind::truth
                                     : Kind::unknown;
  }
  const auto& is = std::get<ExpressionNode::Operator>(node.is);
  switch (is.operation) {
    case Operation::minus:
    case Operation::times:
    case Operation::divide:
    case Operation::remainder:
    case Operation::invert: return Kind::number;
    case Operation::plus: {
      const bool adds = of(*is.operands[0]) == Kind::number && of(*is.operands[1]) == Kind::number;
      return adds ? Kind::number : Kind::unknown;
    }
    default: return Kind::truth;
  }
}

void Kinds::add(const std::string& name, Kind kind) {
  const auto [entry, first] = kinds_.try_emplace(name, kind);
  if (!first && entry->second != kind) entry->second = Kind::unknown;
}

}  // namespace millrace::flow
