// What single cells say: flags, lists, pairs. Complaints are filed at the cell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/draft.hpp"

namespace millrace::flow {

// "value~node", as roads and buttons are written.
struct Pair {
  std::string value;
  NodeNumber target = 0;
};

std::vector<std::string> parse_list(std::string_view text);
bool parse_flag(const Cells& cells, Column column);
std::vector<Pair> parse_pairs(const Cells& cells, Column column);
std::vector<std::string> parse_variables(const Cells& cells);

// "{415*list_picker}": key list_picker of node 415.
std::optional<AssetSource> parse_node_output(const Cells& cells, std::string_view text);

}  // namespace millrace::flow
