// Days: written out, in figures, and counted from today.
#include <charconv>

#include "nlu/entities/reading.hpp"

namespace millrace::nlu {
namespace {

using base::Date;

constexpr std::string_view kMonths[kTongues] = {
    "january=1 february=2 march=3 april=4 may=5 june=6 july=7 august=8 september=9 october=10 "
    "november=11 december=12 jan=1 feb=2 mar=3 apr=4 jun=6 jul=7 aug=8 sep=9 sept=9 oct=10 nov=11 "
    "dec=12",
    "janeiro=1 fevereiro=2 marco=3 abril=4 maio=5 junho=6 julho=7 agosto=8 setembro=9 outubro=10 "
    "novembro=11 dezembro=12 jan=1 fev=2 mar=3 abr=4 mai=5 jun=6 jul=7 ago=8 set=9 out=10 nov=11 "
    "dez=12",
    "enero=1 febrero=2 marzo=3 abril=4 mayo=5 junio=6 julio=7 agosto=8 septiembre=9 setiembre=9 "
    "octubre=10 noviembre=11 diciembre=12 ene=1 feb=2 mar=3 abr=4 may=5 jun=6 jul=7 ago=8 sep=9 "
    "oct=10 nov=11 dic=12",
    "janvier=1 fevrier=2 mars=3 avril=4 mai=5 juin=6 juillet=7 aout=8 septembre=9 octobre=10 "
    "novembre=11 decembre=12 janv=1 fevr=2 avr=4 juil=7 sept=9 oct=10 nov=11 dec=12",
    "januar=1 janner=1 februar=2 marz=3 maerz=3 april=4 mai=5 juni=6 juli=7 august=8 september=9 "
    "oktober=10 november=11 dezember=12 jan=1 feb=2 apr=4 jun=6 jul=7 aug=8 sep=9 okt=10 nov=11 "
    "dez=12"};

constexpr std::string_view kWeekdays[kTongues] = {
    "monday=1 tuesday=2 wednesday=3 thursday=4 friday=5 saturday=6 sunday=7 mon=1 tue=2 tues=2 "
    "wed=3 thu=4 thur=4 thurs=4 fri=5",
    "segunda=1 terca=2 quarta=3 quinta=4 sexta=5 sabado=6 domingo=7",
    "lunes=1 martes=2 miercoles=3 jueves=4 viernes=5 sabado=6 domingo=7",
    "lundi=1 mardi=2 mercredi=3 jeudi=4 vendredi=5 samedi=6 dimanche=7",
    "montag=1 dienstag=2 mittwoch=3 donnerstag=4 freitag=5 samstag=6 sonnabend=6 sonntag=7"};

std::optional<int> small(const Reading& in, size_t i, size_t digits_max) {
  if (!in.is_digits(i) || in.at(i).size() > digits_max) return std::nullopt;
  int value = 0;
  std::from_chars(in.at(i).data(), in.at(i).data() + in.at(i).size(), value);
  return value;
}

// The next such day, today among them; nullopt where there is none.
std::optional<Date> coming(Date today, int month, int day) {
  for (int year = today.year; year <= today.year + 8; ++year) {
    const auto date = Date::make(year, month, day);
    if (date && *date >= today) return date;
  }
  return std::nullopt;
}

int full_year(const Reading& in, int year, size_t digits) {
  if (digits == 4) return year;
  const int near = in.today.year / 100 * 100 + year;
  return near > in.today.year + 10 ? near - 100 : near;
}

// 03/04/2026, 2026-04-03, 3.4.2026, 24/12.
std::optional<Hit> read_figures(const Reading& in, size_t i) {
  const std::string_view mark = in.at(i + 1);
  const bool is_marked =
      (mark == "/" || mark == "-" || mark == ".") && in.is_glued(i + 1) && in.is_glued(i + 2);
  const auto a = small(in, i, 4), b = small(in, i + 2, 2);
  if (!is_marked || !a || !b || (in.is_glued(i) && in.tokens[i - 1].is_digits)) return std::nullopt;
  const bool has_third = in.at(i + 3) == mark && in.is_glued(i + 3) && in.is_glued(i + 4);
  const auto c = has_third ? small(in, i + 4, 4) : std::nullopt;
  if (in.at(i).size() == 4) {
    const auto date = c && in.at(i + 4).size() <= 2 ? Date::make(*a, *b, *c) : std::nullopt;
    return date ? std::optional(day_hit(*date, i + 5)) : std::nullopt;
  }
  if (in.at(i).size() > 2) return std::nullopt;
  const bool has_year = c && (in.at(i + 4).size() == 4 || in.at(i + 4).size() == 2);
  if (!has_year && (mark != "/" || in.at(i + 3) == "/")) {
    // "24.12." in German alone.
    const bool is_german = mark == "." && in.tongue == Tongue::de && in.at(i + 3) == "." && !c;
    if (!is_german) return std::nullopt;
    const auto date = coming(in.today, *b, *a);
    return date ? std::optional(day_hit(*date, i + 4)) : std::nullopt;
  }
  const size_t next = has_year ? i + 5 : i + 3;
  const auto day_of = [&](int day, int month) {
    return has_year ? Date::make(full_year(in, *c, in.at(i + 4).size()), month, day)
                    : coming(in.today, month, day);
  };
  const auto day_first = day_of(*a, *b), month_first = day_of(*b, *a);
  const bool is_american = in.tongue == Tongue::en && (in.region == "US" || in.region == "PH");
  const bool is_either = in.tongue == Tongue::en && in.region.empty();
  if (!is_either) {
    const auto date = is_american ? month_first : day_first;
    return date ? std::optional(day_hit(*date, next)) : std::nullopt;
  }
  if (!day_first && !month_first) return std::nullopt;
  if (!day_first || !month_first || *day_first == *month_first) {
    return day_hit(month_first ? *month_first : *day_first, next);
  }
  Hit hit = day_hit(*month_first, next);
  hit.others = {base::to_iso8601(*day_first)};
  return hit;
}

struct DayNumber {
  int day = 0;
  size_t next = 0;
};

// "3", "3rd", "third", "1º", "3.", "primeiro".
std::optional<DayNumber> read_day_number(const Reading& in, size_t i) {
  if (const auto ordinal = read_ordinal(in, i); ordinal && ordinal->value <= 31) {
    return DayNumber{static_cast<int>(ordinal->value), ordinal->next};
  }
  if (const auto day = small(in, i, 2); day && *day >= 1 && *day <= 31) {
    size_t next = i + 1;
    if (in.tongue == Tongue::de && in.at(next) == "." && in.is_glued(next)) ++next;
    return DayNumber{*day, next};
  }
  if (in.is_digits(i)) return std::nullopt;
  const auto spelled = read_amount(in, i);
  if (!spelled || spelled->value < 1 || spelled->value > 31) return std::nullopt;
  return DayNumber{static_cast<int>(spelled->value), spelled->next};
}

struct YearNumber {
  int year = 0;
  size_t next = 0;
};

std::optional<YearNumber> read_year(const Reading& in, size_t i) {
  size_t at = i + in.any(i, "de|del|do|of|,");
  const auto year = small(in, at, 4);
  if (!year || in.at(at).size() != 4 || *year < 1000) return std::nullopt;
  if (in.at(at + 1) == ":" && in.is_glued(at + 1)) return std::nullopt;
  return YearNumber{*year, at + 1};
}

std::optional<Hit> finish(const Reading& in, int day, int month, size_t next) {
  if (const auto year = read_year(in, next)) {
    const auto date = Date::make(year->year, month, day);
    return date ? std::optional(day_hit(*date, year->next)) : std::nullopt;
  }
  const auto date = coming(in.today, month, day);
  return date ? std::optional(day_hit(*date, next)) : std::nullopt;
}

// "3 April 2026", "April 3rd", "3 de abril", "le 3 avril", "3. April".
std::optional<Hit> read_named_month(const Reading& in, size_t i) {
  if (const auto month = read_month(in, i)) {
    if (in.tongue != Tongue::en) return std::nullopt;
    const size_t at = month->next + in.any(month->next, "the");
    const auto day = read_day_number(in, at);
    return day ? finish(in, day->day, month->number, day->next) : std::nullopt;
  }
  constexpr std::string_view kLead[kTongues] = {"on the|the|on", "no dia|dia|o dia|em", "el dia|el",
                                                "le|ce", "am|den|der|dem"};
  const auto day = read_day_number(in, i + in.any(i, kLead[index_of(in)]));
  if (!day) return std::nullopt;
  const size_t at = day->next + in.any(day->next, "of|de|d '|do mes de|del mes de");
  const auto month = read_month(in, at);
  return month ? finish(in, day->day, month->number, month->next) : std::nullopt;
}

// "dia 15", "el día 15", "on the 15th", "am 15.", "le 15".
std::optional<Hit> read_day_of_month(const Reading& in, size_t i) {
  constexpr std::string_view kLead[kTongues] = {"on the", "dia|no dia|o dia", "el dia|dia|el",
                                                "le|ce", "am|den|der"};
  const size_t lead = in.any(i, kLead[index_of(in)]);
  if (lead == 0) return std::nullopt;
  const size_t at = i + lead;
  const bool needs_end = in.tongue == Tongue::en || in.tongue == Tongue::de;
  const bool is_loose = in.at(i) == "el" && lead == 1;
  const auto ordinal = read_ordinal(in, at);
  int day = 0;
  size_t next = 0;
  if (in.tongue == Tongue::en && in.is_digits(at) && ordinal) {
    day = static_cast<int>(ordinal->value), next = ordinal->next;
  } else if (in.tongue == Tongue::de && in.is_digits(at) && in.at(at + 1) == "." &&
             in.is_glued(at + 1)) {
    day = small(in, at, 2).value_or(0), next = at + 2;
  } else if (!needs_end && !is_loose && in.tongue != Tongue::fr) {
    const auto number = read_day_number(in, at);
    if (number) day = number->day, next = number->next;
  } else if (in.tongue == Tongue::fr && in.is_digits(at) && in.at(at + 1) != "h" &&
             !read_duration(in, at) && !in.is_glued(at + 1)) {
    day = small(in, at, 2).value_or(0), next = at + 1;
  }
  if (day < 1 || day > 31) return std::nullopt;
  for (int ahead = 0; ahead < 12; ++ahead) {
    const Date first = plus_months(Date{in.today.year, in.today.month, 1}, ahead);
    const auto date = Date::make(first.year, first.month, day);
    if (date && *date >= in.today) return day_hit(*date, next);
  }
  return std::nullopt;
}

}  // namespace

int weekday_of(Date date) {
  const int64_t days = base::start_of_utc_day(date).ms / 86'400'000;
  return static_cast<int>(((days + 3) % 7 + 7) % 7);
}

Date plus_days(Date date, int days) {
  return base::utc_date({base::start_of_utc_day(date).ms + int64_t{days} * 86'400'000});
}

Date plus_months(Date date, int months) {
  const int all = date.year * 12 + date.month - 1 + months;
  for (int day = date.day; day > 27; --day) {
    if (const auto made = Date::make(all / 12, all % 12 + 1, day)) return *made;
  }
  return {all / 12, all % 12 + 1, std::min(date.day, 28)};
}

std::optional<Named> read_weekday(const Reading& in, size_t i) {
  const int number = listed(kWeekdays[index_of(in)], in.at(i));
  if (number == 0) return std::nullopt;
  size_t next = i + 1;
  if (in.tongue == Tongue::pt && number <= 5) {
    next += in.any(next, "- feira|feira");
  }
  return Named{next, number - 1};
}

std::optional<Named> read_month(const Reading& in, size_t i) {
  const int number = listed(kMonths[index_of(in)], in.at(i));
  if (number == 0) return std::nullopt;
  const bool is_short = in.at(i).size() <= 4 && in.at(i + 1) == "." && in.is_glued(i + 1);
  return Named{i + (is_short ? 2 : 1), number};
}

std::optional<Hit> read_day(const Reading& in, size_t i) {
  std::optional<Hit> best;
  const auto keep = [&](std::optional<Hit> hit) {
    if (hit && (!best || hit->next > best->next)) best = std::move(hit);
  };
  keep(read_figures(in, i));
  keep(read_named_month(in, i));
  keep(read_day_of_month(in, i));
  keep(read_near_day(in, i));
  return best;
}

}  // namespace millrace::nlu
