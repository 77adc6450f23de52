// The program as a graph: what can be judged only over roads. For the files of this room only.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "flow/language/reading.hpp"

namespace millrace::flow {

// The nodes by their place in the order of files and rows, and what leads where between them.
struct Graph {
  explicit Graph(const Program& program);

  std::vector<const Node*> nodes;
  std::unordered_map<NodeNumber, uint32_t> places;
  std::vector<std::vector<uint32_t>> targets;
  std::vector<uint32_t> roots;  // where a chat begins or comes in from anywhere; may repeat
};

// Variables that running the node may give a value.
std::vector<std::string> variables_set_by(const Node& node);
// Variables whose values the node shows or hands on, each once.
std::vector<std::string> variables_read_by(const Node& node);

// Nodes that no road leads to, circles that never wait, variables read where nothing has set them.
void check_graph(const Program& program, const Graph& graph, const Drafts& drafts,
                 Problems& problems);
using DraftOf = std::unordered_map<NodeNumber, const Draft*>;
void check_variable_flow(const Program& program, const Graph& graph, const DraftOf& drafts,
                         Problems& problems);

// Expressions that cannot come out as they are meant, whatever is said.
void check_expressions(const Graph& graph, const DraftOf& drafts, Problems& problems);

}  // namespace millrace::flow
