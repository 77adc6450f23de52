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

// "1.234,50" in the locale's separators; a separator that cannot group (1.5 in German) is a
// decimal one.
std::optional<double> written_number(std::string_view text, Separators use) {
  std::string digits;
  size_t at = 0;
  if (text.starts_with('-') || text.starts_with('+')) {
    if (text.front() == '-') digits.push_back('-');
    ++at;
  }
  size_t decimals = 0, groups = 0, since_group = 0;
  bool any_digit = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
      any_digit = true;
      ++since_group;
    } else if (c == use.decimal && decimals == 0) {
      if (groups > 0 && since_group != 3) return std::nullopt;
      digits.push_back('.');
      ++decimals;
    } else if ((c == use.group || c == ' ' || c == '\'') && decimals == 0 && any_digit) {
      if (groups > 0 && since_group != 3) return std::nullopt;
      ++groups;
      since_group = 0;
    } else {
      return std::nullopt;
    }
  }
  if (!any_digit) return std::nullopt;
  if (decimals == 0 && groups == 1 && since_group != 3) {
    // Not a group of three: the other separator was meant.
    return use.group == ',' ? written_number(text, {',', '.'}) : written_number(text, {'.', ','});
  }
  if (groups > 0 && decimals == 0 && since_group != 3) return std::nullopt;
  double number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number,
                                           std::chars_format::fixed);
  if (code != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
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
