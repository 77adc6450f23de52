#include "ask/days.hpp"

#include <algorithm>

#include "ask/spelled.hpp"
#include "ask/words.hpp"

namespace millrace::ask {
namespace {

using base::Date;
using Words = std::vector<std::string>;

constexpr int64_t kDayMs = 86'400'000;
constexpr int kDaysOfWeek = 7, kMonthsOfYear = 12;

struct Named {
  int days;
  std::string_view words[kLanguageCount];
};
constexpr Named kNamed[] = {
    {0, {"today", "hoje", "hoy", "aujourd hui", "heute"}},
    {0, {"tonight", "hoje a noite", "esta noche", "ce soir", "heute abend"}},
    {1, {"tomorrow", "amanha", "manana", "demain", "morgen"}},
    {-1, {"yesterday", "ontem", "ayer", "hier", "gestern"}},
    {2, {"day after tomorrow", "depois de amanha", "pasado manana", "apres demain", "ubermorgen"}},
    {-2, {"day before yesterday", "anteontem", "anteayer", "avant hier", "vorgestern"}},
    {-2, {"", "antes de ontem", "antier", "", ""}},
};

// From Monday on.
constexpr WordLists kWeekdays[kDaysOfWeek] = {
    {"monday mon", "segunda", "lunes", "lundi", "montag"},
    {"tuesday tue tues", "terca", "martes", "mardi", "dienstag"},
    {"wednesday wed weds", "quarta", "miercoles", "mercredi", "mittwoch"},
    {"thursday thu thur thurs", "quinta", "jueves", "jeudi", "donnerstag"},
    {"friday fri", "sexta", "viernes", "vendredi", "freitag"},
    {"saturday sat", "sabado", "sabado", "samedi", "samstag sonnabend"},
    {"sunday sun", "domingo", "domingo", "dimanche", "sonntag"}};
constexpr std::string_view kBelongsToWeekday = "feira";
// Before or behind a weekday.
constexpr WordLists kNext = {"next coming this upcoming", "proxima proximo que vem esta este nesta",
                             "proximo proxima que viene este",
                             "prochain prochaine ce cet qui vient",
                             "nachsten nachster nachste kommenden kommender diesen dieser"};
constexpr WordLists kLast = {"last past", "passada passado ultima ultimo", "pasado ultimo",
                             "dernier derniere passe", "letzten letzter vergangenen"};
constexpr WordLists kOn = {"on the by", "na no em a o", "el en", "le", "am den"};

enum class Unit { day, week, month, year };
constexpr WordLists kUnits[] = {
    {"day days", "dia dias", "dia dias", "jour jours", "tag tage tagen"},
    {"week weeks", "semana semanas", "semana semanas", "semaine semaines", "woche wochen"},
    {"month months", "mes meses", "mes meses", "mois", "monat monate monaten"},
    {"year years", "ano anos", "ano anos", "an ans annee annees", "jahr jahre jahren"}};
// What stands before and behind the number and the unit of a time from now, and of one ago; longer
// ones first.
struct Around {
  std::string_view before, behind;
};
constexpr Around kAhead[kLanguageCount][4] = {
    {{"in", "from now"}, {"in", ""}, {"", "from now"}, {"", "from today"}},
    {{"daqui a", ""}, {"dentro de", ""}, {"em", ""}, {"", "a partir de hoje"}},
    {{"dentro de", ""}, {"en", ""}, {"", "a partir de hoy"}},
    {{"dans", ""}, {"d ici", ""}, {"", "a partir d aujourd hui"}},
    {{"in", ""}, {"heute in", ""}, {"", "ab heute"}}};
constexpr Around kAgo[kLanguageCount][2] = {
    {{"", "ago"}}, {{"ha", ""}, {"", "atras"}}, {{"hace", ""}}, {{"il y a", ""}}, {{"vor", ""}}};

std::optional<int> day_named(const Words& words, Language language) {
  std::string said = joined(words);
  if (said.starts_with("the ")) said.erase(0, 4);
  for (const Named& named : kNamed) {
    if (said.empty()) break;
    if (said == named.words[static_cast<size_t>(language)] || said == named.words[0]) {
      return named.days;
    }
  }
  return std::nullopt;
}

std::optional<int> weekday_named(std::string_view word, Language language) {
  for (int day = 0; day < kDaysOfWeek; ++day) {
    if (is_listed_here(kWeekdays[day], language, word)) return day;
  }
  return std::nullopt;
}

std::optional<int> count_of(const Words& words, std::string_view locale) {
  constexpr size_t kDigitsMax = 3;
  constexpr WordList kOne = "a an one um uma un una uno une ein eine einem einer einen";
  if (words.size() == 1 && is_listed(kOne, words[0])) return 1;
  const auto number = number_said(words, locale, kDigitsMax);
  if (!number || *number > 999) return std::nullopt;
  return static_cast<int>(*number);
}

// "three weeks" from today, `sign` times.
std::optional<Date> counted_from(Date today, std::string_view said, int sign,
                                 std::string_view locale) {
  Words words = words_of(said);
  if (words.size() < 2) return std::nullopt;
  const Language language = language_of(locale);
  std::optional<Unit> unit;
  for (size_t i = 0; i < std::size(kUnits); ++i) {
    if (is_listed_here(kUnits[i], language, words.back())) unit = static_cast<Unit>(i);
  }
  if (!unit) return std::nullopt;
  words.pop_back();
  const auto count = count_of(words, locale);
  if (!count) return std::nullopt;
  switch (*unit) {
    case Unit::day: return plus_days(today, sign * *count);
    case Unit::week: return plus_days(today, int64_t{sign} * *count * kDaysOfWeek);
    case Unit::month: return plus_months(today, sign * *count);
    case Unit::year: return plus_months(today, sign * *count * kMonthsOfYear);
  }
  return std::nullopt;
}

std::optional<Date> counted_day(const Words& words, std::string_view locale, Date today) {
  const std::string whole = joined(words);
  const auto between = [&](const Around& around) -> std::optional<std::string_view> {
    std::string_view said = whole;
    if (around.before.empty() && around.behind.empty()) return std::nullopt;
    if (!around.before.empty()) {
      if (!said.starts_with(around.before)) return std::nullopt;
      said.remove_prefix(around.before.size());
      if (!said.starts_with(' ')) return std::nullopt;
    }
    if (!around.behind.empty()) {
      if (!said.ends_with(around.behind)) return std::nullopt;
      said.remove_suffix(around.behind.size());
      if (!said.ends_with(' ')) return std::nullopt;
    }
    return said;
  };
  for (const Language language : with_english(language_of(locale))) {
    const auto of = static_cast<size_t>(language);
    for (const Around& around : kAhead[of]) {
      const auto said = between(around);
      if (const auto day = said ? counted_from(today, *said, 1, locale) : std::nullopt) return day;
    }
    for (const Around& around : kAgo[of]) {
      const auto said = between(around);
      if (const auto day = said ? counted_from(today, *said, -1, locale) : std::nullopt) return day;
    }
  }
  return std::nullopt;
}

}  // namespace

int weekday_of(Date date) {
  // 1970-01-01 was a Thursday.
  const int64_t days = base::start_of_utc_day(date).ms / kDayMs;
  return static_cast<int>(((days + 3) % kDaysOfWeek + kDaysOfWeek) % kDaysOfWeek);
}

Date plus_days(Date date, int64_t days) {
  return base::utc_date(base::Timestamp{base::start_of_utc_day(date).ms + days * kDayMs});
}

Date plus_months(Date date, int months) {
  const int all = date.year * kMonthsOfYear + date.month - 1 + months;
  for (int day = date.day; day > 28; --day) {
    const auto made = Date::make(all / kMonthsOfYear, all % kMonthsOfYear + 1, day);
    if (made) return *made;
  }
  return Date::make(all / kMonthsOfYear, all % kMonthsOfYear + 1, std::min(date.day, 28))
      .value_or(date);
}

std::optional<int> take_weekday(Words& words, std::string_view locale) {
  const Language language = language_of(locale);
  for (size_t i = 0; i < words.size(); ++i) {
    const auto weekday = weekday_named(words[i], language);
    if (!weekday) continue;
    const bool has_tail = i + 1 < words.size() && words[i + 1] == kBelongsToWeekday;
    const auto begin = words.begin() + static_cast<ptrdiff_t>(i);
    words.erase(begin, begin + (has_tail ? 2 : 1));
    return weekday;
  }
  return std::nullopt;
}

std::optional<Date> spoken_day(Words words, std::string_view locale, Date today, bool looks_back) {
  constexpr size_t kWordsMax = 8;
  if (words.empty() || words.size() > kWordsMax) return std::nullopt;
  const Language language = language_of(locale);
  if (const auto days = day_named(words, language)) return plus_days(today, *days);
  if (const auto day = counted_day(words, locale, today)) return day;
  const auto weekday = take_weekday(words, locale);
  if (!weekday) return std::nullopt;
  for (const std::string& word : words) {
    const auto in = [&](const WordLists& lists) { return is_listed_here(lists, language, word); };
    if (in(kLast)) {
      looks_back = true;
    } else if (in(kNext)) {
      looks_back = false;
    } else if (!in(kOn)) {
      return std::nullopt;
    }
  }
  const int ahead = (*weekday - weekday_of(today) + kDaysOfWeek - 1) % kDaysOfWeek + 1;
  const int days = looks_back ? ahead - (ahead == kDaysOfWeek ? 2 : 1) * kDaysOfWeek : ahead;
  return plus_days(today, days);
}

}  // namespace millrace::ask
