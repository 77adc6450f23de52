// Which variables may have a value where: a variable is read where no road from the start can have
// set it would print "None". Sets are rows of bits, one bit a variable.
#include <algorithm>

#include "flow/check/graph.hpp"
#include "flow/language/nodes.hpp"

namespace millrace::flow {
namespace {

bool may_return(const Node& node) {
  if (std::holds_alternative<ReturnNode>(node.does)) return true;
  if (const auto* dialog = std::get_if<DialogNode>(&node.does)) {
    return dialog->returns && !dialog->next;
  }
  if (const auto* set = std::get_if<SetNode>(&node.does)) return !set->next;
  if (const auto* pause = std::get_if<PauseNode>(&node.does)) return !pause->next;
  return false;
}

class VariableFlow {
 public:
  VariableFlow(const Program& program, const Graph& graph)
      : graph_(graph), hub_(static_cast<uint32_t>(graph.nodes.size())) {
    sets_.resize(graph.nodes.size());
    for (uint32_t i = 0; i < hub_; ++i) {
      for (const std::string& name : variables_set_by(*graph.nodes[i])) {
        const auto id = static_cast<uint32_t>(ids_.size());
        sets_[i].push_back(ids_.try_emplace(name, id).first->second);
      }
    }
    words_ = (ids_.size() + 63) / 64;
    before_.assign((hub_ + 1) * words_, 0);
    seen_.assign(hub_ + 1, false);
    waiting_.assign(hub_ + 1, false);
    returns_.reserve(hub_);
    for (const Node* node : graph.nodes) {
      returns_.push_back(may_return(*node));
      // Behind a call, what the called flow has set is set too.
      const auto* call = std::get_if<CallNode>(&node->does);
      if (call == nullptr) continue;
      const auto next = graph.places.find(call->next);
      if (next != graph.places.end()) behind_calls_.push_back(next->second);
    }
    spread(program.start);
  }

  // Whether the node is reached, and may be so with no value for a variable that something sets.
  bool lacks(uint32_t node, const std::string& name) const {
    const auto id = ids_.find(name);
    return id != ids_.end() && seen_[node] && !has(node, id->second);
  }

 private:
  bool has(uint32_t node, uint32_t id) const {
    return (before_[node * words_ + id / 64] >> (id % 64) & 1) != 0;
  }

  void spread(NodeNumber start) {
    for (const uint32_t root : graph_.roots) {
      // Intents, asides and handlers come in from anywhere.
      if (graph_.nodes[root]->number != start) {
        std::fill_n(before_.begin() + static_cast<ptrdiff_t>(root * words_), words_, ~uint64_t{0});
      }
      reach(root);
    }
    std::vector<uint64_t> after(words_);
    while (!open_.empty()) {
      const uint32_t at = open_.back();
      open_.pop_back();
      waiting_[at] = false;
      std::copy_n(before_.begin() + static_cast<ptrdiff_t>(at * words_), words_, after.begin());
      if (at == hub_) {
        for (const uint32_t target : behind_calls_) flow_into(target, after);
        continue;
      }
      for (const uint32_t id : sets_[at]) after[id / 64] |= uint64_t{1} << (id % 64);
      for (const uint32_t target : graph_.targets[at]) flow_into(target, after);
      if (returns_[at] && !behind_calls_.empty()) flow_into(hub_, after);
    }
  }

  void flow_into(uint32_t target, const std::vector<uint64_t>& after) {
    bool grown = !seen_[target];
    uint64_t* row = before_.data() + target * words_;
    for (size_t i = 0; i < words_; ++i) {
      grown = grown || (after[i] & ~row[i]) != 0;
      row[i] |= after[i];
    }
    if (grown) reach(target);
  }

  void reach(uint32_t node) {
    seen_[node] = true;
    if (waiting_[node]) return;
    waiting_[node] = true;
    open_.push_back(node);
  }

