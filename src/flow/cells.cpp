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
    if (tilde == std::string_view::npos) {
      cells.error(column, "bad_pair", "'" + std::string(text) + "' does not say which node follows",
                  "write it as value~node");
      continue;
    }
    const auto target = cells.target(text.substr(tilde + 1));
    if (!target) {
      const auto first_line = text.substr(0, text.find('\n'));
      if (std::ranges::count(text, '~') > 1) {
        cells.error(column, "bad_pair", "Likely missing a pipe character | in button construction",
                    "near '" + std::string(first_line) + "'");
      } else {
        cells.target(column, trim(text.substr(tilde + 1)));
      }
      continue;
    }
    pairs.push_back({std::string(trim(text.substr(0, tilde))), *target});
  }
  return pairs;
}

std::optional<AssetSource> parse_node_output(const Cells& cells, std::string_view text) {
  text = trim(text);
  if (!text.starts_with('{') || !text.ends_with('}')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  const auto star = text.find('*');
  if (star == std::string_view::npos) return std::nullopt;
  const auto node = cells.target(text.substr(0, star));
  const auto key = trim(text.substr(star + 1));
  if (!node || key.empty()) return std::nullopt;
  return AssetSource{*node, std::string(key)};
}

std::vector<std::string> parse_variables(const Cells& cells) {
  auto names = parse_list(cells[Column::variable]);
  for (const std::string& name : names) {
    if (is_variable_name(name)) continue;
    cells.error(Column::variable, "bad_variable_name",
                "Global variables must be in all capital letters, numbers or _",
                "'" + name + "' is not; begin with a letter");
  }
  std::erase_if(names, [](const std::string& name) { return !is_variable_name(name); });
  return names;
}

}  // namespace millrace::flow
