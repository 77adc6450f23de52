// Numbers written as words, in the words of ICU's spell-out rules. For the files of this room only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ask {

// What the folded words spell, all of them together: {"twenty", "five"} is 25 and {"five", "six"}
// is nothing, without regard to hyphens, blanks and accents. Up to billions.
std::optional<int64_t> spelled_number(const std::vector<std::string>& words,
                                      std::string_view locale);
// The same, or in at most so many figures.
std::optional<int64_t> number_said(const std::vector<std::string>& words, std::string_view locale,
                                   size_t digits_max);
// What the folded word multiplies the number before it by: 1,000 for "thousand", "mil", "tausend",
// "k"; in the language, else in English.
std::optional<int64_t> multiplier(std::string_view word, std::string_view locale);
// 2 of "second", "zweite", "deuxième", "2nd", "2º", 21 of "twenty first"; from 1 to 31.
std::optional<int> ordinal(std::string_view word, std::string_view locale);

}  // namespace millrace::ask
