#include "flow/language/intent_files.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "flow/csv/csv.hpp"
#include "flow/settings/settings_keys.hpp"
#include "flow/yaml.hpp"
#include "nlu/formats/formats.hpp"

namespace millrace::flow {
namespace {

void add(std::vector<Intent>& intents, std::string_view name, std::string_view utterance) {
  intent_in(intents, name).utterances.emplace_back(utterance);
}

// What of its text is a slot is marked in it.
void add_marked(IntentsRead& out, std::string_view name, std::string_view utterance) {
  const nlu::Example example = nlu::unmarked(utterance, std::string(name));
  if (!example.slots.empty()) out.filling.insert(std::string(name));
  add(out.intents, name, example.text);
}

using Lists = std::vector<std::pair<std::string, std::vector<std::string>>>;

void read_lists(YamlFile& file, const YamlPair& section, Lists& into) {
  for (const YamlPair& pair : file.pairs(section.value, section.key)) {
    into.emplace_back(pair.key, file.texts(pair));
  }
}

void read_priorities(YamlFile& file, const YamlPair& section, std::vector<Priorities>& into) {
  for (const YamlPair& pair : file.pairs(section.value, section.key)) {
    into.push_back({file.name(), file.place(pair, ""), pair.key, file.texts(pair)});
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

}  // namespace

Intent& intent_in(std::vector<Intent>& intents, std::string_view name) {
  const auto found = std::ranges::find(intents, name, &Intent::name);
  if (found != intents.end()) return *found;
  return intents.emplace_back(std::string(name), std::vector<std::string>());
}

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

IntentsRead read_nlu_file(const std::string& path, const std::string& text) {
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
      read_priorities(file, section, out.priorities);
    } else {
      file.unknown_key(section, names_of(nlu_keys()));
    }
  }
  return out;
}

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

}  // namespace millrace::flow
