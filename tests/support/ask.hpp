// A table of answers and what is understood of them, for this room's tests.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "ask/ask.hpp"

namespace millrace::ask {

inline constexpr base::Date kToday{2026, 1, 5};  // a Monday

// "value", "?" not understood, "!" out of range, "a|b" ambiguous.
inline std::string told(const Rules& rules, std::string_view text, std::string_view locale) {
  const Reading reading = read(rules, text, locale, kToday);
  switch (reading.verdict) {
    case Verdict::accepted: return reading.value;
    case Verdict::not_understood: return "?";
    case Verdict::out_of_range: return "!";
    case Verdict::ambiguous: break;
  }
  std::string out;
  for (const Candidate& candidate : reading.readings) {
    out += (out.empty() ? "" : "|") + candidate.value;
  }
  return out;
}

struct Case {
  const char* locale;
  const char* text;
  const char* wanted;
};

inline void expect_all(const Rules& rules, std::initializer_list<Case> cases) {
  for (const Case& item : cases) {
    EXPECT_EQ(told(rules, item.text, item.locale), item.wanted) << item.locale << ": " << item.text;
  }
}

}  // namespace millrace::ask
