// What single cells say: numbers, flags, lists, pairs. Complaints are filed at the cell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/columns.hpp"

namespace millrace::flow {

// "value~node", as roads and buttons are written.
struct Pair {
  std::string value;
  NodeNumber target = 0;
};

std::optional<NodeNumber> parse_number(std::string_view text);
std::vector<std::string> parse_list(std::string_view text);
bool parse_flag(const Cells& cells, Column column);
std::vector<Pair> parse_pairs(const Cells& cells, Column column);
std::vector<std::string> parse_variables(const Cells& cells);

}  // namespace millrace::flow
