// Languages and words, for the files of this room only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ask/ask.hpp"

namespace millrace::ask {

enum class Language { en, pt, es, fr, de };
inline constexpr size_t kLanguageCount = 5;

// The language, and English, which people everywhere mix in; English once.
inline std::span<const Language> with_english(Language own) {
  static constexpr Language kBoth[kLanguageCount][2] = {{Language::en, Language::en},
                                                        {Language::pt, Language::en},
                                                        {Language::es, Language::en},
                                                        {Language::fr, Language::en},
                                                        {Language::de, Language::en}};
  return std::span(kBoth[static_cast<size_t>(own)]).first(own == Language::en ? 1 : 2);
}
// Of "pt-BR": pt; English for every language without texts of its own.
Language language_of(std::string_view locale);
// "BR" of "pt-BR", "" when the locale names none.
std::string region_of(std::string_view locale);

// Lower case without accents: "amanhã" and "amanha" are one word.
std::string fold(std::string_view text);

// With the decimal digits of every script as ASCII: "２０９９" is "2099".
std::string ascii_digits(std::string_view text);

// Folded, split at everything that is neither letter nor digit; apostrophes end a word.
std::vector<std::string> words_of(std::string_view text);

// Readers of one type each; the answer is trimmed and of bounded length.
Reading read_number(const Rules& rules, std::string_view text, std::string_view locale);
Reading read_date(const Rules& rules, std::string_view text, std::string_view locale,
                  base::Date today);
Reading read_time(std::string_view text, std::string_view locale);
Reading read_phone(const Rules& rules, std::string_view text, std::string_view locale);
Reading read_choice(const Rules& rules, std::string_view text, std::string_view locale);
Reading read_yes_no(std::string_view text, std::string_view locale);
Reading read_pattern(const Rules& rules, std::string_view text);

std::string show_number(std::string_view value, std::string_view locale);
std::string show_date(std::string_view value, std::string_view locale);
std::string show_time(std::string_view value, std::string_view locale);
std::string show_phone(std::string_view value);

inline Reading accepted(std::string value) {
  return {Verdict::accepted, std::move(value), {}};
}
inline Reading out_of_range() {
  return {Verdict::out_of_range, {}, {}};
}

}  // namespace millrace::ask