  const Graph& graph_;
  const uint32_t hub_;  // stands between what returns and what is returned to
  std::unordered_map<std::string, uint32_t> ids_;
  std::vector<std::vector<uint32_t>> sets_;
  size_t words_ = 0;
  std::vector<uint64_t> before_;  // a row of words for each node
  std::vector<bool> seen_, waiting_, returns_;
  std::vector<uint32_t> behind_calls_, open_;
};

void read_from(const Template& text, std::vector<std::string>& names) {
  for (const Template::Part& part : text.parts) {
    if (part.kind == Template::Kind::variable) names.push_back(part.text);
  }
}

struct Readers {
  std::vector<std::string> names;

  void add(const Localized& texts) {
    for (const Template& text : texts) read_from(text, names);
  }
  void add(const Option& option) {
    add(option.label);
    add(option.description);
    read_from(option.image, names);
    read_from(option.url, names);
  }
  void operator()(const DialogNode& node) {
    for (const Localized& message : node.messages) add(message);
    for (const Option& option : node.asset.options) add(option);
    for (const Card& card : node.asset.cards) {
      add(card.title);
      add(card.description);
      for (const Option& button : card.buttons) add(button);
    }
    read_from(node.asset.url, names);
    add(node.asset.label);
    add(node.asset.prompt);
  }
  void operator()(const ActionNode& node) {
    for (const PayloadSlot& slot : node.slots) read_from(slot.text, names);
  }
  void operator()(const BranchNode&) {}  // conditions may ask whether a variable is set
  void operator()(const SetNode& node) {
    for (const SetNode::Assignment& item : node.assignments) {
      if (const auto* text = std::get_if<Template>(&item.value)) read_from(*text, names);
    }
  }
  void operator()(const CallNode&) {}
  void operator()(const ReturnNode&) {}
  void operator()(const PauseNode&) {}
};

}  // namespace

std::vector<std::string> variables_set_by(const Node& node) {
  std::vector<std::string> out;
  if (const auto* dialog = std::get_if<DialogNode>(&node.does)) {
    if (!dialog->variable.empty()) out.push_back(dialog->variable);
  } else if (const auto* action = std::get_if<ActionNode>(&node.does)) {
    out = action->variables;
  } else if (const auto* set = std::get_if<SetNode>(&node.does)) {
    for (const SetNode::Assignment& item : set->assignments) out.push_back(item.variable);
  }
  return out;
}

std::vector<std::string> variables_read_by(const Node& node) {
  Readers readers;
  std::visit(readers, node.does);
  std::ranges::sort(readers.names);
  const auto repeated = std::ranges::unique(readers.names);
  readers.names.erase(repeated.begin(), repeated.end());
  return std::move(readers.names);
}

// Where a draft shows a variable or hands it on.
static Place place_of_variable(const Draft& draft, const std::string& name) {
  Place found;
  const std::string wanted = "{" + name + "}";
  const auto look = [&](const std::string& text, const Place& at) {
    if (!found.given() && text.contains(wanted)) found = at;
  };
  for_each_shown(draft, [&](const Text& text) { look(text.value, text.at); });
  if (draft.payload) for_each_handed_on(*draft.payload, look);
  for (const AssignmentDraft& item : draft.assignments) look(item.text.value, item.text.at);
  return found;
}

void check_variable_flow(const Program& program, const Graph& graph, const DraftOf& drafts,
                         Problems& problems) {
  if (program.find(program.start) == nullptr) return;
  const VariableFlow flow(program, graph);
  for (uint32_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = *graph.nodes[i];
    if (problems.has_error_at(node.number)) continue;
    for (const std::string& name : variables_read_by(node)) {
      if (!flow.lacks(i, name)) continue;
      const Draft& draft = *drafts.at(node.number);
      problems.error(problem_in(draft, place_of_variable(draft, name), "variable_before_set",
                                "{" + name + "} is used before anything has set it",
                                "ask for it earlier"));
    }
  }
}

}  // namespace millrace::flow
