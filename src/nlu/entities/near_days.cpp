// Days counted from today: "tomorrow", "in two weeks", "next Friday".
#include <algorithm>

#include "nlu/entities/reading.hpp"

namespace millrace::nlu {
namespace {

using base::Date;

struct NearDay {
  std::string_view phrases;
  int days;
};

std::optional<Hit> read_near(const Reading& in, size_t i) {
  constexpr NearDay kNear[kTongues][6] = {
      {{"the day after tomorrow|day after tomorrow|overmorrow", 2},
       {"the day before yesterday|day before yesterday", -2},
       {"today|tonight|this morning|this afternoon|this evening", 0},
       {"tomorrow|tmrw|tomorow", 1},
       {"yesterday|last night", -1},
       {"", 0}},
      {{"depois de amanha", 2},
       {"anteontem|antes de ontem", -2},
       {"hoje|esta noite|esta tarde|esta manha", 0},
       {"amanha", 1},
       {"ontem", -1},
       {"", 0}},
      {{"pasado manana", 2},
       {"anteayer|antier", -2},
       {"hoy|esta noche|esta tarde|esta manana", 0},
       {"manana", 1},
       {"ayer|anoche", -1},
       {"", 0}},
      {{"apres - demain|apres demain", 2},
       {"avant - hier|avant hier", -2},
       {"aujourd ' hui|aujourd ’ hui|aujourdhui|ce soir|ce matin|cet apres - midi", 0},
       {"demain", 1},
       {"hier", -1},
       {"", 0}},
      {{"ubermorgen|uebermorgen", 2},
       {"vorgestern", -2},
       {"heute", 0},
       {"morgen", 1},
       {"gestern", -1},
       {"", 0}}};
  for (const NearDay& near : kNear[index_of(in)]) {
    const size_t length = near.phrases.empty() ? 0 : in.any(i, near.phrases);
    if (length == 0) continue;
    // "por la mañana" and "de la mañana" say when in the day, as does "am Morgen".
    const bool is_morning =
        near.days == 1 && i > 0 &&
        (in.at(i - 1) == "la" || in.at(i - 1) == "am" || in.at(i - 1) == "guten");
    if (!is_morning) return day_hit(plus_days(in.today, near.days), i + length);
  }
  return std::nullopt;
}

// "in two weeks", "vor 3 Tagen", "há dois dias", "three days ago", "dentro de un mes".
std::optional<Hit> read_distance(const Reading& in, size_t i) {
  constexpr std::string_view kAhead[kTongues] = {"in|within", "daqui a|dentro de|em",
                                                 "dentro de|en|de aqui a", "dans|d ' ici", "in"};
  constexpr std::string_view kBack[kTongues] = {"", "ha|faz", "hace", "il y a", "vor"};
  constexpr std::string_view kBackBehind[kTongues] = {"ago|earlier", "atras", "atras", "", ""};
  constexpr std::string_view kAheadBehind[kTongues] = {"from now|from today|later", "depois",
                                                       "despues", "plus tard", "spater"};
  const size_t ahead = in.any(i, kAhead[index_of(in)]), back = in.any(i, kBack[index_of(in)]);
  const auto stretch = read_stretch(in, i + std::max(ahead, back));
  if (!stretch) return std::nullopt;
  const size_t ago = in.any(stretch->next, kBackBehind[index_of(in)]);
  const size_t later = in.any(stretch->next, kAheadBehind[index_of(in)]);
  if (ahead + back + ago + later == 0) return std::nullopt;
  const int sign = back > 0 || ago > 0 ? -1 : 1;
  const Date date = plus_days(plus_months(in.today, sign * stretch->months), sign * stretch->days);
  return day_hit(date, stretch->next + ago + later);
}

// A weekday, with "next" or "last" before or behind it.
std::optional<Hit> read_spoken_weekday(const Reading& in, size_t i) {
  constexpr std::string_view kNext[kTongues] = {
      "next|the next|the following", "proxima|proximo|a proxima|o proximo|na proxima|no proximo",
      "el proximo|proximo|este proximo", "",
      "nachsten|nachster|kommenden|am nachsten|am kommenden"};
  constexpr std::string_view kLast[kTongues] = {
      "last|the last|past", "ultima|ultimo|na ultima|no ultimo|a ultima", "el pasado|el ultimo", "",
      "letzten|letzter|vergangenen|am letzten"};
  constexpr std::string_view kThis[kTongues] = {"on|this|this coming|coming|on this",
                                                "na|no|nesta|neste|esta|este|a|o", "el|este|el dia",
                                                "ce|le|", "am|diesen|an diesem"};
  constexpr std::string_view kNextBehind[kTongues] = {"", "que vem|proxima|proximo|seguinte",
                                                      "que viene|proximo|siguiente",
                                                      "prochain|qui vient", ""};
  constexpr std::string_view kLastBehind[kTongues] = {"", "passada|passado|ultima", "pasado",
                                                      "dernier|passe", ""};
  const size_t t = index_of(in);
  const size_t before_next = in.any(i, kNext[t]), before_last = in.any(i, kLast[t]);
  const size_t before = std::max({before_next, before_last, in.any(i, kThis[t])});
  const auto weekday = read_weekday(in, i + before);
  if (!weekday) return std::nullopt;
  const size_t behind_next = in.any(weekday->next, kNextBehind[t]);
  const size_t behind_last = in.any(weekday->next, kLastBehind[t]);
  const bool is_last = before_last > 0 || behind_last > 0;
  int days = (weekday->number - weekday_of(in.today) + 7) % 7;
  if (days == 0) days = 7;
  if (is_last) days -= 7, days = days == 0 ? -7 : days;
  Hit hit = day_hit(plus_days(in.today, days), weekday->next + behind_next + behind_last);
  // English "next Friday", said early in the week, may be the one of the next week.
  const bool is_this_week = weekday_of(in.today) + days <= 6;
  if (t == 0 && before_next > 0 && is_this_week) {
    hit.others = {base::to_iso8601(plus_days(in.today, days + 7))};
  }
  return hit;
}

}  // namespace

std::optional<Hit> read_near_day(const Reading& in, size_t i) {
  std::optional<Hit> best = read_near(in, i);
  for (const auto read : {read_distance, read_spoken_weekday}) {
    auto hit = read(in, i);
    if (hit && (!best || hit->next > best->next)) best = std::move(hit);
  }
  return best;
}

}  // namespace millrace::nlu
