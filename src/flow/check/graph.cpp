#include "flow/check/graph.hpp"

#include <algorithm>
#include <tuple>

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

class GraphChecker {
 public:
  GraphChecker(const Program& program, const Graph& graph, const DraftOf& drafts,
               Problems& problems)
      : program_(program), graph_(graph), drafts_(drafts), problems_(problems) {
    braked_.reserve(graph.nodes.size());
    for (const Node* node : graph.nodes) braked_.push_back(is_brake(*node));
  }

  void run() {
    const auto reached = find_reached();
    // Where rows could not be read, roads are missing that their author has drawn.
    bool all_read = program_.broken.empty() && program_.find(program_.start) != nullptr;
    for (size_t i = 0; i < reached.size(); ++i) {
      if (reached[i] && problems_.has_error_at(graph_.nodes[i]->number)) all_read = false;
    }
    if (all_read) check_reachable(reached);
    check_circles();
  }

 private:
  std::vector<bool> find_reached() const {
    std::vector<bool> reached(graph_.nodes.size());
    std::vector<uint32_t> open = graph_.roots;
    while (!open.empty()) {
      const uint32_t at = open.back();
      open.pop_back();
      if (reached[at]) continue;
      reached[at] = true;
      const auto& targets = graph_.targets[at];
      open.insert(open.end(), targets.begin(), targets.end());
    }
    return reached;
  }

  void check_reachable(const std::vector<bool>& reached) {
    for (size_t i = 0; i < reached.size(); ++i) {
      const Node& node = *graph_.nodes[i];
      if (reached[i] || problems_.has_error_at(node.number)) continue;
      const Draft& draft = *drafts_.at(node.number);
      problems_.warning(problem_in(draft, place_of(draft, Column::node_number), "unreachable",
                                   "no road leads to this node", "lead to it, or remove it"));
    }
  }

  // A circle without a brake would run for ever: Tarjan's components over the nodes that go on by
  // themselves, each circle reported once, at its first node.
  void check_circles() {
    index_.assign(graph_.nodes.size(), kUnseen);
    low_.assign(graph_.nodes.size(), 0);
    open_.assign(graph_.nodes.size(), false);
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      if (index_[i] == kUnseen && !braked_[i]) connect(i);
    }
  }

  void connect(uint32_t root) {
    struct Step {
      uint32_t node;
      size_t edge;
    };
    std::vector<Step> path{{root, 0}};
    visit(root);
    while (!path.empty()) {
      Step& step = path.back();
      const auto& edges = graph_.targets[step.node];
      if (step.edge < edges.size()) {
        const uint32_t next = edges[step.edge++];
        if (braked_[next]) continue;
        if (index_[next] == kUnseen) {
          visit(next);
          path.push_back({next, 0});
        } else if (open_[next]) {
          low_[step.node] = std::min(low_[step.node], index_[next]);
        }
        continue;
      }
      const uint32_t done = step.node;
      path.pop_back();
      if (!path.empty()) low_[path.back().node] = std::min(low_[path.back().node], low_[done]);
      if (low_[done] == index_[done]) close_component(done);
    }
  }

  void visit(uint32_t at) {
    index_[at] = low_[at] = next_index_++;
    stack_.push_back(at);
    open_[at] = true;
  }

  void close_component(uint32_t root) {
    std::vector<uint32_t> members;
    do {
      members.push_back(stack_.back());
      open_[stack_.back()] = false;
      stack_.pop_back();
    } while (members.back() != root);
    const auto& edges = graph_.targets[root];
    const bool circle = members.size() > 1 || std::ranges::find(edges, root) != edges.end();
    if (!circle || std::ranges::any_of(members, [&](uint32_t member) {
          return problems_.has_error_at(graph_.nodes[member]->number);
        })) {
      return;
    }
    const Draft& draft = *drafts_.at(graph_.nodes[std::ranges::min(members)]->number);
    Place at = place_of(draft, Column::next_nodes, draft.next.at);
    if (!draft.next.given()) at.key = {};
    problems_.error(problem_in(draft, at, "loop_without_wait",
                               "this node comes back to itself without waiting for the consumer",
                               draft.is_yaml
                                   ? "let one node of the loop ask or wait, or count its turns "
                                     "with LimitCounter"
                                   : "let one node of the loop require an answer, or count its "
                                     "turns with LimitCounter"));
  }

  static constexpr uint32_t kUnseen = UINT32_MAX;

  const Program& program_;
  const Graph& graph_;
  const DraftOf& drafts_;
  Problems& problems_;
  std::vector<bool> braked_;
  std::vector<uint32_t> index_, low_, stack_;
  std::vector<bool> open_;
  uint32_t next_index_ = 0;
};

}  // namespace

Graph::Graph(const Program& program) {
  for (const auto& [number, node] : program.nodes) nodes.push_back(&node);
  std::ranges::sort(nodes, [](const Node* a, const Node* b) {
    return std::tie(a->file, a->row, a->number) < std::tie(b->file, b->row, b->number);
  });
  for (uint32_t i = 0; i < nodes.size(); ++i) places.emplace(nodes[i]->number, i);
  targets.resize(nodes.size());
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    for (const Outgoing& road : roads_of(*nodes[i])) {
      const auto found = places.find(road.target);
      if (found != places.end()) targets[i].push_back(found->second);
    }
  }
  const auto add_root = [&](NodeNumber number) {
    const auto found = places.find(number);
    if (found != places.end()) roots.push_back(found->second);
  };
  for (const NodeNumber number : {program.start, kErrorHandlerNode, kCrashHandlerNode}) {
    add_root(number);
  }
  for (const auto& [intent, number] : program.intent_nodes) add_root(number);
  for (const auto& [command, number] : program.asides.nodes) add_root(number);
}

void check_graph(const Program& program, const Graph& graph, const Drafts& drafts,
                 Problems& problems) {
  DraftOf draft_of;
  for (const Draft& draft : drafts.nodes) draft_of.try_emplace(draft.number, &draft);
  GraphChecker(program, graph, draft_of, problems).run();
  if (!program.broken.empty()) return;
  check_variable_flow(program, graph, draft_of, problems);
  check_expressions(graph, draft_of, problems);
}

}  // namespace millrace::flow
