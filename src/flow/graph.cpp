#include "flow/graph.hpp"

#include <algorithm>

namespace millrace::flow {
namespace {

// Stops to wait for the consumer, for time, or counts how often it has been passed.
bool is_brake(const Node& node) {
  if (const auto* dialog = std::get_if<DialogNode>(&node.does)) {
    return dialog->waits && !(dialog->ask && dialog->ask->skip_when_known);
  }
  if (std::holds_alternative<PauseNode>(node.does)) return true;
  const auto* action = std::get_if<ActionNode>(&node.does);
  return action != nullptr &&
         (action->command == "LimitCounter" || action->command == "FailCountCheck");
}

bool may_return(const Node& node) {
  if (std::holds_alternative<ReturnNode>(node.does)) return true;
  if (const auto* dialog = std::get_if<DialogNode>(&node.does)) {
    return dialog->returns && !dialog->next;
  }
  if (const auto* set = std::get_if<SetNode>(&node.does)) return !set->next;
  if (const auto* pause = std::get_if<PauseNode>(&node.does)) return !pause->next;
  return false;
}

class Graph {
 public:
  Graph(const Program& program, Problems& problems) : program_(program), problems_(problems) {
    for (const auto& [number, node] : program.nodes) {
      ordered_.push_back(&node);
      auto& targets = targets_[number];
      for (const Outgoing& road : roads_of(node)) {
        if (program.find(road.target) != nullptr) targets.push_back(road.target);
      }
    }
    std::ranges::sort(ordered_, {},
                      [](const Node* node) { return std::pair(node->file, node->row); });
    roots_ = {program.start, kErrorHandlerNode, kCrashHandlerNode};
    for (const auto& [intent, number] : program.intent_nodes) roots_.push_back(number);
    for (const auto& [command, number] : program.asides.nodes) roots_.push_back(number);
    std::erase_if(roots_, [&](NodeNumber number) { return program.find(number) == nullptr; });
  }

  void run() {
    find_reached();
    // Where rows could not be read, roads are missing that their author has drawn.
    const bool all_read = std::ranges::none_of(
        reached_, [&](NodeNumber number) { return problems_.has_error_at(number); });
    if (all_read && program_.broken.empty() && program_.find(program_.start) != nullptr) {
      check_reachable();
    }
    check_circles();
    if (program_.broken.empty()) check_variables();
  }

 private:
  Problem problem_at(const Node& node, std::string field, std::string code, std::string message,
                     std::string remedy) const {
    return {.file = node.file,
            .line = node.row,
            .position = 1,
            .column = std::move(field),
            .code = std::move(code),
            .message = std::move(message),
            .remedy = std::move(remedy),
            .node = node.number,
            .node_id = node.id};
  }

  void find_reached() {
    std::vector<NodeNumber> open = roots_;
    while (!open.empty()) {
      const NodeNumber number = open.back();
      open.pop_back();
      if (!reached_.insert(number).second) continue;
      for (const NodeNumber target : targets_[number]) open.push_back(target);
    }
  }

  void check_reachable() {
    for (const Node* node : ordered_) {
      if (reached_.contains(node->number) || problems_.has_error_at(node->number)) continue;
      problems_.warning(problem_at(*node, "Node Number", "unreachable",
                                   "no road leads to this node", "lead to it, or remove it"));
    }
  }

  // A circle without a brake would run for ever: Tarjan's components over the nodes that go on by
  // themselves, each circle reported once, at its first node.
  void check_circles() {
    for (const Node* node : ordered_) {
      if (!index_.contains(node->number) && !is_brake(*node)) connect(node->number);
    }
  }

  void connect(NodeNumber root) {
    struct Step {
      NodeNumber node;
      size_t edge;
    };
    std::vector<Step> path{{root, 0}};
    visit(root);
    while (!path.empty()) {
      Step& step = path.back();
      const auto& edges = targets_[step.node];
      if (step.edge < edges.size()) {
        const NodeNumber next = edges[step.edge++];
        if (is_brake(*program_.find(next))) continue;
        if (!index_.contains(next)) {
          visit(next);
          path.push_back({next, 0});
        } else if (open_.contains(next)) {
          low_[step.node] = std::min(low_[step.node], index_[next]);
        }
        continue;
      }
      const NodeNumber done = step.node;
      path.pop_back();
      if (!path.empty()) low_[path.back().node] = std::min(low_[path.back().node], low_[done]);
      if (low_[done] == index_[done]) close_component(done);
    }
  }

