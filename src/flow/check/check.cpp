#include <algorithm>
#include <tuple>

#include "flow/check/graph.hpp"
#include "flow/check/node_checker.hpp"

namespace millrace::flow {
namespace {

struct Written {
  const Draft* draft = nullptr;
  Made* made = nullptr;
};

class Checker {
 public:
  Checker(const Program& program, const AppFacts& facts, const Drafts& drafts, Problems& problems)
      : program_(program),
        facts_(facts),
        flows_(drafts.flows),
        problems_(problems),
        surroundings_(program) {
    written_.reserve(drafts.nodes.size());
    for (size_t i = 0; i < drafts.nodes.size(); ++i) {
      const Draft& draft = drafts.nodes[i];
      written_.try_emplace(draft.number, Written{&draft, drafts.made[i]});
    }
  }

  void run(const std::vector<const Node*>& nodes, const std::vector<Translation>& translations) {
    check_start(nodes);
    for (const Node* node : nodes) check_node(*node);
    for (const Translation& translation : translations) check_translation(translation);
  }

  size_t checked() const { return checked_; }

 private:
  void check_start(const std::vector<const Node*>& nodes) {
    const bool nothing_read = nodes.empty() && problems_.has_errors();
    if (nothing_read || program_.find(program_.start) != nullptr ||
        program_.broken.contains(program_.start)) {
      return;
    }
    if (flows_.empty()) return;  // told already
    if (flows_.front() == kBotFile) {
      return problems_.error({.file = flows_.front(),
                              .code = "start_missing",
                              .message = "there is no node 1",
                              .remedy = "node 1, or the first node of flows/main.flow.yaml, is "
                                        "where a chat begins"});
    }
    constexpr const char* kMain = "flows/main.flow.yaml";
    const bool has_main = std::ranges::find(flows_, kMain) != flows_.end();
    problems_.error({.file = has_main ? kMain : flows_.front(),
                     .code = "start_missing",
                     .message = "the flow has no node",
                     .remedy = "a chat begins at its first node"});
  }

  // What was found before stays while all that the node asks of the others is answered as before.
  void check_node(const Node& node) {
    const auto [draft, made] = written_.at(node.number);
    if (!made->is_checked || !surroundings_.same_answers(made->asked_of_program)) {
      made->is_checked = true;
      made->asked_of_program.clear();
      made->in_checking = {};
      made->unknown_variables.clear();
      made->lines_before_check = draft->lines_before;
      NodeChecker(program_, facts_, surroundings_, *draft, *made).run(node);
      ++checked_;
    }
    problems_.add(made->in_checking, draft->lines_before - made->lines_before_check);
  }

  // What was complained about in the node's own text is not said again.
  void check_translation(const Translation& translation) {
    if (translation.text.is_literal()) return;
    const auto [draft, made] = written_.at(translation.node);
    const auto [entry, first] = translated_.try_emplace(translation.node);
    if (first) entry->second.unknown_variables = made->unknown_variables;
    NodeChecker(program_, facts_, surroundings_, *draft, entry->second)
        .check_text(translation.where, translation.text, problems_);
  }

  const Program& program_;
  const AppFacts& facts_;
  const std::vector<std::string>& flows_;
  Problems& problems_;
  const Surroundings surroundings_;
  std::unordered_map<NodeNumber, Made> translated_;
  std::unordered_map<NodeNumber, Written> written_;
  size_t checked_ = 0;
};

}  // namespace

size_t check_program(const Program& program, const AppFacts& facts, const Drafts& drafts,
                     const std::vector<Translation>& translations, Problems& problems) {
  const Graph graph(program);
  Checker checker(program, facts, drafts, problems);
  checker.run(graph.nodes, translations);
  check_graph(program, graph, drafts, problems);
  return checker.checked();
}

}  // namespace millrace::flow
