#include <unicode/datefmt.h>
#include <unicode/dtfmtsym.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "ask/language.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

using base::Date;

constexpr int64_t kDayMs = 86'400'000;

std::optional<int> whole(std::string_view text, size_t digits_max) {
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// Two digits mean the century that is nearest: up to ten years ahead, else the last one.
int full_year(int year, size_t digits, base::Timestamp now) {
  if (digits > 2) return year;
  const int this_year = base::utc_date(now).year;
  const int candidate = this_year / 100 * 100 + year;
  return candidate > this_year + 10 ? candidate - 100 : candidate;
}

enum class Order { day_first, month_first, either };

Order order_of(std::string_view locale) {
  if (base::equals_ignoring_case(locale, "en")) return Order::either;
  if (language_of(locale) != Language::en) return Order::day_first;
  const std::string region = region_of(locale);
  return region == "US" || region == "PH" ? Order::month_first : Order::day_first;
}

Reading judged(const Rules& rules, Date date, base::Timestamp now) {
  const Date today = base::utc_date(now);
  if ((rules.earliest && date < *rules.earliest) || (rules.latest && date > *rules.latest) ||
      (rules.not_future && date > today) || (rules.not_past && date < today)) {
    return out_of_range();
  }
  return accepted(base::to_iso8601(date));
}

// 03/04/1990, 3-4-90, 1990.04.03
std::optional<Reading> read_numeric(const Rules& rules, std::string_view text,
                                    std::string_view locale, base::Timestamp now) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !std::string_view("/-. ").contains(text[i])) continue;
    if (i > begin) parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  if (parts.size() != 3) return std::nullopt;
  const auto a = whole(parts[0], 4), b = whole(parts[1], 2), c = whole(parts[2], 4);
  if (!a || !b || !c) return std::nullopt;
  if (parts[0].size() == 4) {
    const auto date = Date::make(*a, *b, *c);
    return date ? judged(rules, *date, now) : Reading{};
  }
  if (parts[0].size() > 2 || parts[2].size() == 3 || parts[2].size() == 1) return Reading{};
  const int year = full_year(*c, parts[2].size(), now);
  const auto day_first = Date::make(year, *b, *a);
  const auto month_first = Date::make(year, *a, *b);
  switch (order_of(locale)) {
    case Order::day_first: return day_first ? judged(rules, *day_first, now) : Reading{};
    case Order::month_first: return month_first ? judged(rules, *month_first, now) : Reading{};
    case Order::either: break;
  }
  if (!day_first && !month_first) return Reading{};
  if (!day_first || !month_first || *day_first == *month_first) {
    return judged(rules, day_first ? *day_first : *month_first, now);
  }
  // Where the rules leave one of the two, that one was meant.
  Reading by_day = judged(rules, *day_first, now), by_month = judged(rules, *month_first, now);
  const bool day_fits = by_day.verdict == Verdict::accepted;
  const bool month_fits = by_month.verdict == Verdict::accepted;
  if (day_fits != month_fits) return day_fits ? by_day : by_month;
  if (!day_fits) return by_day;
  return Reading{Verdict::ambiguous,
                 {},
                 {{by_month.value, show_date(by_month.value, locale)},
                  {by_day.value, show_date(by_day.value, locale)}}};
}

std::optional<int> day_named(const std::vector<std::string>& words, std::string_view locale) {
  struct Named {
    int days;
    std::string_view words[kLanguageCount];
  };
  constexpr Named kNamed[] = {
      {0, {"today", "hoje", "hoy", "aujourd hui", "heute"}},
      {1, {"tomorrow", "amanha", "manana", "demain", "morgen"}},
      {-1, {"yesterday", "ontem", "ayer", "hier", "gestern"}},
      {2,
       {"day after tomorrow", "depois de amanha", "pasado manana", "apres demain", "ubermorgen"}},
      {-2, {"day before yesterday", "anteontem", "anteayer", "avant hier", "vorgestern"}},
  };
  std::string said;
  for (const std::string& word : words) said += (said.empty() ? "" : " ") + word;
  if (said.starts_with("the ")) said.erase(0, 4);
  for (const Named& named : kNamed) {
    if (said == named.words[static_cast<size_t>(language_of(locale))] || said == named.words[0]) {
      return named.days;
    }
  }
  return std::nullopt;
}

// Full and short names, of the locale first, then English.
std::optional<int> month_named(std::string_view word, std::string_view locale) {
  for (const std::string_view tag : {locale, std::string_view("en")}) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Locale where = icu::Locale::forLanguageTag(std::string(tag), status);
    const icu::DateFormatSymbols symbols(where, status);
    if (U_FAILURE(status)) continue;
    for (const auto width : {icu::DateFormatSymbols::WIDE, icu::DateFormatSymbols::ABBREVIATED}) {
      int32_t count = 0;
      const icu::UnicodeString* names =
          symbols.getMonths(count, icu::DateFormatSymbols::FORMAT, width);
      for (int32_t i = 0; i < count; ++i) {
        std::string name;
        names[i].toUTF8String(name);
        const auto parts = words_of(name);
        if (parts.size() == 1 && parts[0] == word) return i + 1;
      }
    }
  }
  return std::nullopt;
}