  void visit(NodeNumber number) {
    const size_t index = index_.size();
    index_[number] = index;
    low_[number] = index;
    stack_.push_back(number);
    open_.insert(number);
  }

  void close_component(NodeNumber root) {
    std::vector<NodeNumber> members;
    while (true) {
      const NodeNumber member = stack_.back();
      stack_.pop_back();
      open_.erase(member);
      members.push_back(member);
      if (member == root) break;
    }
    const auto& edges = targets_[root];
    const bool circle = members.size() > 1 || std::ranges::find(edges, root) != edges.end();
    if (!circle || std::ranges::any_of(members, [&](NodeNumber member) {
          return problems_.has_error_at(member);
        })) {
      return;
    }
    const Node* first = *std::ranges::find_if(ordered_, [&](const Node* node) {
      return std::ranges::find(members, node->number) != members.end();
    });
    problems_.error(problem_at(*first, "Next Nodes", "loop_without_wait",
                               "this node comes back to itself without waiting for the consumer",
                               "let one node of the loop require an answer, or count its turns "
                               "with LimitCounter"));
  }

  // A variable is read where no road from the start can have set it: it would print "None".
  void check_variables() {
    if (program_.find(program_.start) == nullptr) return;
    std::unordered_map<NodeNumber, std::set<std::string>> before;
    std::vector<NodeNumber> open = roots_;
    const std::set<std::string> everything = all_variables();
    for (const NodeNumber root : roots_) {
      // Intents, asides and handlers come in from anywhere.
      before[root] = root == program_.start ? std::set<std::string>() : everything;
    }
    // Behind a call, what the called flow has set is set too.
    std::vector<NodeNumber> behind_calls;
    for (const Node* node : ordered_) {
      const auto* call = std::get_if<CallNode>(&node->does);
      if (call != nullptr && program_.find(call->next) != nullptr)
        behind_calls.push_back(call->next);
    }
    for (const Node* node : ordered_) {
      if (!may_return(*node)) continue;
      auto& targets = targets_[node->number];
      targets.insert(targets.end(), behind_calls.begin(), behind_calls.end());
    }
    while (!open.empty()) {
      const NodeNumber number = open.back();
      open.pop_back();
      std::set<std::string> after = before[number];
      for (std::string& name : variables_set_by(*program_.find(number)))
        after.insert(std::move(name));
      for (const NodeNumber target : targets_[number]) {
        auto [entry, first] = before.try_emplace(target, after);
        const size_t size = entry->second.size();
        if (!first) entry->second.insert(after.begin(), after.end());
        if (first || entry->second.size() != size) open.push_back(target);
      }
    }
    for (const Node* node : ordered_) {
      const auto known = before.find(node->number);
      if (known == before.end() || problems_.has_error_at(node->number)) continue;
      for (const std::string& name : variables_read_by(*node)) {
        if (known->second.contains(name) || !everything.contains(name)) continue;
        problems_.error(problem_at(*node, name, "variable_before_set",
                                   "{" + name + "} is used before anything has set it",
                                   "ask for it earlier"));
      }
    }
  }

  std::set<std::string> all_variables() const {
    std::set<std::string> out;
    for (const Node* node : ordered_) {
      for (std::string& name : variables_set_by(*node)) out.insert(std::move(name));
    }
    return out;
  }

  const Program& program_;
  Problems& problems_;
  std::vector<const Node*> ordered_;
  std::vector<NodeNumber> roots_;
  std::unordered_map<NodeNumber, std::vector<NodeNumber>> targets_;
  std::set<NodeNumber> reached_;
  std::unordered_map<NodeNumber, size_t> index_, low_;
  std::set<NodeNumber> open_;
  std::vector<NodeNumber> stack_;
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

void check_graph(const Program& program, Problems& problems) {
  Graph(program, problems).run();
}

}  // namespace millrace::flow
