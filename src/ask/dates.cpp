#include <unicode/datefmt.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <memory>

#include "ask/days.hpp"
#include "ask/month_names.hpp"
#include "ask/spelled.hpp"
#include "ask/words.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

using base::Date;

bool fits(const Rules& rules, Date date, Date today) {
  return !(rules.earliest && date < *rules.earliest) && !(rules.latest && date > *rules.latest) &&
         !(rules.not_future && date > today) && !(rules.not_past && date < today);
}

Reading judged(const Rules& rules, Date date, Date today) {
  return fits(rules, date, today) ? accepted(base::to_iso8601(date)) : out_of_range();
}

// A year as it was written.
struct Year {
  int number = 0;
  bool is_short = false;
};

// Two digits mean the century that the rules allow; where they allow several, the nearest: up to
// ten years ahead, else the last one.
std::optional<Date> day_of(const Rules& rules, Year year, int month, int day, Date today) {
  if (!year.is_short) return Date::make(year.number, month, day);
  const int this_century = today.year / 100 * 100 + year.number;
  const int nearest = this_century > today.year + 10 ? this_century - 100 : this_century;
  for (const int candidate : {nearest, nearest - 100, nearest + 100}) {
    const auto date = Date::make(candidate, month, day);
    if (date && fits(rules, *date, today)) return date;
  }
  return Date::make(nearest, month, day);
}

// Of a day without a year the next one, or the last: today is both.
std::optional<Date> day_of_nearest_year(int month, int day, Date today, bool looks_back) {
  constexpr int kLeapAfterMost = 8;
  for (int i = 0; i <= kLeapAfterMost; ++i) {
    const auto date = Date::make(today.year + (looks_back ? -i : i), month, day);
    if (date && (looks_back ? *date <= today : *date >= today)) return date;
  }
  return std::nullopt;
}

// Without a year: the next such day where the past is ruled out, the last one where the future is.
std::optional<Date> day_of_some_year(const Rules& rules, int month, int day, Date today) {
  if (rules.not_past == rules.not_future) return std::nullopt;
  return day_of_nearest_year(month, day, today, rules.not_future);
}

enum class Order { day_first, month_first, either };

Order order_of(std::string_view locale) {
  if (base::equals_ignoring_case(locale, "en")) return Order::either;
  if (language_of(locale) != Language::en) return Order::day_first;
  const std::string region = region_of(locale);
  return region == "US" || region == "PH" ? Order::month_first : Order::day_first;
}

// Of two readings the one that was meant: the only one that is a day, or that the rules allow;
// else which of the two.
Reading either(const Rules& rules, std::optional<Date> day_first, std::optional<Date> month_first,
               std::string_view locale, Date today) {
  switch (order_of(locale)) {
    case Order::day_first: return day_first ? judged(rules, *day_first, today) : Reading{};
    case Order::month_first: return month_first ? judged(rules, *month_first, today) : Reading{};
    case Order::either: break;
  }
  if (!day_first && !month_first) return {};
  if (!day_first || !month_first || *day_first == *month_first) {
    return judged(rules, day_first ? *day_first : *month_first, today);
  }
  const Reading by_day = judged(rules, *day_first, today);
  const Reading by_month = judged(rules, *month_first, today);
  const bool day_fits = by_day.verdict == Verdict::accepted;
  const bool month_fits = by_month.verdict == Verdict::accepted;
  if (day_fits != month_fits) return day_fits ? by_day : by_month;
  if (!day_fits) return by_day;
  return Reading{Verdict::ambiguous,
                 {},
                 {{by_month.value, show_date(by_month.value, locale)},
                  {by_day.value, show_date(by_day.value, locale)}}};
}

