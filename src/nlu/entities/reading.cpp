#include "nlu/entities/reading.hpp"

#include <charconv>

#include "base/text.hpp"
#include "nlu/text/words.hpp"

namespace millrace::nlu {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "17h30" is three tokens, as "5pm" is two.
void divide(std::string_view text, const Word& word, std::vector<Token>& out) {
  size_t begin = word.begin;
  while (begin < word.end) {
    size_t end = begin + 1;
    while (end < word.end && is_digit(text[end]) == is_digit(text[begin])) ++end;
    const bool is_whole = begin == word.begin && end == word.end;
    out.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end), is_digit(text[begin]),
                   word.is_mark, begin == word.begin ? word.is_glued : true,
                   is_whole ? word.folded : fold(text.substr(begin, end - begin))});
    begin = end;
  }
}

}  // namespace

size_t Reading::phrase(size_t i, std::string_view phrase) const {
  size_t next = i;
  while (!phrase.empty()) {
    const size_t blank = phrase.find(' ');
    if (at(next) != phrase.substr(0, blank)) return 0;
    ++next;
    phrase = blank == std::string_view::npos ? "" : phrase.substr(blank + 1);
  }
  return next - i;
}

size_t Reading::any(size_t i, std::string_view phrases) const {
  size_t most = 0;
  while (!phrases.empty()) {
    const size_t bar = phrases.find('|');
    const size_t length = phrase(i, phrases.substr(0, bar));
    most = length > most ? length : most;
    phrases = bar == std::string_view::npos ? "" : phrases.substr(bar + 1);
  }
  return most;
}

Reading make_reading(std::string_view text, std::string_view locale, base::Date today) {
  Reading out;
  out.text = text;
  out.today = today;
  for (const Word& word : words_of(text)) divide(text, word, out.tokens);
  const std::string_view language = locale.substr(0, locale.find_first_of("-_"));
  constexpr std::string_view kLanguages[kTongues] = {"en", "pt", "es", "fr", "de"};
  for (size_t t = 0; t < kTongues; ++t) {
    if (base::equals_ignoring_case(language, kLanguages[t])) out.tongue = static_cast<Tongue>(t);
  }
  if (const size_t dash = locale.find_last_of("-_"); dash != std::string_view::npos) {
    for (const char c : locale.substr(dash + 1)) {
      out.region += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return out;
}

int listed(std::string_view table, std::string_view word) {
  if (word.empty()) return 0;
  for (size_t at = table.find(word); at != std::string_view::npos; at = table.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at > 0 && table[at - 1] != ' ') || end >= table.size() || table[end] != '=') continue;
    int number = 0;
    std::from_chars(table.data() + end + 1, table.data() + table.size(), number);
    return number;
  }
  return 0;
}

}  // namespace millrace::nlu
