#include "flow/language/expression_functions.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;
using base::Result;

using Arguments = std::span<const Value>;

constexpr int64_t kDayMs = 86'400'000;

Result<base::Date> date_in(const Value& value) {
  if (const auto date = base::parse_iso8601_date(base::trim(to_text(value)))) return *date;
  return fail(Code::invalid_argument, "'YYYY-MM-DD' is wanted where a date is needed");
}

Result<double> number_needed(const Value& value) {
  if (const auto number = number_in(value)) return *number;
  return fail(Code::invalid_argument,
              "a number is needed, and this is " + std::string(kind_of(value)));
}

Result<Value> age(Arguments given, const base::LocalMoment& now) {
  const auto born = date_in(given[0]);
  if (!born) return std::unexpected(born.error());
  const base::Date today = now.date();
  int years = today.year - born->year;
  if (today.month < born->month || (today.month == born->month && today.day < born->day)) --years;
  return static_cast<double>(years);
}

Result<Value> days_between(Arguments given, const base::LocalMoment&) {
  const auto from = date_in(given[0]), to = date_in(given[1]);
  if (!from) return std::unexpected(from.error());
  if (!to) return std::unexpected(to.error());
  return static_cast<double>((base::start_of_utc_day(*to).ms - base::start_of_utc_day(*from).ms) /
                             kDayMs);
}

// Half a unit is rounded away from zero in the decimal that people see: 1.005 is 1.01 with two
// digits, though the double that stands for it is a little less.
Result<Value> round(Arguments given, const base::LocalMoment&) {
  constexpr double kDigitsMax = 12;
  const auto number = number_needed(given[0]);
  if (!number) return std::unexpected(number.error());
  double digits = 0;
  if (given.size() > 1) {
    const auto wanted = number_needed(given[1]);
    if (!wanted) return std::unexpected(wanted.error());
    digits = std::clamp(std::trunc(*wanted), 0.0, kDigitsMax);
  }
  const double scale = std::pow(10, digits);
  return as_decimal(std::round(as_decimal(*number * scale)) / scale);
}

template <typename Pick>
Result<Value> pick(Arguments given, Pick better) {
  std::optional<double> best;
  for (const Value& value : given) {
    const auto number = number_needed(value);
    if (!number) return std::unexpected(number.error());
    if (!best || better(*number, *best)) best = *number;
  }
  return *best;
}

constexpr size_t kMany = 16;

constexpr Function kFunctions[] = {
    {"age", 1, 1, "one date: full years until today", age},
    {kCoalesce, 1, kMany, "values: the first that can be computed and is not empty", nullptr},
    {"contains", 2, 2, "a text and what to look for in it, case ignored",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return base::to_lower(to_text(given[0])).contains(base::to_lower(to_text(given[1])));
     }},
    {"days_between", 2, 2, "two dates", days_between},
    {"ends_with", 2, 2, "a text and its ending",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return to_text(given[0]).ends_with(to_text(given[1]));
     }},
    {kIf, 3, 3, "a condition, a value for true, a value for false", nullptr},
    {"is_number", 1, 1, "one value",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return number_in(given[0]).has_value();
     }},
    {"is_set", 1, 1, "one variable",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return !to_text(given[0]).empty();
     }},
    {"length", 1, 1, "one text",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return static_cast<double>(base::grapheme_count(to_text(given[0])));
     }},
    {"lower", 1, 1, "one text",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return base::to_lower(to_text(given[0]));
     }},
    {"max", 1, kMany, "numbers",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return pick(given, [](double a, double b) { return a > b; });
     }},
    {"min", 1, kMany, "numbers",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return pick(given, [](double a, double b) { return a < b; });
     }},
    {"number", 1, 1, "one text",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       const auto number = number_needed(given[0]);
       if (!number) return std::unexpected(number.error());
       return *number;
     }},
    {"round", 1, 2, "a number and how many digits", round},
    {"squash", 1, 1, "one text: lower case without blanks and punctuation",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return base::squash(to_text(given[0]));
     }},
    {"starts_with", 2, 2, "a text and its beginning",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return to_text(given[0]).starts_with(to_text(given[1]));
     }},
    {"today", 0, 0, "nothing: the day it is where the consumer is",
     [](Arguments, const base::LocalMoment& now) -> Result<Value> {
       return base::to_iso8601(now.date());
     }},
    {"trim", 1, 1, "one text",
     [](Arguments given, const base::LocalMoment&) -> Result<Value> {
       return std::string(base::trim(to_text(given[0])));
     }},
};

}  // namespace

const Function* find_function(std::string_view name) {
  const auto* found = std::ranges::find(kFunctions, name, &Function::name);
  return found == std::end(kFunctions) ? nullptr : found;
}

double as_decimal(double number) {
  constexpr int kDigits = 15;  // what a double holds of any decimal
  char buffer[64];
  const auto [end, written] = std::to_chars(buffer, buffer + sizeof buffer, number,
                                            std::chars_format::scientific, kDigits - 1);
  double rounded = number;
  if (written == std::errc()) std::from_chars(buffer, end, rounded, std::chars_format::scientific);
  return rounded;
}

std::optional<double> number_in(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return std::nullopt;
  const auto trimmed = base::trim(*text);
  double number = 0;
  const auto [end, code] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number,
                                           std::chars_format::fixed);
  if (code != std::errc() || end != trimmed.data() + trimmed.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

std::string_view kind_of(const Value& value) {
  if (std::holds_alternative<None>(value)) return "nothing";
  if (std::holds_alternative<bool>(value)) return "true or false";
  if (std::holds_alternative<double>(value)) return "a number";
  return "a text";
}

}  // namespace millrace::flow
