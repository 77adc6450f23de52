// Ranges of days: weeks, weekends, months and years around today, and from one day to another.
#include "nlu/entities/reading.hpp"

namespace millrace::nlu {
namespace {

using base::Date;

Hit range_hit(Date first, Date last, size_t next) {
  return {next, EntityKind::date_range, base::to_iso8601(first) + "/" + base::to_iso8601(last), {}};
}

enum class Period { week, weekend, month, year };

struct Unit {
  Period period = Period::week;
  size_t next = 0;
};

std::optional<Unit> read_period(const Reading& in, size_t i) {
  constexpr std::string_view kWeekend[kTongues] = {
      "weekend|week end|week - end", "fim de semana|fim - de - semana|final de semana",
      "fin de semana|finde", "week - end|weekend|week end", "wochenende"};
  constexpr std::string_view kWeek[kTongues] = {"week", "semana", "semana", "semaine", "woche"};
  constexpr std::string_view kMonth[kTongues] = {"month", "mes", "mes", "mois", "monat|monats"};
  constexpr std::string_view kYear[kTongues] = {"year", "ano", "ano", "annee|an", "jahr"};
  const size_t t = index_of(in);
  const std::pair<std::string_view, Period> kinds[] = {{kWeekend[t], Period::weekend},
                                                       {kWeek[t], Period::week},
                                                       {kMonth[t], Period::month},
                                                       {kYear[t], Period::year}};
  for (const auto& [phrases, period] : kinds) {
    if (const size_t length = in.any(i, phrases)) return Unit{period, i + length};
  }
  return std::nullopt;
}

Hit period_hit(Date today, Period period, int offset, size_t next) {
  switch (period) {
    case Period::week: {
      const Date monday = plus_days(today, offset * 7 - weekday_of(today));
      return range_hit(monday, plus_days(monday, 6), next);
    }
    case Period::weekend: {
      const Date saturday = plus_days(today, offset * 7 + 5 - weekday_of(today));
      return range_hit(saturday, plus_days(saturday, 1), next);
    }
    case Period::month: {
      const Date first = plus_months(Date{today.year, today.month, 1}, offset);
      return range_hit(first, plus_days(plus_months(first, 1), -1), next);
    }
    case Period::year: break;
  }
  return range_hit(Date{today.year + offset, 1, 1}, Date{today.year + offset, 12, 31}, next);
}

std::optional<Hit> read_relative(const Reading& in, size_t i) {
  constexpr std::string_view kThis[kTongues] = {
      "this|the|this coming", "esta|este|nesta|neste", "esta|este|el", "cette|ce|cet",
      "diese|diesen|dieses|dieser|diesem|am|an diesem|in dieser|in diesem"};
  constexpr std::string_view kNext[kTongues] = {
      "next|the next|the following",
      "proxima|proximo|na proxima|no proximo|a proxima|o proximo|pra proxima",
      "la proxima|el proximo|proxima|proximo", "",
      "nachste|nachsten|nachstes|nachster|kommende|kommenden|kommendes|am nachsten|in der "
      "nachsten|im nachsten"};
  constexpr std::string_view kLast[kTongues] = {
      "last|the last|past", "ultima|ultimo|na ultima|no ultimo", "la ultima|el ultimo|la pasada",
      "", "letzte|letzten|letztes|letzter|vergangene|vergangenen|am letzten|im letzten"};
  constexpr std::string_view kArticle[kTongues] = {"", "a|o|na|no", "la|el", "la|le|l '", ""};
  constexpr std::string_view kNextBehind[kTongues] = {
      "", "que vem|seguinte|proxima|proximo", "que viene|proxima|proximo|siguiente|entrante",
      "prochain|prochaine|qui vient", ""};
  constexpr std::string_view kLastBehind[kTongues] = {"", "passada|passado", "pasada|pasado",
                                                      "dernier|derniere|passe|passee", ""};
  const size_t t = index_of(in);
  const std::pair<std::string_view, int> leads[] = {{kNext[t], 1}, {kLast[t], -1}, {kThis[t], 0}};
  for (const auto& [phrases, offset] : leads) {
    const size_t length = phrases.empty() ? 0 : in.any(i, phrases);
    const auto unit = length > 0 ? read_period(in, i + length) : std::nullopt;
    if (!unit) continue;
    const bool is_article = offset == 0 && (in.at(i) == "the" || in.at(i) == "el");
    const bool is_behind =
        in.any(unit->next, kNextBehind[t]) + in.any(unit->next, kLastBehind[t]) > 0;
    if (is_behind || (is_article && unit->period != Period::weekend) ||
        (in.at(i) == "am" && length == 1 && unit->period != Period::weekend)) {
      continue;
    }
    return period_hit(in.today, unit->period, offset, unit->next);
  }
  const size_t article = in.any(i, kArticle[t]);
  const auto unit = read_period(in, i + article);
  if (!unit) return std::nullopt;
  if (const size_t n = in.any(unit->next, kNextBehind[t])) {
    return period_hit(in.today, unit->period, 1, unit->next + n);
  }
  if (const size_t n = in.any(unit->next, kLastBehind[t])) {
    return period_hit(in.today, unit->period, -1, unit->next + n);
  }
  return std::nullopt;
}

// "in April", "em abril de 2027", "März 2027": the month; alone it may be a name or a verb.
std::optional<Hit> read_whole_month(const Reading& in, size_t i) {
  constexpr std::string_view kIn[kTongues] = {"in|during|for", "em|durante|no mes de", "en|durante",
                                              "en|au mois de|pour", "im"};
  const size_t lead = in.any(i, kIn[index_of(in)]);
  const auto month = read_month(in, i + lead);
  if (!month) return std::nullopt;
  const size_t at = month->next + in.any(month->next, "de|del|of");
  const bool has_year = in.is_digits(at) && in.at(at).size() == 4;
  if (!has_year && lead == 0) return std::nullopt;
  int year = in.today.year + (month->number < in.today.month ? 1 : 0);
  if (has_year) year = static_cast<int>(read_amount(in, at)->value);
  if (year < 1000 || year > 9999) return std::nullopt;
  const Date first{year, month->number, 1};
  return range_hit(first, plus_days(plus_months(first, 1), -1), has_year ? at + 1 : month->next);
}

// A day that borrows the month of the one behind it: "3 to 5 April", "del 3 al 5 de abril".
std::optional<Date> borrow(const Reading& in, size_t i, Date last, size_t& next) {
  const auto ordinal = read_ordinal(in, i);
  const auto amount = ordinal ? ordinal : read_amount(in, i);
  if (!amount || !amount->is_whole || amount->value < 1 || amount->value > 31) return std::nullopt;
  next = amount->next;
  if (in.tongue == Tongue::de && in.at(next) == "." && in.is_glued(next)) ++next;
  return Date::make(last.year, last.month, static_cast<int>(amount->value));
}

std::optional<Hit> read_between(const Reading& in, size_t i) {
  constexpr std::string_view kFrom[kTongues] = {
      "from the|from|between the|between",
      "do dia|de|da|do|entre|entre os dias|entre o dia|dos dias|desde|entre a",
      "del|de|desde el|entre el|entre|desde|del dia", "du|de|entre le|entre|depuis",
      "vom|von|zwischen dem|zwischen|ab"};
  constexpr std::string_view kTo[kTongues] = {
      "to the|to|until|till|through|and the|and|-|–", "a|ao|ate|e|ate ao|ate o|ao dia|-|–|ate a",
      "al|a|hasta el|hasta|y el|y|-|–|al dia", "au|a|jusqu ' au|et le|et|-|–",
      "bis zum|bis|und dem|und|-|–"};
  const size_t t = index_of(in);
  const size_t lead = in.any(i, kFrom[t]);
  const size_t begin = i + lead;
  const auto split = [&](size_t at) -> std::optional<Hit> {
    const size_t to = in.any(at, kTo[t]);
    if (to == 0) return std::nullopt;
    const bool is_word_and = in.any(at, "and|e|y|et|und") > 0;
    const bool is_between = in.any(i, "between|entre|zwischen") > 0;
    if (is_word_and && !is_between) return std::nullopt;
    return read_day(in, at + to);
  };
  const auto first = read_day(in, begin);
  if (first) {
    if (const auto last = split(first->next)) {
      auto from = base::parse_iso8601_date(first->value),
           to = base::parse_iso8601_date(last->value);
      if (from && to) {
        if (*to < *from && (plus_days(*to, 7) > *from)) *to = plus_days(*to, 7);
        if (*from <= *to) return range_hit(*from, *to, last->next);
        const auto earlier = Date::make(from->year - 1, from->month, from->day);
        if (earlier && *earlier <= *to) return range_hit(*earlier, *to, last->next);
      }
    }
  }
  size_t next = 0;
  if (!borrow(in, begin, Date{2024, 1, 1}, next)) {
    // "April 3-5".
    const auto month = in.tongue == Tongue::en ? first : std::nullopt;
    const bool is_named = month && read_month(in, begin);
    const size_t to = is_named ? in.any(month->next, kTo[t]) : 0;
    const auto from = is_named ? base::parse_iso8601_date(month->value) : std::nullopt;
    const auto last = from && to > 0 ? borrow(in, month->next + to, *from, next) : std::nullopt;
    if (last && *from < *last && !in.is_glued(next)) return range_hit(*from, *last, next);
    return std::nullopt;
  }
  const auto last = split(next);
  const auto to = last ? base::parse_iso8601_date(last->value) : std::nullopt;
  const auto from = to ? borrow(in, begin, *to, next) : std::nullopt;
  if (!from || *from >= *to) return std::nullopt;
  return range_hit(*from, *to, last->next);
}

}  // namespace

std::optional<Hit> read_days(const Reading& in, size_t i) {
  if (auto between = read_between(in, i)) return between;
  if (auto relative = read_relative(in, i)) return relative;
  return read_whole_month(in, i);
}

}  // namespace millrace::nlu
