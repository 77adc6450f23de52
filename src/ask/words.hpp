// The short words of five languages that turn an answer round, lead to it or follow it. Folded; for
// the files of this room only.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ask/language.hpp"

namespace millrace::ask {

// Words with blanks between them, and a sign for each that it may be among them: nearly all that
// are asked for are not.
class WordList {
 public:
  consteval WordList(const char* list) : words_(list) {
    const std::string_view words = words_;
    for (size_t begin = 0; begin < words.size();) {
      const size_t end = std::min(words.find(' ', begin), words.size());
      const unsigned sign = sign_of(words.substr(begin, end - begin));
      signs_[sign / 64] |= uint64_t{1} << sign % 64;
      begin = end + 1;
    }
  }

  bool has(std::string_view word) const {
    if (word.empty()) return false;
    const unsigned sign = sign_of(word);
    return ((signs_[sign / 64] >> sign % 64) & 1) != 0 && finds(word);
  }

 private:
  static constexpr unsigned sign_of(std::string_view word) {
    if (word.empty()) return 0;
    const auto first = static_cast<unsigned char>(word.front());
    const auto last = static_cast<unsigned char>(word.back());
    return (first * 7U + last * 31U + static_cast<unsigned>(word.size()) * 53U) % 256;
  }
  bool finds(std::string_view word) const;

  std::string_view words_;
  std::array<uint64_t, 4> signs_{};
};

// One list for each language.
using WordLists = WordList[kLanguageCount];

inline bool is_listed(const WordList& list, std::string_view word) {
  return list.has(word);
}
inline bool is_listed(const WordLists& lists, Language language, std::string_view word) {
  return lists[static_cast<size_t>(language)].has(word);
}

// In the language's list, or in English's.
inline bool is_listed_here(const WordLists& lists, Language language, std::string_view word) {
  return is_listed(lists, language, word) ||
         (language != Language::en && is_listed(lists, Language::en, word));
}

// Takes the listed words away, wherever they stand.
void drop_listed(std::vector<std::string>& words, const WordList& list);

// The number that a text of at most so many figures is; nullopt when it is anything else.
std::optional<int> figures(std::string_view text, size_t digits_max);

// Takes the phrase away where the words begin or end with it and are more than it.
bool take_front(std::vector<std::string>& words, std::string_view phrase);
bool take_back(std::vector<std::string>& words, std::string_view phrase);

// Whether the word at `at` denies: "not", "never", "ohne", the "t" of "don't". In every language
// the clear ones of English too.
bool denies(const std::vector<std::string>& words, size_t at, Language language);
// The words of a text that deny.
std::vector<std::string> denials_in(const std::vector<std::string>& words, Language language);
// One of the two is the other with a syllable before it that turns it round: "unmarried",
// "inactif".
bool is_opposite(std::string_view a, std::string_view b);

// "please", "thank you", and what else may stand at either end of any answer; gone afterwards.
void drop_courtesy_words(std::vector<std::string>& words, Language language);

// Words with a blank between each two.
std::string joined(const std::vector<std::string>& words, size_t begin = 0,
                   size_t end = std::string::npos);

}  // namespace millrace::ask
