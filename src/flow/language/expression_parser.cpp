#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "flow/language/expression_node.hpp"
#include "flow/text_template.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr size_t kLengthMax = 2'000;
constexpr int kDepthMax = 50;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<ExpressionPointer> run() {
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

  static ExpressionPointer operation(Operation what, std::vector<ExpressionPointer> operands) {
    return std::make_shared<ExpressionNode>(
        ExpressionNode{ExpressionNode::Operator{what, std::move(operands)}});
  }

  // One level of left-associative operators.
  template <typename Below, typename Find>
  Result<ExpressionPointer> parse_level(Below below, Find find) {
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

  Result<ExpressionPointer> parse_either() {
    return parse_level([this] { return parse_both(); },
                       [this]() -> std::optional<Operation> {
                         if (take_word("or")) return Operation::either;
                         return std::nullopt;
                       });
  }

  Result<ExpressionPointer> parse_both() {
    return parse_level([this] { return parse_negation(); },
                       [this]() -> std::optional<Operation> {
                         if (take_word("and")) return Operation::both;
                         return std::nullopt;
                       });
  }

  Result<ExpressionPointer> parse_negation() {
    if (!take_word("not")) return parse_comparison();
    if (++depth_ > kDepthMax) return wrong("the expression is nested too deep");
    auto operand = parse_negation();
    --depth_;
    if (!operand) return operand;
    return operation(Operation::negate, {*operand});
  }

  Result<ExpressionPointer> parse_comparison() {
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

  Result<ExpressionPointer> parse_sum() {
    return parse_level([this] { return parse_product(); },
                       [this]() -> std::optional<Operation> {
                         if (take("+")) return Operation::plus;
                         if (take("-")) return Operation::minus;
                         return std::nullopt;
                       });
  }

  Result<ExpressionPointer> parse_product() {
    return parse_level([this] { return parse_sign(); },
                       [this]() -> std::optional<Operation> {
                         if (take("*")) return Operation::times;
                         if (take("/")) return Operation::divide;
                         if (take("%")) return Operation::remainder;
                         return std::nullopt;
                       });
  }

  Result<ExpressionPointer> parse_sign() {
    if (!take("-")) return parse_atom();
    if (++depth_ > kDepthMax) return wrong("the expression is nested too deep");
    auto operand = parse_sign();
    --depth_;
    if (!operand) return operand;
    return operation(Operation::invert, {*operand});
  }

  static ExpressionPointer literal(Value value) {
    return std::make_shared<ExpressionNode>(ExpressionNode{std::move(value)});
  }

  Result<ExpressionPointer> parse_atom() {
    skip_blanks();
    if (at_ >= text_.size()) return wrong("a value is missing");
    const char c = text_[at_];
    if (c == '(') return parse_group();
    if (c == '\'' || c == '"') return parse_text(c);
    if ((c >= '0' && c <= '9') || c == '.') return parse_number();
    if (is_word(c)) return parse_name();
    return wrong("'" + std::string(1, c) + "' is not expected");
  }

  Result<ExpressionPointer> parse_group() {
    ++at_;
    if (++depth_ > kDepthMax) return wrong("the expression is nested too deep");
    auto inner = parse_either();
    --depth_;
    if (!inner) return inner;
    if (!take(")")) return wrong("')' is missing");
    return inner;
  }

  Result<ExpressionPointer> parse_text(char quote) {
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

  Result<ExpressionPointer> parse_number() {
    double number = 0;
    const char* begin = text_.data() + at_;
    const auto [end, code] =
        std::from_chars(begin, text_.data() + text_.size(), number, std::chars_format::fixed);
    if (code != std::errc()) return wrong("this is not a number");
    at_ += static_cast<size_t>(end - begin);
    return literal(number);
  }

  Result<ExpressionPointer> parse_name() {
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

  Result<ExpressionPointer> parse_call(const Function& function) {
    if (!take("(")) return wrong("'(' is missing behind " + std::string(function.name));
    if (++depth_ > kDepthMax) return wrong("the expression is nested too deep");
    std::vector<ExpressionPointer> arguments;
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

}  // namespace

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

}  // namespace millrace::flow
