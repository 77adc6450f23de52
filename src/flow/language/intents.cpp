// What consumers say for an intent, and which node each intent leads to.
#include <algorithm>
#include <tuple>

#include "base/text.hpp"
#include "flow/csv/csv.hpp"
#include "flow/language/reading.hpp"
#include "flow/settings/settings_keys.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {
namespace {

constexpr std::string_view kTrainingFile = "templates/intent.csv";
constexpr std::string_view kFolder = "nlu/";
constexpr std::string_view kEnding = ".yaml";

Intent& intent_in(std::vector<Intent>& intents, std::string_view name) {
  const auto found = std::ranges::find(intents, name, &Intent::name);
  if (found != intents.end()) return *found;
  return intents.emplace_back(std::string(name), std::vector<std::string>());
}

void add(std::vector<Intent>& intents, std::string_view name, std::string_view utterance) {
  intent_in(intents, name).utterances.emplace_back(utterance);
}

// "Utterance,Intent,Type" or "Utterance,Intent" (reference: studio-and-action-nodes.md 3), in the
// default locale.
IntentsRead read_training_file(const std::string& text) {
  IntentsRead out;
  const auto wrong = [&](int line, int position, std::string code, std::string message,
                         std::string remedy) {
    out.problems.error({.file = std::string(kTrainingFile),
                        .line = line,
                        .position = position,
                        .code = std::move(code),
                        .message = std::move(message),
                        .remedy = std::move(remedy)});
  };
  const auto rows = read_csv(text);
  if (!rows) {
    wrong(0, 0, "csv_syntax", rows.error().describe(), "");
    return out;
  }
  if (rows->empty()) return out;
  const CsvRow& header = rows->front();
  const bool bound = header.cells.size() >= 2 &&
                     base::equals_ignoring_case(base::trim_blank(header.cells[0]), "Utterance") &&
                     base::equals_ignoring_case(base::trim_blank(header.cells[1]), "Intent");
  if (!bound) {
    wrong(header.line, 1, "missing_column", "the first row must be Utterance,Intent",
          "name the columns");
    return out;
  }
  for (size_t i = 1; i < rows->size(); ++i) {
    const CsvRow& row = (*rows)[i];
    const auto utterance = base::trim_blank(row.cells[0]);
    const auto intent = row.cells.size() < 2 ? std::string_view() : base::trim_blank(row.cells[1]);
    if (utterance.empty() || intent.empty()) {
      wrong(row.line, 1, "intent_incomplete", "an utterance and an intent are needed",
            "fill both cells, or remove the row");
      continue;
    }
    add(out.intents, intent, utterance);
  }
  return out;
}

IntentsRead read_yaml_file(const std::string& path, const std::string& text) {
  IntentsRead out;
  YamlFile file(path, out.problems);
  const auto root = file.parse(text);
  if (!root) return out;
  for (const YamlPair& section : file.pairs(*root, path)) {
    if (section.key != "intents") {
      file.unknown_key(section, names_of(nlu_keys()));
      continue;
    }
    for (const YamlPair& pair : file.pairs(section.value, "intents")) {
      intent_in(out.intents, pair.key);
      for (const std::string& utterance : file.texts(pair)) {
        if (!utterance.empty()) add(out.intents, pair.key, utterance);
      }
    }
  }
  return out;
}

void take(const IntentsRead& read, std::vector<Intent>& into, Problems& problems) {
  problems.add(read.problems, 0);
  for (const Intent& intent : read.intents) {
    auto& utterances = intent_in(into, intent.name).utterances;
    utterances.insert(utterances.end(), intent.utterances.begin(), intent.utterances.end());
  }
}

void bind_nodes(const Drafts& drafts, Program& program, Problems& problems) {
  std::vector<const Draft*> written;
  for (const Draft& draft : drafts.nodes) {
    const Node* node = program.find(draft.number);
    if (node == nullptr || node->intent.empty() || node->row != draft.line()) continue;
    written.push_back(&draft);
  }
  std::ranges::sort(written, [](const Draft* a, const Draft* b) {
    return std::tuple(std::string_view(a->file), a->line(), a->number) <
           std::tuple(std::string_view(b->file), b->line(), b->number);
  });
  for (const Draft* draft : written) {
    const Node* node = program.find(draft->number);
    const auto wrong = [&](std::string code, std::string message, std::string remedy) {
      return problem_in(*draft, draft->intent.at, std::move(code), std::move(message),
                        std::move(remedy));
    };
    const auto [entry, first] = program.intent_nodes.emplace(node->intent, node->number);
    if (!first) {
      problems.error(wrong("intent_repeated",
                           "the intent '" + node->intent + "' already leads to node " +
                               program.find(entry->second)->id,
                           "keep one of the two"));
    }
    if (node->intent == kOutOfScope) continue;
    const bool has_examples = std::ranges::any_of(program.intents, [&](const auto& intents) {
      const auto found = std::ranges::find(intents, node->intent, &Intent::name);
      return found != intents.end() && !found->utterances.empty();
    });
    if (has_examples) continue;
    problems.warning(wrong("intent_without_examples",
                           "nobody can say anything for the intent '" + node->intent + "'",
                           "add utterances to templates/intent.csv or nlu/<locale>.yaml"));
  }
}

}  // namespace

void read_intents(const Files& files, const Drafts& drafts, Kept<IntentsRead>& kept,
                  Program& program, Problems& problems) {
  program.intents.resize(program.locales.size());
  for (const auto& [path, text] : files) {
    if (path == kTrainingFile) {
      const auto& read = kept.of(path, text, [&] { return read_training_file(text); });
      take(read, program.intents[0], problems);
    }
    if (!path.starts_with(kFolder)) continue;
    YamlFile file(path, problems);
    const auto locale = locale_of(file, kFolder, program.locales);
    if (!locale) continue;
    const auto& read = kept.of(path, text, [&] { return read_yaml_file(path, text); });
    take(read, program.intents[*locale], problems);
  }
  bind_nodes(drafts, program, problems);
  for (size_t locale = 0; locale < program.locales.size(); ++locale) {
    for (const Intent& intent : program.intents[locale]) {
      if (program.intent_nodes.contains(intent.name)) continue;
      problems.warning(
          {.file = locale == 0 && files.contains(std::string(kTrainingFile))
                       ? std::string(kTrainingFile)
                       : std::string(kFolder) + program.locales[locale] + std::string(kEnding),
           .code = "intent_leads_nowhere",
           .message = "no node has the intent '" + intent.name + "'",
           .remedy = "name it in a node's Intent, or remove its utterances"});
    }
  }
}

}  // namespace millrace::flow
