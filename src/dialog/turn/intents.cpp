#include "dialog/turn/intents.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace millrace::dialog {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : base::to_lower(text) + " ") {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t';
    if (!is_blank) {
      word.push_back(c);
    } else if (const std::string squashed = base::squash(word); !squashed.empty()) {
      words.push_back(squashed);
      word.clear();
    } else {
      word.clear();
    }
  }
  return words;
}

std::optional<std::string> same_as(std::string_view text, const flow::Program& program,
                                   size_t locale) {
  const std::string wanted = base::squash(text);
  if (wanted.empty()) return std::nullopt;
  for (const size_t index : {locale, size_t{0}}) {
    if (index >= program.utterances.size()) continue;
    const auto found = program.utterances[index].find(wanted);
    if (found == program.utterances[index].end()) continue;
    const std::string& name = program.intents[index][found->second].name;
    if (program.intent_nodes.contains(name)) return name;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> intent_of(std::string_view text, const flow::Program& program,
                                     size_t locale, Match match) {
  if (program.intent_nodes.empty()) return std::nullopt;
  if (match == Match::is_the_same) return same_as(text, program, locale);
  const auto said = words_of(text);
  std::optional<std::string> best;
  size_t best_words = 0;
  for (size_t i = 0; i < program.intents.size(); ++i) {
    if (i != locale && i != 0) continue;
    for (const flow::Intent& intent : program.intents[i]) {
      if (!program.intent_nodes.contains(intent.name)) continue;
      for (const std::string& utterance : intent.utterances) {
        const auto wanted = words_of(utterance);
        const bool all = std::ranges::all_of(wanted, [&](const std::string& word) {
          return std::ranges::find(said, word) != said.end();
        });
        if (!all || wanted.size() <= best_words || said.size() > 2 * wanted.size() + 2) continue;
        best = intent.name;
        best_words = wanted.size();
      }
    }
  }
  return best;
}

}  // namespace millrace::dialog