// "3 de abril de 1990", "April 3rd, 1990", "3. April 1990", "3 avril".
Reading read_named(const Rules& rules, const std::vector<std::string>& words,
                   std::string_view locale, base::Timestamp now) {
  if (words.size() > 8) return {};
  std::optional<int> day, month, year;
  for (const std::string& word : words) {
    const auto digits = std::min(word.find_first_not_of("0123456789"), word.size());
    if (digits == 0) {
      const auto named = month_named(word, locale);
      if (named && month) return {};
      if (named) month = named;
      constexpr std::string_view kBetween[] = {"of", "the", "de", "del", "do", "da",  "le",
                                               "el", "den", "am", "on",  "em", "dia", "year"};
      if (!named && std::ranges::find(kBetween, word) == std::end(kBetween)) return {};
      continue;
    }
    const auto number = whole(std::string_view(word).substr(0, digits), 4);
    if (!number) return {};
    const auto suffix = std::string_view(word).substr(digits);
    if (digits <= 2 && !day) {
      constexpr std::string_view kSuffixes[] = {"", "st", "nd", "rd", "th", "er", "º", "ª", "o"};
      if (std::ranges::find(kSuffixes, suffix) == std::end(kSuffixes)) return {};
      day = number;
    } else if (!year && suffix.empty() && (digits == 2 || digits == 4)) {
      year = full_year(*number, digits, now);
    } else {
      return {};
    }
  }
  if (!day || !month) return {};
  if (!year) {
    if (!rules.not_past) return {};
    // Without a year the next such day is meant, where only the future counts.
    const Date today = base::utc_date(now);
    const auto this_year = Date::make(today.year, *month, *day);
    year = this_year && *this_year >= today ? today.year : today.year + 1;
  }
  const auto date = Date::make(*year, *month, *day);
  return date ? judged(rules, *date, now) : Reading{};
}

std::string two(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

Reading read_date(const Rules& rules, std::string_view text, std::string_view locale,
                  base::Timestamp now) {
  if (text.size() > 200) return {};
  if (const auto numeric = read_numeric(rules, text, locale, now)) return *numeric;
  const auto words = words_of(text);
  if (const auto days = day_named(words, locale)) {
    return judged(rules, base::utc_date(base::Timestamp{now.ms + *days * kDayMs}), now);
  }
  return read_named(rules, words, locale, now);
}

// "17:30", "17h30", "5pm", "5.30 p.m.", "17 Uhr", "noon".
Reading read_time(std::string_view text) {
  if (text.size() > 60) return {};
  std::string said;
  for (const std::string& word : words_of(text)) said += (said.empty() ? "" : " ") + word;
  constexpr std::string_view kNoon[] = {"noon",     "midday", "meio dia", "mediodía",
                                        "mediodia", "midi",   "mittag"};
  constexpr std::string_view kMidnight[] = {"midnight", "meia noite", "medianoche", "minuit",
                                            "mitternacht"};
  if (std::ranges::find(kNoon, said) != std::end(kNoon)) return accepted("12:00");
  if (std::ranges::find(kMidnight, said) != std::end(kMidnight)) return accepted("00:00");
  for (const std::string_view lead : {"at ", "as ", "a las ", "a la ", "a ", "um "}) {
    if (said.starts_with(lead)) said.erase(0, lead.size());
  }
  size_t at = 0;
  const auto number = [&]() -> std::optional<int> {
    const auto begin = at;
    while (at < said.size() && said[at] >= '0' && said[at] <= '9') ++at;
    return whole(std::string_view(said).substr(begin, at - begin), 2);
  };
  const auto skip = [&](std::string_view word) {
    if (!std::string_view(said).substr(at).starts_with(word)) return false;
    at += word.size();
    return true;
  };
  const auto hour = number();
  if (!hour) return {};
  int minute = 0;
  const bool named = skip("h") || skip(" h") || skip(" uhr") || skip("uhr");
  skip(" ");
  if (at < said.size() && said[at] >= '0' && said[at] <= '9') {
    const auto minutes = number();
    if (!minutes) return {};
    minute = *minutes;
  }
  skip("min");
  skip(" uhr");
  skip("uhr");
  skip(" ");
  int hours = *hour;
  const bool afternoon = skip("pm") || skip("p m");
  const bool morning = !afternoon && (skip("am") || skip("a m"));
  if (at != said.size() || minute > 59) return {};
  if (afternoon || morning) {
    if (hours < 1 || hours > 12 || named) return {};
    hours = hours % 12 + (afternoon ? 12 : 0);
  }
  if (hours > 23) return {};
  return accepted(two(hours) + ":" + two(minute));
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
