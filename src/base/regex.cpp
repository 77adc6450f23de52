#include "base/regex.hpp"

#include <unicode/regex.h>

namespace millrace::base {
namespace {

constexpr int32_t kStepsMax = 200;  // ICU's units: about a tenth of a second at most
constexpr int32_t kStackBytesMax = 1 << 20;

// Sets the matcher's bounds, then asks it.
template <typename Ask>
bool ask_matcher(std::string_view pattern, std::string_view text, Ask ask) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = icu::UnicodeString::fromUTF8(std::string(text));
  icu::RegexMatcher matcher(icu::UnicodeString::fromUTF8(std::string(pattern)), 0, status);
  if (U_FAILURE(status)) return false;
  matcher.setTimeLimit(kStepsMax, status);
  matcher.setStackLimit(kStackBytesMax, status);
  matcher.reset(subject);
  const bool said = ask(matcher, status);
  return U_SUCCESS(status) && said;
}

}  // namespace

std::optional<std::string> find_regex(std::string_view pattern, std::string_view text) {
  std::string out;
  const bool found =
      ask_matcher(pattern, text, [&](icu::RegexMatcher& matcher, UErrorCode& status) {
        if (!matcher.find(status)) return false;
        matcher.group(matcher.groupCount() > 0 ? 1 : 0, status).toUTF8String(out);
        return true;
      });
  if (!found) return std::nullopt;
  return out;
}

bool matches_regex(std::string_view pattern, std::string_view text) {
  return ask_matcher(pattern, text, [](icu::RegexMatcher& matcher, UErrorCode& status) {
    return matcher.matches(status) != 0;
  });
}

}  // namespace millrace::base
