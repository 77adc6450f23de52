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
// 2 of "second", "zweite", "deuxième", "2nd", "2º", 21 of "twenty first"; from 1 to 31.
std::optional<int> ordinal(std::string_view word, std::string_view locale);

}  // namespace millrace::ask
