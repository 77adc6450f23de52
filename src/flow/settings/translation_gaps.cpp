#include "flow/settings/translation_gaps.hpp"

#include <algorithm>

namespace millrace::flow {
namespace {

// "10" and "main.welcome" as a translator writes them: bot.10, main.welcome.
std::string path_of(const Node& node) {
  return node.id.contains('.') ? node.id : "bot." + node.id;
}

// "message.2" stands in a list of as many as there are; the rest has a line of its own.
std::string remedy_for(const Node& node, const std::string& path) {
  const bool is_one_of_several = path.starts_with("message.");
  return "add " + path_of(node) + (is_one_of_several ? ": {say: [..., ...]}" : "." + path);
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
    for_each_text(*dialog, [&](const std::string& path, Localized& text) {
      if (text[0].empty() || !text[locale].empty()) return;
      text[locale] = text[0];
      problems.warning({.file = "messages/" + program.locales[locale] + ".yaml",
                        .column = path,
                        .code = "translation_missing",
                        .message = "no " + program.locales[locale] + " text; the " +
                                   program.locales[0] + " one is shown instead",
                        .remedy = remedy_for(*node, path),
                        .node = node->number,
                        .node_id = node->id});
    });
  }
}

}  // namespace millrace::flow
