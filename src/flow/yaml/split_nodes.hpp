// A flow's text, taken apart at its nodes without being parsed. For the files of this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::flow {

struct NodeText {
  std::string_view text;  // of the node, up to where the next one begins
  int lines_before = 0;   // of the file
};
struct SplitFlow {
  std::string head;  // everything up to the line `nodes:`, this line included
  size_t depth = 0;  // blanks before the key of each node
  std::vector<NodeText> nodes;
};

// Only what is laid out in the usual way: `nodes:` in a line of its own and last of all sections,
// every node's key at the same depth below it, no tabs and no carriage returns. nullopt for all
// else. The texts say together what the file says if the head is a map by itself, and if each of
// them, with another key behind it, is a map of just these two: then nothing of one text reaches
// into the next.
std::optional<SplitFlow> split_nodes(std::string_view text);

}  // namespace millrace::flow
