#include <algorithm>
#include <unordered_set>

#include "ask/known.hpp"
#include "flow/settings/settings_keys.hpp"
#include "flow/settings/translation_gaps.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {
namespace {

constexpr std::string_view kFolder = "messages/";

// One messages/<locale>.yaml.
class Reader {
 public:
  Reader(YamlFile& file, Program& program, size_t locale,
         const std::unordered_set<std::string>& forms, std::vector<Translation>& translations)
      : file_(file),
        program_(program),
        locale_(locale),
        forms_(forms),
        translations_(translations) {}

  void read(const std::string& text) {
    const auto root = file_.parse(text);
    if (!root) return;
    for (const YamlPair& section : file_.pairs(*root, file_.name())) {
      if (section.key == "system") {
        read_system(section);
      } else if (section.key == "phrases") {
        read_phrases(section);
      } else {
        read_nodes_of(section, section.key);
      }
    }
  }

 private:
  void read_system(const YamlPair& section) {
    std::vector<std::string> known(ask::stock_keys().begin(), ask::stock_keys().end());
    for (const YamlPair& pair : file_.pairs(section.value, "system")) {
      const auto text = program_.texts.find(pair.key);
      if (text == program_.texts.end()) {
        file_.unknown_key(pair, known);
      } else if (const auto words = file_.scalar(pair)) {
        text->second[locale_] = parse_template(*words);
      }
    }
  }

  void read_phrases(const YamlPair& section) {
    for (const YamlPair& pair : file_.pairs(section.value, "phrases")) {
      const auto command = ask::command_from(pair.key);
      if (command) {
        program_.asides.own[locale_].push_back({*command, file_.texts(pair)});
      } else {
        file_.unknown_key(pair, names_of(asides_keys()));
      }
    }
  }

  DialogNode* find(const YamlPair& entry, const std::string& flow) {
    auto found = program_.by_id.find(flow + "." + entry.key);
    if (found == program_.by_id.end()) found = program_.by_id.find(entry.key);
    if (found == program_.by_id.end()) {
      std::vector<std::string> known;
      for (const auto& [id, number] : program_.by_id) {
        if (id.starts_with(flow + ".")) known.push_back(id.substr(flow.size() + 1));
      }
      std::ranges::sort(known);
      const std::string near = did_you_mean(entry.key, known);
      file_.error(entry, "unknown_node", "the flow has no node " + entry.key,
                  near.empty() ? "remove the translation, or correct the name"
                               : "did you mean '" + near + "'?");
      return nullptr;
    }
    Node& node = program_.nodes.at(found->second);
    node_ = &node;
    auto* dialog = std::get_if<DialogNode>(&node.does);
    if (dialog == nullptr) {
      file_.error(entry, "nothing_to_say", "node " + entry.key + " says nothing",
                  "only D nodes have texts");
    }
    return dialog;
  }

  void read_nodes_of(const YamlPair& section, const std::string& flow) {
    for (const YamlPair& entry : file_.pairs(section.value, section.key)) {
      if (forms_.contains(flow + "." + entry.key)) {
        read_nodes_of(entry, flow + "." + entry.key);
      } else if (DialogNode* node = find(entry, flow)) {
        read_texts(entry, *node);
      }
    }
  }

  void put(const YamlPair& pair, Localized& text) {
    const Text words = file_.text(pair, "");
    if (words.given()) put(pair.key, words, text);
  }

  void put(const std::string& key, const Text& words, Localized& text) {
    text[locale_] = parse_template(words.value);
    translations_.push_back({node_->number,
                             text[locale_],
                             {.file = file_.name(),
                              .line = words.at.line,
                              .position = words.at.position,
                              .length = words.at.length,
                              .column = key,
                              .node = node_->number,
                              .node_id = node_->id}});
  }

  void put_all(const YamlPair& pair, const std::vector<Localized*>& texts) {
    const auto words = file_.text_list(pair, "").value;
    if (words.size() > texts.size()) {
      file_.error(pair, "too_many_texts",
                  "the node has " + std::to_string(texts.size()) + " such texts");
    }
    for (size_t i = 0; i < std::min(words.size(), texts.size()); ++i) {
      put(pair.key, words[i], *texts[i]);
    }
  }

  void read_options(const YamlPair& options, DialogNode& node) {
    std::vector<std::string> labels;
    std::vector<Option*> all;
    for (Option& option : node.asset.options) all.push_back(&option);
    for (Card& card : node.asset.cards) {
      for (Option& button : card.buttons) all.push_back(&button);
    }
    for (const Option* option : all) labels.push_back(option->label[0].source());
    for (const YamlPair& pair : file_.pairs(options.value, options.key)) {
      const auto found = std::ranges::find(labels, pair.key);
      if (found == labels.end()) {
        file_.unknown_key(pair, labels);
        continue;
      }
      Option& option = *all[static_cast<size_t>(found - labels.begin())];
      if (!pair.value.IsMap()) {
        put(pair, option.label);
        continue;
      }
      for (const YamlPair& part : file_.pairs(pair.value, pair.key)) {
        if (part.key == "label") {
          put(part, option.label);
        } else if (part.key == "description" && !option.description.empty()) {
          put(part, option.description);
        } else {
          file_.unknown_key(part, {"label", "description"});
        }
      }
    }
  }

