// Expressions that cannot come out as their author means: a number compared with a text, arithmetic
// on what people type. A variable that is tested with is_number() somewhere is left alone.
#include "flow/check/expression_kinds.hpp"

namespace millrace::flow {
namespace {

bool is_comparison(Operation operation) {
  return operation >= Operation::equal && operation <= Operation::at_least;
}

const std::string* literal_text(const ExpressionNode& node) {
  const auto* value = std::get_if<Value>(&node.is);
  return value == nullptr ? nullptr : std::get_if<std::string>(value);
}

const std::string* variable_name(const ExpressionNode& node) {
  const auto* variable = std::get_if<ExpressionNode::Variable>(&node.is);
  return variable == nullptr ? nullptr : &variable->name;
}

// Whether a text that the author wrote can be a value of that kind; the empty one asks whether
// there is a value at all.
bool can_be(const std::string& text, Kind kind) {
  if (text.empty()) return true;
  switch (kind) {
    case Kind::number: return number_in(text).has_value();
    case Kind::truth: return text == "true" || text == "false";
    case Kind::date: return base::parse_iso8601_date(text).has_value();
    default: return true;
  }
}

struct Finding {
  std::string code;
  std::string message;
  std::string remedy;
};

class Judge {
 public:
  Judge(const Kinds& kinds, const std::set<std::string, std::less<>>& guarded)
      : kinds_(kinds), guarded_(guarded) {}

  // The first thing wrong with it.
  std::optional<Finding> look_at(const ExpressionNode& node) const {
    if (const auto* call = std::get_if<ExpressionNode::Call>(&node.is)) {
      if (auto found = judged(*call)) return found;
      // What cannot be computed before the last one is passed over.
      if (call->function->name == kCoalesce) return look_at(*call->arguments.back());
      return first_among(call->arguments);
    }
    if (const auto* is = std::get_if<ExpressionNode::Operator>(&node.is)) {
      if (auto found = judged(*is)) return found;
      return first_among(is->operands);
    }
    return std::nullopt;
  }

 private:
  std::optional<Finding> first_among(const std::vector<ExpressionPointer>& nodes) const {
    for (const ExpressionPointer& node : nodes) {
      if (auto found = look_at(*node)) return found;
    }
    return std::nullopt;
  }

  bool is_guarded(const ExpressionNode& node) const {
    const std::string* name = variable_name(node);
    return name != nullptr && guarded_.contains(*name);
  }

  std::string name_of(const ExpressionNode& node) const {
    if (const std::string* name = variable_name(node)) return *name;
    if (const std::string* text = literal_text(node)) return "'" + *text + "'";
    if (const auto* value = std::get_if<Value>(&node.is)) return to_text(*value);
    return std::string(words_of(kinds_.of(node)));
  }

  std::optional<Finding> judged(const ExpressionNode::Operator& is) const {
    if (is_comparison(is.operation)) return compared(*is.operands[0], *is.operands[1]);
    const bool is_arithmetic =
        is.operation == Operation::minus || is.operation == Operation::times ||
        is.operation == Operation::divide || is.operation == Operation::remainder ||
        is.operation == Operation::invert;
    if (!is_arithmetic) return std::nullopt;
    for (const ExpressionPointer& operand : is.operands) {
      if (auto found = wanted(*operand, Kind::number)) return found;
    }
    return std::nullopt;
  }

  std::optional<Finding> judged(const ExpressionNode::Call& call) const {
    const std::string_view name = call.function->name;
    if (wants_numbers(name)) return wanted(*call.arguments[0], Kind::number);
    if (!wants_dates(name)) return std::nullopt;
    for (const ExpressionPointer& argument : call.arguments) {
      if (auto found = wanted(*argument, Kind::date)) return found;
    }
    return std::nullopt;
  }

  std::optional<Finding> wanted(const ExpressionNode& node, Kind kind) const {
    const Kind given = kinds_.of(node);
    if (given == Kind::unknown || given == kind || is_guarded(node)) return std::nullopt;
    if (const std::string* text = literal_text(node); text && can_be(*text, kind) && *text != "") {
      return std::nullopt;
    }
    const std::string type = kind == Kind::date ? "date" : "number";
    const std::string remedy =
        given == Kind::typed
            ? "ask for it with type: " + type +
                  (kind == Kind::number ? ", or test it with is_number() first" : "")
            : "use a value that is " + std::string(words_of(kind));
    return Finding{"expression_may_fail",
                   name_of(node) + " is " + std::string(words_of(given)) + ", and " +
                       std::string(words_of(kind)) +
                       " is needed here; where it is none, the result is nothing",
                   remedy};
  }

