#include <algorithm>
#include <charconv>

#include "flow/yaml.hpp"

namespace millrace::flow {
namespace {

constexpr std::string_view kFolder = "messages/";
constexpr std::string_view kEnding = ".yaml";

// What is said when something broke and the flow drew no road for it, where the solution does not
// word it itself (system.apology).
std::string_view stock_apology(std::string_view locale) {
  const auto language = locale.substr(0, locale.find('-'));
  if (language == "pt") {
    return "Desculpe, tivemos um problema técnico. Por favor, tente novamente mais tarde.";
  }
  if (language == "es") {
    return "Lo sentimos, tenemos un problema técnico. Inténtalo de nuevo más tarde.";
  }
  if (language == "fr") {
    return "Désolé, nous avons un problème technique. Réessayez plus tard.";
  }
  if (language == "de") {
    return "Entschuldigung, wir haben ein technisches Problem. Bitte versuche es später noch "
           "einmal.";
  }
  return "Sorry, we are having technical difficulties. Please try again later.";
}

void read_buttons(YamlFile& file, const YamlPair& buttons, DialogNode& node, size_t locale) {
  std::vector<std::string> labels;
  for (const Button& button : node.buttons) labels.push_back(button.label[0].source());
  for (const YamlPair& pair : file.pairs(buttons.value, "buttons")) {
    const auto found = std::ranges::find(labels, pair.key);
    if (found == labels.end()) {
      file.unknown_key(pair, labels);
    } else if (const auto text = file.scalar(pair)) {
      const auto index = static_cast<size_t>(found - labels.begin());
      node.buttons[index].label[locale] = parse_template(*text);
    }
  }
}

void read_node(YamlFile& file, const YamlPair& entry, Program& program, size_t locale) {
  NodeNumber number = 0;
  const char* end = entry.key.data() + entry.key.size();
  const auto parsed = std::from_chars(entry.key.data(), end, number);
  const auto found = program.nodes.find(number);
  if (parsed.ptr != end || found == program.nodes.end()) {
    file.error(entry.line, entry.key, "unknown_node", "the flow has no node " + entry.key,
               "remove the translation, or correct the number");
    return;
  }
  auto* dialog = std::get_if<DialogNode>(&found->second.does);
  if (dialog == nullptr) {
    file.error(entry.line, entry.key, "nothing_to_say", "node " + entry.key + " says nothing",
               "only D nodes have texts");
    return;
  }
  for (const YamlPair& pair : file.pairs(entry.value, "node " + entry.key)) {
    if (pair.key == "message") {
      if (const auto text = file.scalar(pair)) dialog->message[locale] = parse_template(*text);
    } else if (pair.key == "buttons") {
      read_buttons(file, pair, *dialog, locale);
    } else {
      file.unknown_key(pair, {"message", "buttons"});
    }
  }
}

void read_file(YamlFile& file, const std::string& text, Program& program, size_t locale) {
  const auto root = file.parse(text);
  if (!root) return;
  for (const YamlPair& section : file.pairs(*root, file.name())) {
    if (section.key == "bot") {
      for (const YamlPair& node : file.pairs(section.value, "bot")) {
        read_node(file, node, program, locale);
      }
    } else if (section.key == "system") {
      for (const YamlPair& pair : file.pairs(section.value, "system")) {
        if (pair.key != "apology") {
          file.unknown_key(pair, {"apology"});
        } else if (const auto apology = file.scalar(pair)) {
          program.apology[locale] = parse_template(*apology);
        }
      }
    } else {
      file.unknown_key(section, {"bot", "system"});
    }
  }
}

// A text without a translation falls back to the default locale, with a warning.
void fill_gaps(Program& program, Problems& problems, size_t locale) {
  const auto fill = [&](Localized& text, const Node& node, const std::string& what) {
    if (text[0].empty() || !text[locale].empty()) return;
    text[locale] = text[0];
    problems.warning({.file = std::string(kFolder) + program.locales[locale] + std::string(kEnding),
                      .column = what,
                      .code = "translation_missing",
                      .message = "no " + program.locales[locale] + " text; the " +
                                 program.locales[0] + " one is shown instead",
                      .remedy = "add bot." + std::to_string(node.number) + "." + what,
                      .node = node.number});
  };
  std::vector<NodeNumber> numbers;
  for (const auto& [number, node] : program.nodes) numbers.push_back(number);
  std::ranges::sort(numbers);
  for (const NodeNumber number : numbers) {
    Node& node = program.nodes.at(number);
    auto* dialog = std::get_if<DialogNode>(&node.does);
    if (dialog == nullptr) continue;
    fill(dialog->message, node, "message");
    for (Button& button : dialog->buttons) {
      fill(button.label, node, "buttons." + button.label[0].source());
    }
  }
}

}  // namespace

void read_translations(const Files& files, Program& program, Problems& problems) {
  program.apology.clear();
  for (const std::string& locale : program.locales) {
    program.apology.push_back(parse_template(stock_apology(locale)));
  }
  for (auto& [number, node] : program.nodes) {
    auto* dialog = std::get_if<DialogNode>(&node.does);
    if (dialog == nullptr) continue;
    dialog->message.resize(program.locales.size());
    for (Button& button : dialog->buttons) button.label.resize(program.locales.size());
  }
  for (const auto& [path, text] : files) {
    if (!path.starts_with(kFolder)) continue;
    YamlFile file(path, problems);
    const auto name = std::string_view(path).substr(kFolder.size());
    const auto stem = name.ends_with(kEnding) ? name.substr(0, name.size() - kEnding.size()) : name;
    const auto found = std::ranges::find(program.locales, stem);
    if (found == program.locales.end() || stem.size() == name.size()) {
      file.error(
          0, "", "unknown_locale", "no locale '" + std::string(stem) + "' in solution.yaml",
          "add it to locales, or rename the file to one of " + list_of(program.locales) + ".yaml");
      continue;
    }
    read_file(file, text, program, static_cast<size_t>(found - program.locales.begin()));
  }
  for (size_t locale = 1; locale < program.locales.size(); ++locale) {
    fill_gaps(program, problems, locale);
  }
}

}  // namespace millrace::flow