  void read_cards(const YamlPair& cards, DialogNode& node) {
    std::vector<std::string> titles;
    for (const Card& card : node.asset.cards) titles.push_back(card.title[0].source());
    for (const YamlPair& pair : file_.pairs(cards.value, "cards")) {
      const auto found = std::ranges::find(titles, pair.key);
      if (found == titles.end()) {
        file_.unknown_key(pair, titles);
        continue;
      }
      Card& card = node.asset.cards[static_cast<size_t>(found - titles.begin())];
      for (const YamlPair& part : file_.pairs(pair.value, pair.key)) {
        if (part.key == "title") {
          put(part, card.title);
        } else if (part.key == "description" && !card.description.empty()) {
          put(part, card.description);
        } else {
          file_.unknown_key(part, {"title", "description"});
        }
      }
    }
  }

  void read_texts(const YamlPair& entry, DialogNode& node) {
    std::map<std::string, Localized*> single;
    std::vector<Localized*> messages, retries, reminders;
    for_each_text(node, [&](const std::string& path, Localized& text) {
      if (path.starts_with("message")) {
        messages.push_back(&text);
      } else if (path.starts_with("retry")) {
        retries.push_back(&text);
      } else if (path.starts_with("reminders")) {
        reminders.push_back(&text);
      } else if (!path.contains('.')) {
        single.emplace(path, &text);
      }
    });
    for (const YamlPair& pair : file_.pairs(entry.value, "node " + entry.key)) {
      const auto one = single.find(pair.key);
      if (pair.key == "message" || pair.key == "say" || pair.key == "ask") {
        put_all(pair, messages);
      } else if (pair.key == "retry") {
        put_all(pair, retries);
      } else if (pair.key == "reminders") {
        put_all(pair, reminders);
      } else if (pair.key == "buttons" || pair.key == "options") {
        read_options(pair, node);
      } else if (pair.key == "cards") {
        read_cards(pair, node);
      } else if (one != single.end()) {
        put(pair, *one->second);
      } else {
        std::vector<std::string> known{"message", "buttons", "options",
                                       "cards",   "retry",   "reminders"};
        for (const auto& [name, text] : single) known.push_back(name);
        file_.unknown_key(pair, known);
      }
    }
  }

  YamlFile& file_;
  Program& program_;
  size_t locale_;
  const std::unordered_set<std::string>& forms_;
  std::vector<Translation>& translations_;
  const Node* node_ = nullptr;  // whose texts are being read
};

// What other ids begin with: "main.who" of "main.who.NAME".
std::unordered_set<std::string> forms_of(const Program& program) {
  std::unordered_set<std::string> forms;
  for (const auto& [id, number] : program.by_id) {
    for (size_t dot = id.find('.'); dot != std::string::npos; dot = id.find('.', dot + 1)) {
      forms.insert(id.substr(0, dot));
    }
  }
  return forms;
}

// What Millrace says by itself is in English where neither it nor the solution has words for it.
void warn_of_english(const Program& program, size_t locale, Problems& problems) {
  const std::string& name = program.locales[locale];
  if (ask::has_stock_texts(name)) return;
  const bool has_own = std::ranges::any_of(program.texts, [&](const auto& entry) {
    return entry.second[locale].source() != ask::stock_text(entry.first, name).value_or("");
  });
  if (has_own) return;
  problems.warning({.file = std::string(kSettingsFile),
                    .column = locale == 0 ? "default_locale" : "locales",
                    .code = "locale_without_texts",
                    .message = "what Millrace says by itself comes in English, not in '" + name +
                               "': 'Please choose one of these', for example",
                    .remedy = "give its texts under system: in messages/" + name + ".yaml"});
}

}  // namespace

std::vector<Translation> read_translations(const Files& files, YamlMemory& memory, Program& program,
                                           Problems& problems) {
  std::vector<Translation> translations;
  for (const std::string_view key : ask::stock_keys()) {
    Localized& text = program.texts[std::string(key)];
    for (const std::string& locale : program.locales) {
      text.push_back(parse_template(ask::stock_text(key, locale).value_or("")));
    }
  }
  program.asides.own.resize(program.locales.size());
  for (auto& [number, node] : program.nodes) {
    auto* dialog = std::get_if<DialogNode>(&node.does);
    if (dialog == nullptr) continue;
    for_each_text(*dialog, [&](const std::string&, Localized& text) {
      text.resize(1);  // of a node that stays, what was translated before
      text.resize(program.locales.size());
    });
  }
  std::unordered_set<std::string> forms;
  for (const auto& [path, text] : files) {
    if (!path.starts_with(kFolder)) continue;
    if (forms.empty()) forms = forms_of(program);
    YamlFile file(path, problems, &memory);
    const auto locale = locale_of(file, kFolder, program.locales);
    if (!locale) continue;
    Reader(file, program, *locale, forms, translations).read(text);
  }
  for (size_t locale = 1; locale < program.locales.size(); ++locale) {
    fill_gaps(program, problems, locale);
  }
  for (size_t locale = 0; locale < program.locales.size(); ++locale) {
    warn_of_english(program, locale, problems);
  }
  return translations;
}

}  // namespace millrace::flow