  std::optional<Finding> compared(const ExpressionNode& left, const ExpressionNode& right) const {
    if (is_guarded(left) || is_guarded(right)) return std::nullopt;
    const Kind a = kinds_.of(left), b = kinds_.of(right);
    if (a == Kind::unknown || b == Kind::unknown || a == b) return std::nullopt;
    const std::string* text =
        literal_text(left) != nullptr ? literal_text(left) : literal_text(right);
    const Kind other = literal_text(left) != nullptr ? b : a;
    if (text != nullptr && can_be(*text, other)) return std::nullopt;
    const auto is_text = [](Kind kind) { return kind == Kind::text || kind == Kind::typed; };
    if (text == nullptr && is_text(a) && is_text(b)) return std::nullopt;
    // What people type may be a date or a time as well, in the very letters.
    const bool is_typed = a == Kind::typed || b == Kind::typed;
    if (text == nullptr && is_typed && a != Kind::number && b != Kind::number) return std::nullopt;
    const std::string remedy =
        is_typed && (a == Kind::number || b == Kind::number)
            ? "ask for " + name_of(a == Kind::typed ? left : right) + " with type: number"
            : "compare values of one kind";
    return Finding{"comparison_mixed",
                   name_of(left) + " is " + std::string(words_of(a)) + " and " + name_of(right) +
                       " is " + std::string(words_of(b)) +
                       ": neither is ever equal to the other, nor more or less",
                   remedy};
  }

  const Kinds& kinds_;
  const std::set<std::string, std::less<>>& guarded_;
};

void note_guards(const ExpressionNode& node, std::set<std::string, std::less<>>& guarded) {
  if (const auto* call = std::get_if<ExpressionNode::Call>(&node.is)) {
    for (const ExpressionPointer& argument : call->arguments) {
      const std::string* name = variable_name(*argument);
      if (name != nullptr && call->function->name == "is_number") guarded.insert(*name);
      note_guards(*argument, guarded);
    }
  } else if (const auto* is = std::get_if<ExpressionNode::Operator>(&node.is)) {
    for (const ExpressionPointer& operand : is->operands) note_guards(*operand, guarded);
  }
}

template <typename Visit>
void for_each_expression(const Node& node, const Visit& visit) {
  if (const auto* branch = std::get_if<BranchNode>(&node.does)) {
    for (const BranchNode::Case& item : branch->cases) visit(item.condition);
  } else if (const auto* set = std::get_if<SetNode>(&node.does)) {
    for (const SetNode::Assignment& item : set->assignments) {
      if (const auto* expression = std::get_if<Expression>(&item.value)) visit(*expression);
    }
  }
}

// Where the draft writes that expression.
Place place_of_expression(const Draft& draft, const std::string& source) {
  for (const CaseDraft& item : draft.cases) {
    if (item.condition.value.source() == source) return item.condition.at;
  }
  for (const AssignmentDraft& item : draft.assignments) {
    if (item.expression && item.expression->source() == source) return item.text.at;
  }
  return {};
}

}  // namespace

void check_expressions(const Graph& graph, const DraftOf& drafts, Problems& problems) {
  std::set<std::string, std::less<>> guarded;
  bool has_any = false;
  for (const Node* node : graph.nodes) {
    for_each_expression(*node, [&](const Expression& expression) {
      has_any = true;
      if (expression.root() != nullptr) note_guards(*expression.root(), guarded);
    });
  }
  if (!has_any) return;
  const Kinds kinds(graph);
  const Judge judge(kinds, guarded);
  for (const Node* node : graph.nodes) {
    if (problems.has_error_at(node->number)) continue;
    for_each_expression(*node, [&](const Expression& expression) {
      const auto found =
          expression.root() == nullptr ? std::nullopt : judge.look_at(*expression.root());
      if (!found) return;
      const Draft& draft = *drafts.at(node->number);
      problems.warning(problem_in(draft, place_of_expression(draft, expression.source()),
                                  found->code, found->message, found->remedy));
    });
  }
}

}  // namespace millrace::flow