// Where nothing rules either out: the next one, or the last, as the person says.
Reading of_either_year(const Rules& rules, int month, int day, std::optional<int> weekday,
                       std::string_view locale, Date today) {
  std::vector<Candidate> found;
  bool is_out_of_range = false;
  for (const bool looks_back : {false, true}) {
    const auto date = day_of_nearest_year(month, day, today, looks_back);
    if (!date || (weekday && weekday_of(*date) != *weekday)) continue;
    if (!fits(rules, *date, today)) {
      is_out_of_range = true;
      continue;
    }
    std::string value = base::to_iso8601(*date);
    if (!found.empty() && found.front().value == value) continue;
    found.push_back({value, show_date(value, locale)});
  }
  if (found.empty()) return is_out_of_range ? out_of_range() : Reading{};
  if (found.size() == 1) return accepted(found.front().value);
  return Reading{Verdict::ambiguous, {}, std::move(found)};
}

// What either of them may mean.
Reading any_of_two(Reading one, const Reading& other, std::string_view locale) {
  const auto meant = [&](const Reading& reading) {
    return reading.verdict == Verdict::accepted
               ? std::vector<Candidate>{{reading.value, show_date(reading.value, locale)}}
               : reading.readings;
  };
  std::vector<Candidate> all = meant(one);
  for (Candidate& candidate : meant(other)) all.push_back(std::move(candidate));
  if (all.empty()) return one;
  if (all.size() == 1) return accepted(std::move(all.front().value));
  return Reading{Verdict::ambiguous, {}, std::move(all)};
}

// 03/04/1990, 3-4-90, 1990.04.03, 24.12.
std::optional<Reading> read_numeric(const Rules& rules, std::string_view text,
                                    std::string_view locale, Date today) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !std::string_view("/-. ").contains(text[i])) continue;
    if (i > begin) parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  if (parts.size() != 2 && parts.size() != 3) return std::nullopt;
  const auto a = figures(parts[0], 4), b = figures(parts[1], 2);
  if (!a || !b) return std::nullopt;
  if (parts.size() == 2) {
    if (parts[0].size() > 2) return Reading{};
    if (rules.not_past == rules.not_future) {
      constexpr int kLeapYear = 2024;
      const Order order = order_of(locale);
      const bool by_day = order != Order::month_first && Date::make(kLeapYear, *b, *a);
      const bool by_month = order != Order::day_first && Date::make(kLeapYear, *a, *b);
      if (!by_day && !by_month) return Reading{};
      const auto read = [&](int month, int day) {
        return of_either_year(rules, month, day, std::nullopt, locale, today);
      };
      if (by_day && by_month && *a != *b) return any_of_two(read(*a, *b), read(*b, *a), locale);
      return by_day ? read(*b, *a) : read(*a, *b);
    }
    return either(rules, day_of_some_year(rules, *b, *a, today),
                  day_of_some_year(rules, *a, *b, today), locale, today);
  }
  const auto c = figures(parts[2], 4);
  if (!c) return std::nullopt;
  if (parts[0].size() == 4) {
    const auto date = Date::make(*a, *b, *c);
    return date ? judged(rules, *date, today) : Reading{};
  }
  if (parts[0].size() > 2 || parts[2].size() == 3 || parts[2].size() == 1) return Reading{};
  const Year year{*c, parts[2].size() == 2};
  return either(rules, day_of(rules, year, *b, *a, today), day_of(rules, year, *a, *b, today),
                locale, today);
}

// The day of a month in words, as many of them as spell it: "fifth", "twenty first", "trois".
std::optional<std::pair<int, size_t>> spelled_day(const std::vector<std::string>& words,
                                                  size_t begin, std::string_view locale) {
  constexpr size_t kMost = 3;
  for (size_t count = std::min(kMost, words.size() - begin); count > 0; --count) {
    if (const auto day = ordinal(joined(words, begin, begin + count), locale)) {
      return std::pair(*day, count);
    }
    const std::vector<std::string> some(words.begin() + static_cast<ptrdiff_t>(begin),
                                        words.begin() + static_cast<ptrdiff_t>(begin + count));
    const auto number = spelled_number(some, locale);
    if (number && *number >= 1 && *number <= 31) {
      return std::pair(static_cast<int>(*number), count);
    }
  }
  return std::nullopt;
}

