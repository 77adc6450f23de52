// Regular expressions over text from people: ICU's syntax, bounded in time and memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::base {

// The first match anywhere in the text: its first group where the pattern has one, else all of it.
// nullopt when nothing matches, the pattern cannot be read, or matching takes too long.
std::optional<std::string> find_regex(std::string_view pattern, std::string_view text);

// Whether the whole text matches; false also in the cases above.
bool matches_regex(std::string_view pattern, std::string_view text);

}  // namespace millrace::base
