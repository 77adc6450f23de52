// What consumers say for an intent, and which node each intent leads to.
#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "flow/csv/csv.hpp"
#include "flow/language/reading.hpp"
#include "flow/settings/settings_keys.hpp"
#include "flow/yaml.hpp"
#include "nlu/formats/formats.hpp"

namespace millrace::flow {
namespace {

constexpr std::string_view kTrainingFile = "templates/intent.csv";
constexpr std::string_view kEntityFile = "templates/entity.csv";
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

// What of its text is a slot is marked in it.
void add_marked(IntentsRead& out, std::string_view name, std::string_view utterance) {
  const nlu::Example example = nlu::unmarked(utterance, std::string(name));
  if (!example.slots.empty()) out.filling.insert(std::string(name));
  add(out.intents, name, example.text);
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
    add_marked(out, intent, utterance);
  }
  return out;
}

using Lists = std::vector<std::pair<std::string, std::vector<std::string>>>;

void read_lists(YamlFile& file, const YamlPair& section, Lists& into) {
  for (const YamlPair& pair : file.pairs(section.value, section.key)) {
    into.emplace_back(pair.key, file.texts(pair));
  }
}

void read_patterns(YamlFile& file, const YamlPair& section, nlu::Lexicon& lexicon) {
  for (const YamlPair& pair : file.pairs(section.value, section.key)) {
    const auto pattern = file.scalar(pair);
    if (!pattern) continue;
    if (const auto checked = ask::check_pattern(*pattern); !checked) {
      file.error(pair, "bad_pattern", checked.error().message, "write a regular expression");
      continue;
    }
    lexicon.regexes.emplace_back(pair.key, *pattern);
  }
}

IntentsRead read_yaml_file(const std::string& path, const std::string& text) {
  IntentsRead out;
  YamlFile file(path, out.problems);
  const auto root = file.parse(text);
  if (!root) return out;
  for (const YamlPair& section : file.pairs(*root, path)) {
    if (section.key == "intents") {
      for (const YamlPair& pair : file.pairs(section.value, "intents")) {
        intent_in(out.intents, pair.key);
        for (const std::string& utterance : file.texts(pair)) {
          if (!utterance.empty()) add_marked(out, pair.key, utterance);
        }
      }
    } else if (section.key == "out_of_scope") {
      file.texts(section);  // for whoever learns from them
    } else if (section.key == "synonyms") {
      read_lists(file, section, out.lexicon.synonyms);
    } else if (section.key == "lookups") {
      read_lists(file, section, out.lexicon.lookups);
    } else if (section.key == "regexes") {
      read_patterns(file, section, out.lexicon);
    } else if (section.key == "priorities") {
      read_lists(file, section, out.priorities);
    } else {
      file.unknown_key(section, names_of(nlu_keys()));
    }
  }
  return out;
}

// "Entity,Value,Synonyms": a value of a slot, and what else is said for it, divided by |.
IntentsRead read_entity_file(const std::string& text) {
  IntentsRead out;
  const auto wrong = [&](int line, std::string code, std::string message, std::string remedy) {
    out.problems.error({.file = std::string(kEntityFile),
                        .line = line,
                        .position = 1,
                        .code = std::move(code),
                        .message = std::move(message),
                        .remedy = std::move(remedy)});
  };
  const auto rows = read_csv(text);
  if (!rows) {
    wrong(0, "csv_syntax", rows.error().describe(), "");
    return out;
  }
  const auto cell = [](const CsvRow& row, size_t i) {
    return i < row.cells.size() ? base::trim_blank(row.cells[i]) : std::string_view();
  };
  if (rows->empty()) return out;
  const CsvRow& header = rows->front();
  if (!base::equals_ignoring_case(cell(header, 0), "Entity") ||
      !base::equals_ignoring_case(cell(header, 1), "Value")) {
    wrong(header.line, "missing_column", "the first row must be Entity,Value,Synonyms",
          "name the columns");
    return out;
  }
  for (size_t i = 1; i < rows->size(); ++i) {
    const CsvRow& row = (*rows)[i];
    const std::string entity(cell(row, 0));
    const std::string value(cell(row, 1));
    if (entity.empty() || value.empty()) {
      wrong(row.line, "entity_incomplete", "an entity and a value are needed",
            "fill both cells, or remove the row");
      continue;
    }
    auto& lookups = out.lexicon.lookups;
    auto found = std::ranges::find(lookups, entity, &Lists::value_type::first);
    if (found == lookups.end()) found = lookups.insert(lookups.end(), {entity, {}});
    found->second.push_back(value);
    std::vector<std::string> said;
    for (const std::string_view one : base::split(cell(row, 2), '|')) {
      if (!base::trim(one).empty()) said.emplace_back(base::trim(one));
    }
    if (!said.empty()) out.lexicon.synonyms.emplace_back(value, std::move(said));
  }
  return out;
}

void take(const IntentsRead& read, size_t locale, Program& program, std::set<std::string>& filling,
          Problems& problems) {
  problems.add(read.problems, 0);
  for (const Intent& intent : read.intents) {
    auto& utterances = intent_in(program.intents[locale], intent.name).utterances;
    utterances.insert(utterances.end(), intent.utterances.begin(), intent.utterances.end());
  }
  const auto append = [](auto& into, const auto& from) {
    into.insert(into.end(), from.begin(), from.end());
  };
  append(program.lexicon.synonyms, read.lexicon.synonyms);
  append(program.lexicon.lookups, read.lexicon.lookups);
  append(program.lexicon.regexes, read.lexicon.regexes);
  for (const auto& [flow, intents] : read.priorities) {
    append(program.understanding.priorities[flow], intents);
  }
  filling.insert(read.filling.begin(), read.filling.end());
}

// Of two intents that have the same utterance the first one written has it.
void index_utterances(Program& program) {
  program.utterances.resize(program.intents.size());
  for (size_t locale = 0; locale < program.intents.size(); ++locale) {
    for (uint32_t i = 0; i < program.intents[locale].size(); ++i) {
      for (const std::string& utterance : program.intents[locale][i].utterances) {
        program.utterances[locale].emplace(base::squash(utterance), i);
      }
    }
  }
}

// Flows that are not there, and intents that nothing leads to.
void check_priorities(const Program& program, Problems& problems) {
  for (const auto& [flow, intents] : program.understanding.priorities) {
    const bool is_there = std::ranges::any_of(program.by_id, [&](const auto& entry) {
      return entry.first.starts_with(flow) && entry.first.substr(flow.size()).starts_with('.');
    });
    const auto unknown = std::ranges::find_if(
        intents, [&](const std::string& intent) { return !program.intent_nodes.contains(intent); });
    if (is_there && unknown == intents.end()) continue;
    problems.warning(
        {.file = std::string(kFolder) + program.locales[0] + std::string(kEnding),
         .code = "priority_of_nothing",
         .message = is_there ? "no node has the intent '" + *unknown + "', which priorities name"
                             : "there is no flow '" + flow + "', for which there are priorities",
         .remedy = "name flows and intents that are there"});
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
  std::set<std::string> filling;
  for (const auto& [path, text] : files) {
    if (path == kTrainingFile) {
      const auto& read = kept.of(path, text, [&] { return read_training_file(text); });
      take(read, 0, program, filling, problems);
    }
    if (path == kEntityFile) {
      take(kept.of(path, text, [&] { return read_entity_file(text); }), 0, program, filling,
           problems);
    }
    if (!path.starts_with(kFolder)) continue;
    YamlFile file(path, problems);
    const auto locale = locale_of(file, kFolder, program.locales);
    if (!locale) continue;
    const auto& read = kept.of(path, text, [&] { return read_yaml_file(path, text); });
    take(read, *locale, program, filling, problems);
  }
  index_utterances(program);
  bind_nodes(drafts, program, problems);
  check_priorities(program, problems);
  for (size_t locale = 0; locale < program.locales.size(); ++locale) {
    for (const Intent& intent : program.intents[locale]) {
      // One whose examples have slots may be there to fill them.
      if (program.intent_nodes.contains(intent.name) || filling.contains(intent.name)) continue;
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