// "3 de abril de 1990", "April 3rd, 1990", "3. April 1990", "3 avril", "samedi 5 décembre 2099",
// "the fifth of May".
Reading read_named(const Rules& rules, std::vector<std::string> words, std::string_view locale,
                   Date today) {
  if (words.size() > 10) return {};
  const auto weekday = take_weekday(words, locale);
  const MonthNames months(locale);
  std::optional<int> day, month;
  std::optional<Year> year;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const auto digits = std::min(word.find_first_not_of("0123456789"), word.size());
    if (digits == 0) {
      auto named = months.find(word);
      // "dez de dezembro": a number that is also how a month is shortened.
      if (named && !day && spelled_day(words, i, locale)) {
        const auto is_month = [&](const std::string& later) { return months.find(later); };
        if (std::any_of(words.begin() + static_cast<ptrdiff_t>(i) + 1, words.end(), is_month)) {
          named = std::nullopt;
        }
      }
      if (named && month) return {};
      if (named) month = named;
      constexpr WordList kBetween = "of the de del do da le el den am on em no na dia year d l";
      if (named || is_listed(kBetween, word)) continue;
      const auto spelled = day ? std::nullopt : spelled_day(words, i, locale);
      if (!spelled) return {};
      day = spelled->first;
      i += spelled->second - 1;
      continue;
    }
    const auto number = figures(std::string_view(word).substr(0, digits), 4);
    if (!number) return {};
    const auto suffix = std::string_view(word).substr(digits);
    if (digits <= 2 && !day) {
      constexpr std::string_view kSuffixes[] = {"", "st", "nd", "rd", "th", "er", "º", "ª", "o"};
      if (std::ranges::find(kSuffixes, suffix) == std::end(kSuffixes)) return {};
      day = number;
    } else if (!year && suffix.empty() && (digits == 2 || digits == 4)) {
      year = Year{*number, digits == 2};
    } else {
      return {};
    }
  }
  if (!day || !month) return {};
  if (!year && rules.not_past == rules.not_future) {
    return of_either_year(rules, *month, *day, weekday, locale, today);
  }
  const auto date = year ? day_of(rules, *year, *month, *day, today)
                         : day_of_some_year(rules, *month, *day, today);
  // A weekday that is another one was a mistake, in it or in the date.
  if (!date || (weekday && weekday_of(*date) != *weekday)) return {};
  return judged(rules, *date, today);
}

}  // namespace

Reading read_date(const Rules& rules, std::string_view answer, std::string_view locale,
                  Date today) {
  if (answer.size() > 200) return {};
  const std::string text = ascii_digits(answer);
  constexpr size_t kIsoDate = std::string_view("2026-01-05").size();
  if (text.size() > kIsoDate && base::parse_iso8601(text)) {
    const auto date = base::parse_iso8601_date(std::string_view(text).substr(0, kIsoDate));
    if (date) return judged(rules, *date, today);
  }
  if (const auto numeric = read_numeric(rules, text, locale, today)) return *numeric;
  auto words = words_of(text);
  drop_courtesy_words(words, language_of(locale));
  if (const auto day = spoken_day(words, locale, today, rules.not_future)) {
    return judged(rules, *day, today);
  }
  return read_named(rules, std::move(words), locale, today);
}

std::string show_date(std::string_view value, std::string_view locale) {
  const auto date = base::parse_iso8601_date(value);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale tag = icu::Locale::forLanguageTag(std::string(locale), status);
  const std::unique_ptr<icu::DateFormat> format(
      icu::DateFormat::createDateInstance(icu::DateFormat::kLong, tag));
  if (!date || U_FAILURE(status) || !format) return std::string(value);
  format->setTimeZone(*icu::TimeZone::getGMT());
  icu::UnicodeString text;
  format->format(static_cast<UDate>(base::start_of_utc_day(*date).ms), text);
  std::string out;
  text.toUTF8String(out);
  return out;
}

}  // namespace millrace::ask
