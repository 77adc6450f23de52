#include "base/regex.hpp"

#include <unicode/regex.h>

#include <utility>

namespace millrace::base {
namespace {

constexpr int32_t kStepsMax = 200;  // ICU's units: about a tenth of a second at most
constexpr int32_t kStackBytesMax = 1 << 20;

// Over the subject, with its bounds set.
std::unique_ptr<icu::RegexMatcher> matcher_of(const icu::RegexPattern& pattern,
                                              const icu::UnicodeString& subject, int32_t steps_max,
                                              UErrorCode& status) {
  std::unique_ptr<icu::RegexMatcher> matcher(pattern.matcher(subject, status));
  if (U_FAILURE(status)) return nullptr;
  matcher->setTimeLimit(steps_max, status);
  matcher->setStackLimit(kStackBytesMax, status);
  return matcher;
}

icu::UnicodeString subject_of(std::string_view text) {
  return icu::UnicodeString::fromUTF8(std::string(text));
}

}  // namespace

std::optional<Regex> Regex::make(std::string_view pattern) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError where;
  std::shared_ptr<const icu::RegexPattern> made(
      icu::RegexPattern::compile(subject_of(pattern), 0, where, status));
  if (U_FAILURE(status)) return std::nullopt;
  return Regex(std::move(made));
}

Regex::Outcome Regex::find(std::string_view text, int32_t steps_max, Found& out) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = subject_of(text);
  const auto matcher = matcher_of(*pattern_, subject, steps_max, status);
  const bool is_found = matcher && matcher->find(status) != 0;
  if (U_FAILURE(status)) return Outcome::gave_up;
  if (!is_found) return Outcome::nothing;
  out = {};
  const int32_t group = matcher->groupCount() > 0 ? 1 : 0;
  const int32_t start = matcher->start(group, status);
  if (start < 0) return Outcome::found;  // a group that took no part
  std::string before;
  subject.tempSubString(0, start).toUTF8String(before);
  out.begin = before.size();
  matcher->group(group, status).toUTF8String(out.text);
  return U_SUCCESS(status) ? Outcome::found : Outcome::gave_up;
}

bool Regex::matches(std::string_view text, int32_t steps_max) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = subject_of(text);
  const auto matcher = matcher_of(*pattern_, subject, steps_max, status);
  const bool matches = matcher && matcher->matches(status) != 0;
  return U_SUCCESS(status) && matches;
}

std::optional<std::string> find_regex(std::string_view pattern, std::string_view text) {
  const auto regex = Regex::make(pattern);
  Regex::Found found;
  if (!regex || regex->find(text, kStepsMax, found) != Regex::Outcome::found) return std::nullopt;
  return std::move(found.text);
}

bool matches_regex(std::string_view pattern, std::string_view text) {
  const auto regex = Regex::make(pattern);
  return regex && regex->matches(text, kStepsMax);
}

}  // namespace millrace::base
