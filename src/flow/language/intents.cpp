// What consumers say for an intent, and which node each intent leads to.
#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "flow/language/intent_files.hpp"
#include "flow/language/reading.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {
namespace {

constexpr std::string_view kFolder = "nlu/";
constexpr std::string_view kEnding = ".yaml";

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
  for (const Priorities& each : read.priorities) {
    append(program.understanding.priorities[each.flow], each.intents);
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
void check_priorities(const std::vector<Priorities>& all, const Program& program,
                      Problems& problems) {
  for (const Priorities& each : all) {
    const std::string& flow = each.flow;
    const bool is_there = std::ranges::any_of(program.by_id, [&](const auto& entry) {
      return entry.first.starts_with(flow) && entry.first.substr(flow.size()).starts_with('.');
    });
    const auto unknown = std::ranges::find_if(each.intents, [&](const std::string& intent) {
      return !program.intent_nodes.contains(intent);
    });
    if (is_there && unknown == each.intents.end()) continue;
    problems.warning(
        {.file = each.file,
         .line = each.at.line,
         .position = each.at.position,
         .length = each.at.length,
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
  std::vector<Priorities> priorities;
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
    const auto& read = kept.of(path, text, [&] { return read_nlu_file(path, text); });
    take(read, *locale, program, filling, problems);
    priorities.insert(priorities.end(), read.priorities.begin(), read.priorities.end());
  }
  index_utterances(program);
  bind_nodes(drafts, program, problems);
  check_priorities(priorities, program, problems);
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
