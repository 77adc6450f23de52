#include "flow/cells.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace millrace::flow {

using base::trim;

// A node number as authors write it: Google Sheets puts an apostrophe before a negative one.
std::optional<NodeNumber> parse_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('\'')) text.remove_prefix(1);
  NodeNumber number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> items;
  for (const std::string_view item : base::split(text, ',')) {
    if (const auto name = trim(item); !name.empty()) items.emplace_back(name);
  }
  return items;
}

bool parse_flag(const Cells& cells, Column column) {
  const auto text = cells[column];
  if (text.empty() || text == "0" || base::equals_ignoring_case(text, "false")) return false;
  if (text == "1" || base::equals_ignoring_case(text, "true")) return true;
  cells.error(column, "bad_flag", "'" + std::string(text) + "' is neither 1 nor blank",
              "write 1, or leave it blank");
  return false;
}

// "value~node|value~node", a line break allowed behind '|'.
std::vector<Pair> parse_pairs(const Cells& cells, Column column) {
  std::vector<Pair> pairs;
  for (const std::string_view piece : base::split(cells[column], '|')) {
    const auto text = trim(piece);
    if (text.empty()) continue;
    const auto tilde = text.rfind('~');
    const auto target =
        tilde == std::string_view::npos ? std::nullopt : parse_number(text.substr(tilde + 1));
    if (!target) {
      cells.error(column, "bad_pair", "'" + std::string(text) + "' does not say which node follows",
                  "write it as value~node");
      continue;
    }
    pairs.push_back({std::string(trim(text.substr(0, tilde))), *target});
  }
  return pairs;
}

std::vector<std::string> parse_variables(const Cells& cells) {
  auto names = parse_list(cells[Column::variable]);
  for (const std::string& name : names) {
    if (is_variable_name(name)) continue;
    cells.error(Column::variable, "bad_variable_name",
                "'" + name + "' is not a global variable's name",
                "use capitals, digits and _, beginning with a letter");
  }
  std::erase_if(names, [](const std::string& name) { return !is_variable_name(name); });
  return names;
}

}  // namespace millrace::flow
