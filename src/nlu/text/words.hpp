// Text cut into words, each as it was typed and with case and accents folded, with its place in the
// text. Takes any bytes of any script; never fails, and takes memory in proportion to its bounds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::nlu {

inline constexpr size_t kWordsMax = 512;  // words of a text; those behind are not looked at
inline constexpr size_t kWordBytesMax =
    128;  // of a word's form with its accents; the rest is left out

// One word, one mark of punctuation, or one symbol such as an emoji.
struct Word {
  uint32_t begin = 0, end = 0;  // bytes of the text
  bool is_mark = false;         // punctuation or a symbol
  bool is_glued = false;        // nothing stood between it and the word before
  std::string kept;             // lower case, compatibility forms resolved: "são", "fi"
  std::string folded;           // also without accents: "sao"
};

// Letters, digits and their marks make words; an apostrophe divides them ("l'" "hôtel", "what"
// "s"), as does every other mark.
std::vector<Word> words_of(std::string_view text);

// Lower case without accents, as Word::folded has it, white space and marks as they are.
std::string fold(std::string_view text);

}  // namespace millrace::nlu
