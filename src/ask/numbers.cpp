#include <unicode/decimfmt.h>
#include <unicode/numfmt.h>
#include <unicode/rbnf.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include "ask/language.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

constexpr double kLargest = 1e15;  // what a double holds exactly, with room

struct Separators {
  char decimal = '.';
  char group = ',';
};

Separators separators_of(std::string_view locale) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale tag = icu::Locale::forLanguageTag(std::string(locale), status);
  const icu::DecimalFormatSymbols symbols(tag, status);
  if (U_FAILURE(status)) return {};
  const auto decimal = symbols.getConstSymbol(icu::DecimalFormatSymbols::kDecimalSeparatorSymbol);
  if (decimal == icu::UnicodeString(",")) return {',', '.'};
  return {};
}

std::string canonical(double number) {
  char buffer[64];
  const auto [end, code] =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed);
  return code == std::errc() ? std::string(buffer, end) : std::string();
}

// With the blanks, apostrophes and minus signs that people and ICU write as plain ASCII.
std::string plain_marks(std::string_view text) {
  std::string out(text);
  const auto replace = [&](std::string_view mark, std::string_view by) {
    for (size_t at = 0; (at = out.find(mark, at)) != std::string::npos; at += by.size()) {
      out.replace(at, mark.size(), by);
    }
  };
  for (const std::string_view blank : {"\u00a0", "\u202f", "\u2009"}) replace(blank, " ");
  replace("\u2019", "'");
  replace("\u2212", "-");
  return out;
}

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "1.234" without its groups: one to three digits, not beginning with 0, and then threes, all with
// the same mark between them. Digits alone are one group of any length; nothing is "".
std::optional<std::string> ungrouped(std::string_view text, char group) {
  if (all_digits(text)) return std::string(text);
  const auto first_mark = text.find_first_of(std::string{group, ' ', '\''});
  if (first_mark == std::string_view::npos) return std::nullopt;
  const auto groups = base::split(text, text[first_mark]);
  std::string out;
  for (const std::string_view digits : groups) {
    const bool fits = out.empty() ? digits.size() >= 1 && digits.size() <= 3 && digits[0] != '0'
                                  : digits.size() == 3;
    if (!fits || !all_digits(digits)) return std::nullopt;
    out += digits;
  }
  return out;
}

// nullopt unless the text is a number written with exactly these separators.
std::optional<double> number_with(std::string_view text, Separators use) {
  std::string digits = text.starts_with('-') ? "-" : "";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto point = text.find(use.decimal);
  const auto whole = ungrouped(text.substr(0, point), use.group);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (!whole || !all_digits(fraction) || (whole->empty() && fraction.empty())) return std::nullopt;
  digits += whole->empty() ? "0" : *whole;
  if (!fraction.empty()) digits.append(".").append(fraction);
  double number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number,
                                           std::chars_format::fixed);
  if (code != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

// "1.234,50" in the locale's separators; where they make no number of it (1.5 in German), in the
// other ones.
std::optional<double> written_number(std::string_view text, Separators use) {
  const std::string plain = plain_marks(text);
  if (const auto number = number_with(plain, use)) return number;
  return number_with(plain, {use.group, use.decimal});
}

// "twenty-five", "fünf".
std::optional<double> spelled_number(std::string_view text, std::string_view locale) {
  if (text.size() > 100 || text.find_first_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale tag = icu::Locale::forLanguageTag(std::string(locale), status);
  const icu::RuleBasedNumberFormat speller(icu::URBNF_SPELLOUT, tag, status);
  if (U_FAILURE(status)) return std::nullopt;
  icu::UnicodeString words = icu::UnicodeString::fromUTF8(base::to_lower(text));
  icu::ParsePosition position(0);
  icu::Formattable result;
  speller.parse(words, result, position);
  if (position.getIndex() != words.length() || position.getErrorIndex() >= 0) return std::nullopt;
  const double number = result.getDouble(status);
  if (U_FAILURE(status)) return std::nullopt;
  return number;
}

}  // namespace

Reading read_number(const Rules& rules, std::string_view text, std::string_view locale) {
  for (const std::string_view sign : {"€", "$", "£", "R$", "%"}) {
    if (text.starts_with(sign)) text = base::trim(text.substr(sign.size()));
    if (text.ends_with(sign)) text = base::trim(text.substr(0, text.size() - sign.size()));
  }
  auto number = written_number(text, separators_of(locale));
  if (!number) number = spelled_number(text, locale);
  if (!number || !std::isfinite(*number)) return {};
  if (std::abs(*number) > kLargest) return out_of_range();
  if (rules.whole && *number != std::trunc(*number)) return out_of_range();
  if ((rules.min && *number < *rules.min) || (rules.max && *number > *rules.max)) {
    return out_of_range();
  }
  return accepted(canonical(*number == 0 ? 0 : *number));
}

std::string show_number(std::string_view value, std::string_view locale) {
  double number = 0;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale tag = icu::Locale::forLanguageTag(std::string(locale), status);
  const std::unique_ptr<icu::NumberFormat> format(
      icu::NumberFormat::createInstance(tag, UNUM_DECIMAL, status));
  if (code != std::errc() || end != value.data() + value.size() || U_FAILURE(status)) {
    return std::string(value);
  }
  format->setMaximumFractionDigits(12);
  icu::UnicodeString text;
  format->format(number, text);
  std::string out;
  text.toUTF8String(out);
  return out;
}

}  // namespace millrace::ask
