// What kind of value each variable may have, and the expressions in which that cannot come out as
// their author means: a number compared with a text, arithmetic on what people type. Said only
// where every node that sets the variable is understood; a variable that is tested with is_number()
// somewhere is left alone.
#include <algorithm>
#include <array>
#include <span>

#include "flow/check/graph.hpp"
#include "flow/language/expression_node.hpp"

namespace millrace::flow {
namespace {

enum class Kind { unknown, number, text, typed, date, time, truth };  // typed: whatever people type

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

bool is_comparison(Operation operation) {
  return operation >= Operation::equal && operation <= Operation::at_least;
}

class Kinds {
 public:
  explicit Kinds(const Graph& graph) {
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

  Kind of(const ExpressionNode& node) const {
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
        const bool adds =
            of(*is.operands[0]) == Kind::number && of(*is.operands[1]) == Kind::number;
        return adds ? Kind::number : Kind::unknown;
      }
      default: return Kind::truth;
    }
  }

 private:
  static Kind of_literal(const Value& value) {
    if (std::holds_alternative<double>(value)) return Kind::number;
    if (std::holds_alternative<bool>(value)) return Kind::truth;
    return std::holds_alternative<std::string>(value) ? Kind::text : Kind::unknown;
  }

  void add(const std::string& name, Kind kind) {
    const auto [entry, first] = kinds_.try_emplace(name, kind);
    if (!first && entry->second != kind) entry->second = Kind::unknown;
  }

  std::map<std::string, Kind, std::less<>> kinds_;
};

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
    if (is_among(kOfNumbers, name)) return wanted(*call.arguments[0], Kind::number);
    if (!is_among(kOfDates, name)) return std::nullopt;
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
                       ": one is never equal to the other, more or less",
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
