// Words and patterns that a solution lists for its slots, found in texts without learning: lookup
// lists, regular expressions, and synonyms that bring what was said to one form. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/regex.hpp"

namespace millrace::nlu {

// As written. Each in the order of the files.
struct Lexicon {
  std::vector<std::pair<std::string, std::vector<std::string>>> synonyms;  // value: what is said
  std::vector<std::pair<std::string, std::vector<std::string>>> lookups;   // slot: its words
  std::vector<std::pair<std::string, std::string>> regexes;                // slot: pattern
  bool is_empty() const { return synonyms.empty() && lookups.empty() && regexes.empty(); }
};

inline constexpr size_t kListedWordsMax = 8;       // words of one entry of a list
inline constexpr size_t kListedMax = 64;           // found in one text
inline constexpr size_t kPatternBytesMax = 1'024;  // of a text that patterns look at
inline constexpr size_t kPatternsMax = 200;        // of a lexicon; those behind are not looked for
inline constexpr int32_t kPatternStepsMax = 20;    // of one, ten milliseconds or so

struct Listed {
  std::string slot;
  uint32_t begin = 0, end = 0;  // bytes of the text
  std::string value;            // in the form of the list, or of the synonym
};

// A lexicon made ready. Case and accents do not count.
class Lists {
 public:
  explicit Lists(const Lexicon& lexicon);

  // In the order of the text; of entries that lie over each other the longer one.
  std::vector<Listed> find(std::string_view text) const;
  // What it is a synonym of, else itself.
  std::string canonical(std::string_view value) const;

 private:
  struct Entry {
    std::string slot;
    std::string value;
  };
  std::unordered_map<std::string, std::vector<Entry>> entries_;  // by folded words
  std::unordered_map<std::string, std::string> synonyms_;
  void add_patterns(std::string_view text, std::vector<Listed>& out) const;

  std::vector<std::pair<std::string, base::Regex>> regexes_;
  size_t words_max_ = 0;
};

}  // namespace millrace::nlu
