#include "flow/settings/translation_gaps.hpp"

#include <algorithm>
#include <map>

namespace millrace::flow {
namespace {

// "10" and "main.welcome" as a translator writes them: bot.10, main.welcome.
std::string path_of(const Node& node) {
  return node.id.contains('.') ? node.id : "bot." + node.id;
}

// "message", "message.2", "message.3" stand in one list, as the texts of "retry" and "reminders"
// do.
using Lists = std::map<std::string, size_t, std::less<>>;
std::string list_of(const std::string& path) {
  const std::string key = path.substr(0, path.find('.'));
  return key == "message" || key == "retry" || key == "reminders" ? key : std::string();
}
Lists lists_of(DialogNode& dialog) {
  Lists lists;
  for_each_text(dialog, [&](const std::string& path, Localized&) {
    if (const std::string key = list_of(path); !key.empty()) ++lists[key];
  });
  return lists;
}

// What belongs in a list is not added by itself.
std::string remedy_for(const Node& node, const std::string& path, const Lists& lists) {
  const auto list = lists.find(list_of(path));
  if (list == lists.end() || list->second == 1) return "add " + path_of(node) + "." + path;
  const size_t dot = path.find('.');
  const std::string number = dot == std::string::npos ? "1" : path.substr(dot + 1);
  std::string places = "...";
  for (size_t i = 1; i < list->second; ++i) places += ", ...";
  return "write all " + std::to_string(list->second) + " texts in a list, " + path_of(node) +
         ": {" + list->first + ": [" + places + "]}; this is number " + number;
}

std::vector<Node*> in_order(Program& program) {
  std::vector<Node*> nodes;
  for (auto& [number, node] : program.nodes) nodes.push_back(&node);
  std::ranges::sort(nodes, {}, [](const Node* node) { return node->number; });
  return nodes;
}

}  // namespace

void fill_gaps(Program& program, Problems& problems, size_t locale) {
  for (Node* node : in_order(program)) {
    auto* dialog = std::get_if<DialogNode>(&node->does);
    if (dialog == nullptr) continue;
    const Lists lists = lists_of(*dialog);
    for_each_text(*dialog, [&](const std::string& path, Localized& text) {
      if (text[0].empty() || !text[locale].empty()) return;
      text[locale] = text[0];
      problems.warning({.file = "messages/" + program.locales[locale] + ".yaml",
                        .column = path,
                        .code = "translation_missing",
                        .message = "no " + program.locales[locale] + " text; the " +
                                   program.locales[0] + " one is shown instead",
                        .remedy = remedy_for(*node, path, lists),
                        .node = node->number,
                        .node_id = node->id});
    });
  }
}

}  // namespace millrace::flow
