// ValidateDate: a day as a consumer writes it, compared and laid out.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "natives/commands.hpp"

namespace millrace::natives {
namespace {

using flow::Native;

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                    "Friday", "Saturday", "Sunday"};

std::string two(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

size_t weekday_of(base::Date date) {
  constexpr int64_t kDayMs = 86'400'000;
  const int64_t days = base::start_of_utc_day(date).ms / kDayMs -
                       (base::start_of_utc_day(date).ms % kDayMs < 0 ? 1 : 0);
  return static_cast<size_t>(((days + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
}

// The part of strftime that a day needs: %Y %y %m %d %B %b %A %a %j %%.
std::string format_date(base::Date date, std::string_view format) {
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out.push_back(format[i]);
      continue;
    }
    const auto month = kMonths[static_cast<size_t>(date.month - 1)];
    const auto weekday = kWeekdays[weekday_of(date)];
    switch (format[++i]) {
      case 'Y': out += base::to_iso8601(date).substr(0, 4); break;
      case 'y': out += base::to_iso8601(date).substr(2, 2); break;
      case 'm': out += two(date.month); break;
      case 'd': out += two(date.day); break;
      case 'B': out += month; break;
      case 'b': out += month.substr(0, 3); break;
      case 'A': out += weekday; break;
      case 'a': out += weekday.substr(0, 3); break;
      case 'j': {
        const auto first = base::Date::make(date.year, 1, 1);
        const auto day =
            (base::start_of_utc_day(date).ms - base::start_of_utc_day(*first).ms) / 86'400'000 + 1;
        out += std::string(day < 10 ? "00" : day < 100 ? "0" : "") + std::to_string(day);
        break;
      }
      default: out.push_back(format[i]); break;
    }
  }
  return out;
}

bool holds(std::string_view comparison, base::Date date, base::Date with) {
  const bool negated = comparison.starts_with("not_");
  if (negated) comparison.remove_prefix(4);
  const bool is = comparison == "past"     ? date < with
                  : comparison == "future" ? date > with
                                           : date == with;
  return is != negated;
}

Result validate_date(const Call& call) {
  const std::string name = call.text("global_var_name");
  const std::string zone = call.text("timezone");
  const base::Date today =
      zone.empty() ? call.known.now.date() : base::date_in_zone(call.known.now.at, zone);
  const auto date = parse_consumer_date(call.variable(name), call.known.locale, today);
  if (!date) return {"false", {}, {}, {}};
  const auto earliest = base::parse_iso8601_date(call.text("earliest"));
  if (earliest && *date < *earliest) return {"false", {}, {}, {}};
  const std::string comparison = call.text("compare_with_today");
  const auto given = base::parse_iso8601_date(call.text("compare_with_date"));
  const base::Date with = given.value_or(today);
  if (!comparison.empty() && !holds(comparison, *date, with)) {
    return {comparison + "_false", {}, {}, {}};
  }
  Result result{"true", {}, {}, {}};
  const std::string format = call.text("output_format");
  const std::string target = call.text("output_reformatted_date");
  if (!format.empty()) {
    result.assign.emplace_back(target.empty() ? name : target, format_date(*date, format));
  }
  return result;
}

}  // namespace

std::optional<base::Date> parse_consumer_date(std::string_view text, std::string_view locale,
                                              base::Date today) {
  // Where a plain "en" would have to be asked back, there is no one to ask: refused.
  const auto reading = ask::read({.type = ask::Type::date}, text, locale, today);
  if (reading.verdict != ask::Verdict::accepted) return std::nullopt;
  return base::parse_iso8601_date(reading.value);
}

Command date_command(Native native) {
  return native == Native::validate_date ? validate_date : nullptr;
}

}  // namespace millrace::natives
