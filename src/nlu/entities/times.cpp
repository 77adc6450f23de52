// Times of day.
#include <charconv>

#include "nlu/entities/reading.hpp"

namespace millrace::nlu {
namespace {

enum class Half { unknown, morning, afternoon };

// What says which half of the day it is; `next` is behind it.
struct Told {
  Half half = Half::unknown;
  size_t next = 0;
};

Told read_half_of_day(const Reading& in, size_t i) {
  constexpr std::string_view kMorning[kTongues] = {
      "am|a . m .|a . m|a m|in the morning|this morning|in the early morning",
      "da manha|de manha|da madrugada|am", "de la manana|de la madrugada|por la manana|am|a . m .",
      "du matin|le matin|am", "morgens|fruh|vormittags|am morgen|uhr morgens|am vormittag"};
  constexpr std::string_view kLater[kTongues] = {
      "pm|p . m .|p . m|p m|in the afternoon|in the evening|at night|tonight|this evening|this "
      "afternoon",
      "da tarde|da noite|a tarde|a noite|de tarde|de noite|pm",
      "de la tarde|de la noche|por la tarde|por la noche|pm|p . m .",
      "de l ' apres - midi|de l ’ apres - midi|du soir|le soir|pm",
      "nachmittags|abends|am abend|am nachmittag|nachts"};
  size_t length = in.any(i, kMorning[index_of(in)]);
  if (length > 0) return {Half::morning, i + length};
  length = in.any(i, kLater[index_of(in)]);
  return {length > 0 ? Half::afternoon : Half::unknown, i + length};
}

std::string show_time(int minutes) {
  minutes = (minutes % 1440 + 1440) % 1440;
  std::string out(5, ':');
  out[0] = static_cast<char>('0' + minutes / 600);
  out[1] = static_cast<char>('0' + minutes / 60 % 10);
  out[3] = static_cast<char>('0' + minutes % 60 / 10);
  out[4] = static_cast<char>('0' + minutes % 10);
  return out;
}

Hit hit_at(int minutes, size_t next) {
  return {next, EntityKind::time, show_time(minutes), {}};
}

// An hour of twelve, with or without what says which half of the day.
Hit settle(const Reading& in, int minutes, size_t next, bool is_plain = false) {
  const Told told = read_half_of_day(in, next);
  const int hour = minutes / 60;
  if (told.half == Half::morning) {
    return hit_at(hour == 12 ? minutes - 720 : minutes, told.next);
  }
  if (told.half == Half::afternoon) {
    // "Two at night" is early; English "12 at night" is midnight.
    const std::string_view word = in.at(told.next - 1);
    const bool is_night = word == "night" || word == "noche" || word == "noite" || word == "nachts";
    const bool is_early = is_night && (hour == 12 || hour <= 4);
    if (is_early) return hit_at(hour == 12 ? minutes - 720 : minutes, told.next);
    return hit_at(hour < 12 ? minutes + 720 : minutes, told.next);
  }
  Hit hit = hit_at(minutes, next);
  if (!is_plain && hour >= 1 && hour <= 12) {
    const int other = hour == 12 ? minutes - 720 : minutes + 720;
    hit.others = {show_time(other)};
  }
  return hit;
}

std::optional<int> small(const Reading& in, size_t i, int most, size_t digits_max = 2) {
  if (!in.is_digits(i) || in.at(i).size() > digits_max) return std::nullopt;
  int value = 0;
  std::from_chars(in.at(i).data(), in.at(i).data() + in.at(i).size(), value);
  return value <= most ? std::optional(value) : std::nullopt;
}

// 17:30, 17h30, 17h, 5:30 pm, 17.30 Uhr, 5pm.
std::optional<Hit> read_figures(const Reading& in, size_t i) {
  const auto hour = small(in, i, 24);
  if (!hour) return std::nullopt;
  const auto minute = small(in, i + 2, 59);
  const bool has_minute =
      minute && in.at(i + 2).size() == 2 && in.is_glued(i + 1) && in.is_glued(i + 2);
  const std::string_view mark = in.at(i + 1);
  if (has_minute && mark == ":") {
    size_t next = i + 3;
    if (in.at(next) == ":" && in.is_glued(next) && small(in, next + 1, 59)) next += 2;
    if (in.any(next, "uhr|h|hours|horas") > 0) return hit_at(*hour * 60 + *minute, next + 1);
    const bool is_sure = *hour > 12 || *hour == 0 || in.at(i)[0] == '0' ||
                         in.tongue == Tongue::fr || in.tongue == Tongue::de;
    return settle(in, *hour * 60 + *minute, next, is_sure);
  }
  // "2h30min", and all of that form in English, is how long something takes.
  const bool is_long =
      in.tongue == Tongue::en || (has_minute && in.is_glued(i + 3) && in.any(i + 3, "min|m") > 0);
  if (mark == "h" && in.is_glued(i + 1) && !is_long) {
    const bool is_more = has_minute;
    const size_t next = is_more ? i + 3 : i + 2;
    return settle(in, *hour * 60 + (is_more ? *minute : 0), next, true);
  }
  if (has_minute && mark == ".") {
    if (in.any(i + 3, "uhr") > 0) return hit_at(*hour * 60 + *minute, i + 4);
    if (read_half_of_day(in, i + 3).half != Half::unknown) {
      return settle(in, *hour * 60 + *minute, i + 3);
    }
    return std::nullopt;
  }
  if (*hour <= 12 && read_half_of_day(in, i + 1).half != Half::unknown && *hour > 0) {
    return settle(in, *hour * 60, i + 1);
  }
  return std::nullopt;
}

// Noon and midnight.
std::optional<Hit> read_named(const Reading& in, size_t i) {
  constexpr std::string_view kNoon[kTongues] = {"noon|midday", "meio - dia|meio dia", "mediodia",
                                                "midi", "mittag|mittags"};
  constexpr std::string_view kMidnight[kTongues] = {"midnight", "meia - noite|meia noite",
                                                    "medianoche", "minuit", "mitternacht"};
  size_t length = in.any(i, kNoon[index_of(in)]);
  int minutes = 720;
  if (length == 0) {
    length = in.any(i, kMidnight[index_of(in)]);
    minutes = 0;
  }
  if (length == 0) return std::nullopt;
  const size_t next = i + length;
  constexpr std::string_view kAndHalf[kTongues] = {"", "e meia", "y media", "et demie|et demi", ""};
  if (const size_t half = in.any(next, kAndHalf[index_of(in)])) {
    return hit_at(minutes + 30, next + half);
  }
  return hit_at(minutes, next);
}

// "half past five", "quarter to six", "ten past three", "halb sechs", "Viertel nach fünf".
std::optional<Hit> read_around(const Reading& in, size_t i) {
  if (in.tongue != Tongue::en && in.tongue != Tongue::de) return std::nullopt;
  const bool is_english = in.tongue == Tongue::en;
  size_t at = i;
  if (is_english && in.at(at) == "a" && in.at(at + 1) == "quarter") ++at;
  int offset = 0;
  if (!is_english && in.at(at) == "halb") {
    offset = -30;
    ++at;
  } else {
    size_t minutes_end = 0;
    if (is_english && in.at(at) == "half") offset = 30, minutes_end = at + 1;
    if (in.at(at) == "quarter" || in.at(at) == "viertel") offset = 15, minutes_end = at + 1;
    if (minutes_end == 0) {
      const auto amount = read_amount(in, at);
      if (!amount || !amount->is_whole || amount->value < 1 || amount->value > 29)
        return std::nullopt;
      offset = static_cast<int>(amount->value);
      minutes_end = amount->next + in.any(amount->next, "minutes|minuten|min");
    }
    const size_t past = in.any(minutes_end, is_english ? "past|after" : "nach");
    const size_t before = in.any(minutes_end, is_english ? "to|before|till" : "vor");
    if (past + before == 0 || (before > 0 && offset == 30)) return std::nullopt;
    if (before > 0) offset = -offset;
    at = minutes_end + past + before;
    if (!is_english && in.at(at) == "halb") offset -= 30, ++at;
  }
  const auto hour = read_amount(in, at, true);
  if (!hour || !hour->is_whole || hour->value < 1 || hour->value > 12 || in.at(at) == "a") {
    if (auto named = read_named(in, at)) {
      named->value = show_time((named->value == "12:00" ? 720 : 0) + offset);
      return named;
    }
    return std::nullopt;
  }
  const int minutes = static_cast<int>(hour->value) * 60 + offset;
  size_t next = hour->next;
  if (in.any(next, "o ' clock|oclock|o ’ clock"))
    next += in.any(next, "o ' clock|oclock|o ’ clock");
  return settle(in, minutes < 60 ? minutes + 720 : minutes, next);
}

// Minutes behind an hour in Romance languages: "e meia", "y cuarto", "moins le quart", "menos dez".
struct Rest {
  int minutes = 0;
  size_t next = 0;
};
Rest read_rest(const Reading& in, size_t i) {
  constexpr std::string_view kHalf[kTongues] = {"", "e meia", "y media", "et demie|et demi", ""};
  constexpr std::string_view kQuarter[kTongues] = {"", "e um quarto|e quinze", "y cuarto|y quince",
                                                   "et quart", ""};
  constexpr std::string_view kLess[kTongues] = {"", "menos um quarto|menos quinze", "menos cuarto",
                                                "moins le quart|moins quart", ""};
  if (const size_t n = in.any(i, kHalf[index_of(in)])) return {30, i + n};
  if (const size_t n = in.any(i, kQuarter[index_of(in)])) return {15, i + n};
  if (const size_t n = in.any(i, kLess[index_of(in)])) return {-15, i + n};
  const size_t less = in.any(i, "menos|moins");
  const size_t more = in.any(i, in.tongue == Tongue::pt   ? "e"
                                : in.tongue == Tongue::es ? "y"
                                                          : "et");
  const bool is_bare =
      in.tongue == Tongue::fr || in.tongue == Tongue::de || in.tongue == Tongue::en;
  if (less + more == 0 && !is_bare) return {0, i};
  const auto amount = read_amount(in, i + less + more);
  if (!amount || !amount->is_whole || amount->value < 1 || amount->value > 59) return {0, i};
  const int minutes = static_cast<int>(amount->value);
  const size_t unit = in.any(amount->next, "minutos|minutes|minuten");
  return {less > 0 ? -minutes : minutes, amount->next + unit};
}

// "5 o'clock", "às cinco e meia", "a las 5", "cinq heures", "fünf Uhr dreißig".
std::optional<Hit> read_hour(const Reading& in, size_t i) {
  constexpr std::string_view kAt[kTongues] = {"at", "as|pelas|a", "a las|a la|las|sobre las", "a",
                                              "um|gegen|ab"};
  constexpr std::string_view kUnit[kTongues] = {"o ' clock|oclock|o ’ clock", "horas|hora|h",
                                                "horas|hora|h", "heures|heure|h", "uhr"};
  const size_t lead = in.any(i, kAt[index_of(in)]);
  size_t at = i + lead;
  if (lead > 0 && read_named(in, at)) {
    auto named = read_named(in, at);
    return named;
  }
  const auto hour = read_amount(in, at, true);
  if (!hour || !hour->is_whole || hour->value < 0 || hour->value > 24) return std::nullopt;
  if (in.at(at) == "a" || in.at(at) == "an") return std::nullopt;
  const size_t unit = in.any(hour->next, kUnit[index_of(in)]);
  const size_t behind = hour->next + unit;
  const bool is_romance = in.tongue == Tongue::pt || in.tongue == Tongue::es;
  // A count is no hour: "a 5 euros"; "duas horas" alone is how long, "às duas horas" when.
  const bool is_told = read_half_of_day(in, behind).half != Half::unknown;
  const bool is_word_lead =
      lead > 0 && (in.at(i) != "a" || in.at(at - 1) == "las" || in.at(at - 1) == "la");
  if (unit == 0 && !is_told && !(is_word_lead && in.tongue != Tongue::fr)) {
    const Rest rest = is_romance ? read_rest(in, behind) : Rest{0, behind};
    const bool is_clock =
        rest.next > behind && read_half_of_day(in, rest.next).half != Half::unknown;
    if (!is_clock) return std::nullopt;
  }
  if (unit > 0 && is_romance && lead == 0 && !is_told) return std::nullopt;
  if (unit > 0 && in.tongue == Tongue::fr && lead == 0 && !is_told) {
    const Rest rest = read_rest(in, behind);
    if ((rest.next == behind || in.at(behind) == "et") && hour->value <= 12) return std::nullopt;
  }
  const bool has_rest = unit > 0 || is_romance;
  const Rest rest = has_rest && !is_told ? read_rest(in, behind) : Rest{0, behind};
  const int minutes = static_cast<int>(hour->value) * 60 + rest.minutes;
  const bool is_sure = hour->value > 12 || hour->value == 0 ||
                       (in.tongue == Tongue::de && unit > 0) ||
                       (in.tongue == Tongue::fr && unit > 0);
  return settle(in, minutes, rest.next, is_sure);
}

}  // namespace

std::optional<Hit> read_time(const Reading& in, size_t i) {
  constexpr std::string_view kAt[kTongues] = {"at", "as|pelas", "a las|las|sobre las", "a",
                                              "um|gegen|ab"};
  const size_t lead = in.any(i, kAt[index_of(in)]);
  if (auto figures = read_figures(in, i + lead)) return figures;
  if (auto named = read_named(in, i)) return named;
  if (auto around = read_around(in, i)) return around;
  return read_hour(in, i);
}

}  // namespace millrace::nlu
