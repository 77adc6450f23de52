// Phrases that are not an answer: each is the whole message, or it is an answer after all.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "ask/aside_phrases.hpp"
#include "ask/language.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

constexpr std::array<std::string_view, kCommandCount> kCommands{"back",    "change", "cancel",
                                                                "restart", "why",    "human"};
constexpr size_t kLengthMax = 200;

// A word as it was written, and as it is compared.
struct Word {
  std::string_view written;
  std::string lower;
};

// The next word of the text behind `at`, without the marks around it; nullopt at the end. A full
// stop within a word (an address) belongs to it, at its end it does not; apostrophes divide.
std::optional<std::string_view> next_word(std::string_view text, size_t& at) {
  constexpr std::string_view kBetween = " \t\n,;:!?'";
  constexpr std::string_view kCurly = "\u2019";
  while (at < text.size()) {
    const auto begin = text.find_first_not_of(kBetween, at);
    if (begin == std::string_view::npos) break;
    auto end = std::min(text.find_first_of(kBetween, begin), text.size());
    end = std::min(end, std::min(text.find(kCurly, begin), text.size()));
    std::string_view word = text.substr(begin, end - begin);
    at = text.substr(end).starts_with(kCurly) ? end + kCurly.size() : end;
    while (word.ends_with('.')) word.remove_suffix(1);
    for (const std::string_view mark : {"\u00bf", "\u00a1", "\u2026"}) {
      if (word.starts_with(mark)) word.remove_prefix(mark.size());
    }
    if (!word.empty()) return word;
  }
  return std::nullopt;
}

std::vector<Word> split_words(std::string_view text) {
  std::vector<Word> out;
  size_t at = 0;
  while (const auto word = next_word(text, at)) out.push_back({*word, fold(*word)});
  return out;
}

void drop_courtesy(std::vector<Word>& words) {
  const auto ends_with = [&](std::initializer_list<std::string_view> tail) {
    if (words.size() <= tail.size()) return false;
    return std::equal(tail.begin(), tail.end(), words.end() - static_cast<ptrdiff_t>(tail.size()),
                      [](std::string_view a, const Word& b) { return a == b.lower; });
  };
  if (ends_with({"please"}) || ends_with({"bitte"})) words.pop_back();
  if (ends_with({"por", "favor"})) words.resize(words.size() - 2);
  if (ends_with({"s", "il", "vous", "plait"})) words.resize(words.size() - 4);
}

std::string joined(const std::vector<Word>& words, size_t begin, size_t end) {
  if (begin >= end) return {};
  const char* first = words[begin].written.data();
  const char* last = words[end - 1].written.data() + words[end - 1].written.size();
  return {first, last};
}

using Pattern = std::vector<std::string>;

Pattern pattern_of(std::string_view phrase) {
  Pattern pattern;
  for (const std::string_view word : base::split(phrase, ' ')) {
    if (!word.empty()) pattern.push_back(fold(word));
  }
  return pattern;
}

// Matches from word `at` of the message against part `p` of the pattern on.
bool match(const std::vector<Word>& words, size_t at, const Pattern& pattern, size_t p,
           Aside& aside) {
  constexpr size_t kSubjectWordsMax = 4;
  if (p == pattern.size()) return at == words.size();
  if (pattern[p] == "{value}") {
    if (at >= words.size()) return false;
    // Nothing stands behind {value} in any phrase.
    aside.value = joined(words, at, words.size());
    return p + 1 == pattern.size();
  }
  if (pattern[p] == "{what}") {
    for (size_t count = 1; count <= kSubjectWordsMax && at + count <= words.size(); ++count) {
      aside.subject = joined(words, at, at + count);
      if (match(words, at + count, pattern, p + 1, aside)) return true;
    }
    return false;
  }
  if (at >= words.size() || words[at].lower != pattern[p]) return false;
  return match(words, at + 1, pattern, p + 1, aside);
}

bool matches(const std::vector<Word>& words, const Pattern& pattern, Aside& aside) {
  aside.subject.clear();
  aside.value.clear();
  return !pattern.empty() && match(words, 0, pattern, 0, aside);
}

// A language's phrases by their first word: nearly every message is told by that not to be one.
struct Known {
  Command command;
  Pattern pattern;
};
using Index = std::unordered_map<std::string, std::vector<Known>>;

const Index& index_of(Language language) {
  static const std::array<Index, kLanguageCount> kIndexes = [] {
    std::array<Index, kLanguageCount> indexes;
    for (size_t i = 0; i < kLanguageCount; ++i) {
      const auto& all = phrases_of(static_cast<Language>(i));
      for (size_t command = 0; command < kCommandCount; ++command) {
        for (const std::string_view phrase : all[command]) {
          Pattern pattern = pattern_of(phrase);
          auto& known = indexes[i][pattern.front()];
          known.push_back({static_cast<Command>(command), std::move(pattern)});
        }
      }
    }
    return indexes;
  }();
  return kIndexes[static_cast<size_t>(language)];
}

}  // namespace

std::string_view to_string(Command command) {
  return kCommands[static_cast<size_t>(command)];
}

std::optional<Command> command_from(std::string_view name) {
  const auto found = std::ranges::find(kCommands, name);
  if (found == kCommands.end()) return std::nullopt;
  return static_cast<Command>(found - kCommands.begin());
}

std::optional<Aside> find_aside(std::string_view text, std::string_view locale,
                                const std::vector<OwnPhrases>& own) {
  text = base::trim(text);
  if (text.empty() || text.size() > kLengthMax) return std::nullopt;
  size_t at = 0;
  const auto first = next_word(text, at);
  if (!first) return std::nullopt;
  const Index& index = index_of(language_of(locale));
  const auto known = index.find(fold(*first));
  if (known == index.end() && own.empty()) return std::nullopt;
  std::vector<Word> words = split_words(text);
  drop_courtesy(words);
  for (const OwnPhrases& worded : own) {
    Aside aside{worded.command, {}, {}};
    for (const std::string& phrase : worded.phrases) {
      if (matches(words, pattern_of(phrase), aside)) return aside;
    }
  }
  if (known == index.end()) return std::nullopt;
  for (const Known& phrase : known->second) {
    if (std::ranges::find(own, phrase.command, &OwnPhrases::command) != own.end()) continue;
    Aside aside{phrase.command, {}, {}};
    if (matches(words, phrase.pattern, aside)) return aside;
  }
  return std::nullopt;
}

}  // namespace millrace::ask
