// The program as a graph: what can be judged only over roads. For the files of this room only.
#pragma once

#include "flow/columns.hpp"
#include "flow/parts.hpp"

namespace millrace::flow {

// Variables that running the node may give a value.
std::vector<std::string> variables_set_by(const Node& node);
// Variables whose values the node shows or hands on, each once.
std::vector<std::string> variables_read_by(const Node& node);

// Nodes that no road leads to, circles that never wait, variables read where nothing has set them.
void check_graph(const Program& program, Problems& problems);

}  // namespace millrace::flow
