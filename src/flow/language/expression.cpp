#include "flow/expression.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "flow/language/expression_functions.hpp"
#include "flow/text_template.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr size_t kLengthMax = 2'000;
constexpr int kDepthMax = 50;

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

}  // namespace

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

namespace {

using NodePointer = std::shared_ptr<const ExpressionNode>;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<NodePointer> run() {
    auto root = parse_either();
    if (!root) return root;
    skip_blanks();
    if (at_ < text_.size()) return wrong("'" + std::string(1, text_[at_]) + "' is not expected");
    return root;
  }
  std::vector<std::string> variables;

 private:
  std::unexpected<base::Error> wrong(std::string message) const {
    return fail(Code::invalid_argument,
                std::move(message) + " at character " + std::to_string(at_ + 1));
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
      ++at_;
    }
  }

  bool take(std::string_view symbol) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    return true;
  }

  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  bool take_word(std::string_view word) {
    skip_blanks();
    const auto rest = text_.substr(at_);
    if (!rest.starts_with(word)) return false;
    if (rest.size() > word.size() && is_word(rest[word.size()])) return false;
    at_ += word.size();
    return true;
  }

  static NodePointer operation(Operation what, std::vector<NodePointer> operands) {
    return std::make_shared<ExpressionNode>(
        ExpressionNode{ExpressionNode::Operator{what, std::move(operands)}});
  }

  // One level of left-associative operators.
  template <typename Below, typename Find>
  Result<NodePointer> parse_level(Below below, Find find) {
    auto left = below();
    while (left) {
      const auto what = find();
      if (!what) return left;
      auto right = below();
      if (!right) return right;
      left = operation(*what, {*left, *right});
    }
    return left;
  }

  Result<NodePointer> parse_either() {
    return parse_level([this] { return parse_both(); },
                       [this]() -> std::optional<Operation> {
                         if (take_word("or")) return Operation::either;
                         return std::nullopt;
                       });
  }

  Result<NodePointer> parse_both() {
    return parse_level([this] { return parse_negation(); },
                       [this]() -> std::optional<Operation> {
                         if (take_word("and")) return Operation::both;
                         return std::nullopt;
                       });
  }

  Result<NodePointer> parse_negation() {
    if (!take_word("not")) return parse_comparison();
    if (++depth_ > kDepthMax) return wrong("the expression is nested too deep");
    auto operand = parse_negation();
    --depth_;
    if (!operand) return operand;
    return operation(Operation::negate, {*operand});
  }

  Result<NodePointer> parse_comparison() {
    auto left = parse_sum();
    if (!left) return left;
    struct Sign {
      std::string_view symbol;
      Operation operation;
    };
    constexpr Sign kSigns[] = {{"==", Operation::equal},   {"!=", Operation::unequal},
                               {"<=", Operation::at_most}, {">=", Operation::at_least},
                               {"=", Operation::equal},    {"<", Operation::less},
                               {">", Operation::more}};
    for (const Sign& sign : kSigns) {
      if (!take(sign.symbol)) continue;
      auto right = parse_sum();
      if (!right) return right;
      return operation(sign.operation, {*left, *right});
    }
    return left;
  }

  Result<NodePointer> parse_sum() {
    return parse_level([this] { return parse_product(); },
                       [this]() -> std::optional<Operation> {
                         if (take("+")) return Operation::plus;
                         if (take("-")) return Operation::minus;
                         return std::nullopt;
                       });
  }

  Result<NodePointer> parse_product() {
    return parse_level([this] { return parse_sign(); },
                       [this]() -> std::optional<Operation> {
                         if (take("*")) return Operation::times;
                         if (take("/")) return Operation::divide;
                         if (take("%")) return Operation::remainder;
                         return std::nullopt;
                       });
  }

  Result<NodePointer> parse_sign() {
    if (!take("-")) return parse_atom();
    if (++depth_ > kDepthMax) return wrong("the expression is nested too deep");
    auto operand = parse_sign();
    --depth_;
    if (!operand) return operand;
    return operation(Operation::invert, {*operand});
  }

  static NodePointer literal(Value value) {
    return std::make_shared<ExpressionNode>(ExpressionNode{std::move(value)});
  }

  Result<NodePointer> parse_atom() {
    skip_blanks();
    if (at_ >= text_.size()) return wrong("a value is missing");
    const char c = text_[at_];
    if (c == '(') return parse_group();
    if (c == '\'' || c == '"') return parse_text(c);
    if ((c >= '0' && c <= '9') || c == '.') return parse_number();
    if (is_word(c)) return parse_name();
    return wrong("'" + std::string(1, c) + "' is not expected");
  }

  Result<NodePointer> parse_group() {
    ++at_;
    if (++depth_ > kDepthMax) return wrong("the expression is nested too deep");
    auto inner = parse_either();
    --depth_;
    if (!inner) return inner;
    if (!take(")")) return wrong("')' is missing");
    return inner;
  }

  Result<NodePointer> parse_text(char quote) {
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != quote) {
        out.push_back(text_[at_]);
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
        out.push_back(quote);
        ++at_;
      } else {
        ++at_;
        return literal(std::move(out));
      }
    }
    return wrong("the text is not closed");
  }

  Result<NodePointer> parse_number() {
    double number = 0;
    const char* begin = text_.data() + at_;
    const auto [end, code] =
        std::from_chars(begin, text_.data() + text_.size(), number, std::chars_format::fixed);
    if (code != std::errc()) return wrong("this is not a number");
    at_ += static_cast<size_t>(end - begin);
    return literal(number);
  }

  Result<NodePointer> parse_name() {
    const size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const auto name = text_.substr(begin, at_ - begin);
    if (name == "true" || name == "false") return literal(name == "true");
    if (name == "none") return literal(None{});
    if (is_variable_name(name)) {
      if (std::ranges::find(variables, name) == variables.end()) variables.emplace_back(name);
      return std::make_shared<ExpressionNode>(
          ExpressionNode{ExpressionNode::Variable{std::string(name)}});
    }
    const Function* function = find_function(name);
    if (function == nullptr) {
      at_ = begin;
      return wrong("there is no function '" + std::string(name) +
                   "' (variables are written in capitals, texts in quotes)");
    }
    return parse_call(*function);
  }

  Result<NodePointer> parse_call(const Function& function) {
    if (!take("(")) return wrong("'(' is missing behind " + std::string(function.name));
    if (++depth_ > kDepthMax) return wrong("the expression is nested too deep");
    std::vector<NodePointer> arguments;
    if (!take(")")) {
      do {
        auto argument = parse_either();
        if (!argument) return argument;
        arguments.push_back(std::move(*argument));
      } while (take(","));
      if (!take(")")) return wrong("')' is missing");
    }
    --depth_;
    if (arguments.size() < function.arguments_min || arguments.size() > function.arguments_max) {
      return wrong(std::string(function.name) + " takes " + std::string(function.usage));
    }
    return std::make_shared<ExpressionNode>(
        ExpressionNode{ExpressionNode::Call{&function, std::move(arguments)}});
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

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

// Numbers compare as numbers, also where they stand in variables as text; all else as text.
std::partial_ordering compare(const Value& left, const Value& right) {
  const auto a = number_in(left), b = number_in(right);
  if (a && b) return *a <=> *b;
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
  return out;
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
  std::vector<Value> arguments;
  for (const NodePointer& argument : call.arguments) {
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
    char buffer[32];
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, *number);
    return code == std::errc() ? std::string(buffer, end) : std::string();
  }
  return {};
}

Result<Expression> Expression::parse(std::string_view text) {
  if (text.size() > kLengthMax) {
    return fail(Code::invalid_argument,
                "the expression is longer than " + std::to_string(kLengthMax) + " bytes");
  }
  Parser parser(text);
  auto root = parser.run();
  if (!root) return std::unexpected(root.error());
  Expression expression;
  expression.root_ = std::move(*root);
  expression.variables_ = std::move(parser.variables);
  expression.source_ = text;
  return expression;
}

Result<Value> Expression::evaluate(const Environment& environment) const {
  if (!root_) return Value(None{});
  return evaluate_node(*root_, environment);
}

}  // namespace millrace::flow
