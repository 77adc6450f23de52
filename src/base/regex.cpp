#include "base/regex.hpp"

#include <unicode/regex.h>

#include <utility>

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

std::optional<Regex> Regex::make(std::string_view pattern) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError where;
  std::shared_ptr<const icu::RegexPattern> made(icu::RegexPattern::compile(
      icu::UnicodeString::fromUTF8(std::string(pattern)), 0, where, status));
  if (U_FAILURE(status)) return std::nullopt;
  return Regex(std::move(made));
}

Regex::Outcome Regex::find(std::string_view text, int32_t steps_max, Found& out) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = icu::UnicodeString::fromUTF8(std::string(text));
  const std::unique_ptr<icu::RegexMatcher> matcher(pattern_->matcher(subject, status));
  if (U_FAILURE(status)) return Outcome::gave_up;
  matcher->setTimeLimit(steps_max, status);
  matcher->setStackLimit(kStackBytesMax, status);
  const bool is_found = matcher->find(status) != 0;
  if (U_FAILURE(status)) return Outcome::gave_up;
  const int32_t group = matcher->groupCount() > 0 ? 1 : 0;
  const int32_t start = is_found ? matcher->start(group, status) : -1;
  if (start < 0 || U_FAILURE(status)) return Outcome::nothing;
  std::string before;
  subject.tempSubString(0, start).toUTF8String(before);
  out = {before.size(), {}};
  matcher->group(group, status).toUTF8String(out.text);
  return Outcome::found;
}

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
