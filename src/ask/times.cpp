// Times of the day. An hour that reads two ways (5 in a country of "5 pm", "half past five"
// anywhere) is asked back.
#include <algorithm>

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

// What says which half of the day is meant; longer ones first.
struct Part {
  std::string_view words;
  bool is_afternoon;
};
constexpr Part kParts[kLanguageCount][9] = {
    {{"in the morning", false},
     {"in the afternoon", true},
     {"in the evening", true},
     {"at night", true},
     {"this morning", false},
     {"this afternoon", true},
     {"tonight", true},
     {"this evening", true}},
    {{"da manha", false}, {"da tarde", true}, {"da noite", true}, {"da madrugada", false}},
    {{"de la manana", false},
     {"de la tarde", true},
     {"de la noche", true},
     {"de la madrugada", false},
     {"por la manana", false},
     {"por la tarde", true}},
    {{"du matin", false},
     {"de l apres midi", true},
     {"du soir", true},
     {"le matin", false},
     {"le soir", true}},
    {{"am morgen", false},
     {"am vormittag", false},
     {"am nachmittag", true},
     {"am abend", true},
     {"morgens", false},
     {"fruh", false},
     {"vormittags", false},
     {"nachmittags", true},
     {"abends", true}}};

// Minutes that are added to the hour they are said with, before or behind it.
struct Fraction {
  std::string_view words;
  int minutes;
};
constexpr Fraction kBefore[kLanguageCount][5] = {
    {{"half past", 30}, {"half", 30}, {"quarter past", 15}, {"quarter to", -15}},
    {{"um quarto para as", -15}, {"quinze para as", -15}},
    {{"", 0}},
    {{"", 0}},
    {{"halb", -30}, {"viertel nach", 15}, {"viertel vor", -15}, {"dreiviertel", -15}}};
constexpr Fraction kBehind[kLanguageCount][4] = {
    {{"", 0}},
    {{"e meia", 30}, {"e um quarto", 15}, {"menos um quarto", -15}},
    {{"y media", 30}, {"y cuarto", 15}, {"menos cuarto", -15}},
    {{"et demie", 30}, {"et quart", 15}, {"moins le quart", -15}, {"et demi", 30}},
    {{"", 0}}};

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

void take_half(Words& words, Language language, Told& told) {
  for (const auto& [marks, is_afternoon] :
       {std::pair{"p m", true}, {"pm", true}, {"a m", false}, {"am", false}}) {
    if (!take_back(words, marks)) continue;
    told.is_afternoon = is_afternoon;
    return;
  }
  for (const Language of : {language, Language::en}) {
    for (const Part& part : kParts[static_cast<size_t>(of)]) {
      if (!take_back(words, part.words)) continue;
      told.is_afternoon = part.is_afternoon;
      return;
    }
  }
}

int take_fraction(Words& words, Language language, Told& told) {
  for (const Language of : {language, Language::en}) {
    for (const Fraction& fraction : kBefore[static_cast<size_t>(of)]) {
      if (!take_front(words, fraction.words)) continue;
      told.is_of_a_half_day = true;
      return fraction.minutes;
    }
    for (const Fraction& fraction : kBehind[static_cast<size_t>(of)]) {
      if (!take_back(words, fraction.words)) continue;
      told.is_of_a_half_day = true;
      return fraction.minutes;
    }
  }
  return 0;
}

std::string two(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}
std::string written(int minutes) {
  const int of_day = (minutes % kDay + kDay) % kDay;
  return two(of_day / kHour) + ":" + two(of_day % kHour);
}

Reading judged(const Told& told, int fraction, std::string_view locale) {
  if (told.hour > 24 || told.minute >= kHour || (told.hour == 24 && told.minute > 0)) return {};
  int minutes = told.hour * kHour + told.minute + fraction;
  const bool may_be_either = told.hour >= 1 && told.hour <= 12;
  if (told.is_afternoon) {
    if (!may_be_either) return {};
    // Midnight is the twelfth hour of the morning.
    const int within = told.hour % 12 * kHour + told.minute + fraction;
    return accepted(written(within + (*told.is_afternoon ? kHalfDay : 0)));
  }
  const bool counts_to_twelve = language_of(locale) == Language::en || told.is_of_a_half_day;
  if (!may_be_either || told.has_leading_zero || !counts_to_twelve ||
      (told.says_24 && !told.is_of_a_half_day)) {
    return accepted(written(minutes));
  }
  minutes = told.hour % 12 * kHour + told.minute + fraction;
  const std::string early = written(minutes), late = written(minutes + kHalfDay);
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
  take_half(words, language, told);
  const int fraction = take_fraction(words, language, told);
  const auto is_clock = [&](const std::string& word) { return in(kClock, word) || word == "min"; };
  // "17 Uhr 30", "17h30", "5 o'clock": the word of the clock stands behind the hour.
  const bool names_clock =
      std::ranges::any_of(words, [&](const std::string& word) { return in(kClock, word); });
  told.says_24 = names_clock && language != Language::en;
  std::erase_if(words, is_clock);
  if (words.empty() || words.size() > 4) return {};
  std::optional<int> minute;
  if (words.size() >= 2 && (minute = figures(words.back(), 2))) {
    if (words.back().size() != 2) return {};
    words.pop_back();
  }
  const auto hour = hour_of(words, locale, told);
  if (!hour) return {};
  told.hour = *hour;
  told.minute = minute.value_or(0);
  return judged(told, fraction, locale);
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
