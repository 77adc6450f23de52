// Times of the day. An hour that reads two ways (5 in a country of "5 pm", "half past five"
// anywhere) is asked back.
#include <algorithm>

#include "ask/clock_parts.hpp"
#include "ask/spelled.hpp"
#include "ask/words.hpp"

namespace millrace::ask {
namespace {

using Words = std::vector<std::string>;

constexpr int kHour = 60, kHalfDay = 12 * kHour, kDay = 24 * kHour;

constexpr WordLists kNoon = {"noon midday", "", "mediodia", "midi", "mittag mittags"};
constexpr WordLists kMidnight = {"midnight", "", "medianoche", "minuit", "mitternacht"};
constexpr WordLists kLeads = {"at by around about", "as a pelas o ao", "a las la al", "a vers",
                              "um gegen ab"};
constexpr WordLists kClock = {"o clock sharp oclock", "hora horas h hs em ponto",
                              "hora horas h en punto", "heure heures h pile", "uhr punkt h"};

// What was said, taken apart.
struct Told {
  int hour = 0, minute = 0;
  std::optional<bool> is_afternoon;
  bool is_of_a_half_day = false;  // a way of speaking that counts to twelve
  bool has_leading_zero = false;
  bool says_24 = false;  // "17h", "17 Uhr"
};

// Splits figures from the letters behind them: "17h30" is 17, h, 30 and "5pm" is 5, pm.
Words split_figures(const Words& words) {
  Words out;
  for (const std::string& word : words) {
    std::string piece;
    for (const char c : word) {
      const bool is_digit = c >= '0' && c <= '9';
      const bool was_digit = !piece.empty() && piece.back() >= '0' && piece.back() <= '9';
      if (!piece.empty() && is_digit != was_digit) out.push_back(std::exchange(piece, {}));
      piece += c;
    }
    out.push_back(std::move(piece));
  }
  return out;
}

std::optional<int> hour_of(const Words& words, std::string_view locale, Told& told) {
  if (words.size() == 1) {
    if (const auto number = figures(words[0], 2)) {
      told.has_leading_zero = words[0].size() == 2 && words[0][0] == '0';
      return number;
    }
  }
  const auto number = spelled_number(words, locale);
  if (!number || *number > 24) return std::nullopt;
  return static_cast<int>(*number);
}

// The minutes of an hour, in figures or in words.
std::optional<int> minutes_of(Words words, std::string_view locale) {
  drop_listed(words, kMinuteWords);
  const auto number = number_said(words, locale, 2);
  if (!number || *number >= kHour) return std::nullopt;
  return static_cast<int>(*number);
}

// "ten thirty", "dix sept trente": takes the minutes off the end, where the whole is no number.
std::optional<int> take_spelled_minutes(Words& words, std::string_view locale) {
  if (words.size() < 2 || spelled_number(words, locale)) return std::nullopt;
  for (size_t split = 1; split < words.size(); ++split) {
    const auto at = words.begin() + static_cast<ptrdiff_t>(split);
    const Words hour(words.begin(), at), minute(at, words.end());
    const auto hours = spelled_number(hour, locale);
    const auto minutes = spelled_number(minute, locale);
    if (!hours || *hours > 24 || !minutes || *minutes == 0 || *minutes >= kHour) continue;
    words.erase(at, words.end());
    return static_cast<int>(*minutes);
  }
  return std::nullopt;
}

std::string two(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}
std::string written(int minutes) {
  const int of_day = (minutes % kDay + kDay) % kDay;
  return two(of_day / kHour) + ":" + two(of_day % kHour);
}

Reading judged(const Told& told, int offset, std::string_view locale) {
  if (told.hour > 24 || told.minute >= kHour || (told.hour == 24 && told.minute > 0)) return {};
  int minutes = told.hour * kHour + told.minute + offset;
  const bool may_be_either = told.hour >= 1 && told.hour <= 12;
  if (told.is_afternoon) {
    if (!may_be_either) return {};
    // Midnight is the twelfth hour of the morning.
    const int within = told.hour % 12 * kHour + told.minute + offset;
    return accepted(written(within + (*told.is_afternoon ? kHalfDay : 0)));
  }
  const bool counts_to_twelve = language_of(locale) == Language::en || told.is_of_a_half_day;
  if (!may_be_either || told.has_leading_zero || !counts_to_twelve ||
      (told.says_24 && !told.is_of_a_half_day)) {
    return accepted(written(minutes));
  }
  minutes = told.hour % 12 * kHour + told.minute + offset;
  std::string early = written(minutes), late = written(minutes + kHalfDay);
  if (late < early) std::swap(early, late);  // five to twelve
  return Reading{
      Verdict::ambiguous, {}, {{early, show_time(early, locale)}, {late, show_time(late, locale)}}};
}

}  // namespace

Reading read_time(std::string_view text, std::string_view locale) {
  if (text.size() > 60) return {};
  const Language language = language_of(locale);
  Words words = words_of(ascii_digits(text));
  drop_courtesy_words(words, language);
  const auto in = [&](const WordLists& lists, const std::string& word) {
    return is_listed_here(lists, language, word);
  };
  while (words.size() > 1 && in(kLeads, words.front())) words.erase(words.begin());
  if (words.empty()) return {};
  const std::string whole = joined(words);
  if (whole == "meio dia" || (words.size() == 1 && in(kNoon, whole))) return accepted("12:00");
  if (whole == "meia noite" || (words.size() == 1 && in(kMidnight, whole))) {
    return accepted("00:00");
  }
  words = split_figures(words);
  Told told;
  told.is_afternoon = take_half_of_day(words, language);
  const auto offset = take_offset(words, locale);
  told.is_of_a_half_day = offset.has_value();
  if (offset) {
    const std::string hour = joined(words);
    if (hour == "meio dia" || in(kNoon, hour)) return accepted(written(kHalfDay + *offset));
    if (hour == "meia noite" || in(kMidnight, hour)) return accepted(written(*offset));
  }
  const auto is_clock = [&](const std::string& word) { return in(kClock, word) || word == "min"; };
  // "17 Uhr 30", "17h30", "5 o'clock": the word of the clock stands behind the hour.
  const bool names_clock =
      std::ranges::any_of(words, [&](const std::string& word) { return in(kClock, word); });
  told.says_24 = names_clock && language != Language::en;
  std::optional<int> minute;
  // "vingt heures cinq" is not twenty-five.
  const auto clock = std::ranges::find_if(words, is_clock);
  if (clock != words.begin() && clock != words.end()) {
    Words behind(clock + 1, words.end());
    std::erase_if(behind, is_clock);
    const bool is_a_figure = behind.size() == 1 && behind[0].size() == 1 && figures(behind[0], 1);
    if (!is_a_figure) minute = minutes_of(std::move(behind), locale);
    if (minute) words.erase(clock, words.end());
  }
  std::erase_if(words, is_clock);
  if (words.empty() || words.size() > 4) return {};
  if (const auto last = minute || words.size() < 2 ? std::nullopt : figures(words.back(), 2)) {
    if (words.back().size() != 2) return {};
    minute = last;
    words.pop_back();
  }
  if (!minute) minute = take_spelled_minutes(words, locale);
  const auto hour = hour_of(words, locale, told);
  if (!hour) return {};
  told.hour = *hour;
  told.minute = minute.value_or(0);
  return judged(told, offset.value_or(0), locale);
}

std::string show_time(std::string_view value, std::string_view locale) {
  const auto colon = value.find(':');
  const auto hour = figures(value.substr(0, colon), 2);
  if (colon == std::string_view::npos || !hour || language_of(locale) != Language::en) {
    return std::string(value);
  }
  const int shown = *hour % 12 == 0 ? 12 : *hour % 12;
  return std::to_string(shown) + std::string(value.substr(colon)) + (*hour < 12 ? " am" : " pm");
}

}  // namespace millrace::ask
