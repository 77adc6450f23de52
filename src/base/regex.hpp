// Regular expressions over text from people: ICU's syntax, bounded in time and memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <unicode/utypes.h>

U_NAMESPACE_BEGIN
class RegexPattern;
U_NAMESPACE_END

namespace millrace::base {

// A pattern that was read once. Any number of threads may use it; copies share it.
class Regex {
 public:
  // nullopt where the pattern cannot be read.
  static std::optional<Regex> make(std::string_view pattern);

  struct Found {
    size_t begin = 0;  // bytes of the text
    // The first group where the pattern has one ("" if that took no part), else all that matches.
    std::string text;
  };
  enum class Outcome { found, nothing, gave_up };
  // The first match anywhere. `steps_max` are ICU's, each some thousands of its own.
  Outcome find(std::string_view text, int32_t steps_max, Found& out) const;
  // The text as a whole. False as well when that takes too long.
  bool matches(std::string_view text, int32_t steps_max) const;

 private:
  explicit Regex(std::shared_ptr<const icu::RegexPattern> pattern) : pattern_(std::move(pattern)) {}
  std::shared_ptr<const icu::RegexPattern> pattern_;  // never changed
};

// The first match anywhere in the text: its first group where the pattern has one, else all of it.
// nullopt when nothing matches, the pattern cannot be read, or matching takes too long.
std::optional<std::string> find_regex(std::string_view pattern, std::string_view text);

// Whether the whole text matches; false also in the cases above.
bool matches_regex(std::string_view pattern, std::string_view text);

}  // namespace millrace::base
