#include "ask/clock_parts.hpp"

#include <algorithm>

#include "ask/spelled.hpp"
#include "ask/words.hpp"

namespace millrace::ask {
namespace {

using Words = std::vector<std::string>;

constexpr int kHalfHour = 30;

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

// Between minutes and the hour that they come after or before ("ten past five", "fünf vor zwölf"),
// and between the hour and the minutes that are taken from it ("ocho menos diez").
constexpr WordLists kPast = {"past after", "", "", "", "nach"};
constexpr WordLists kTo = {"to", "para", "para", "", "vor"};
constexpr WordLists kLess = {"", "menos", "menos", "moins", ""};
constexpr WordList kArticles = "as a o las la les";

// "half past five", "cinco e meia": takes the fraction away, and leaves the hour.
std::optional<int> take_fraction(Words& words, Language language) {
  for (const Language of : with_english(language)) {
    for (const Fraction& fraction : kBefore[static_cast<size_t>(of)]) {
      if (take_front(words, fraction.words)) return fraction.minutes;
    }
    for (const Fraction& fraction : kBehind[static_cast<size_t>(of)]) {
      if (take_back(words, fraction.words)) return fraction.minutes;
    }
  }
  return std::nullopt;
}

// How many minutes it is before or after an hour: half an hour at most, and, where they are not
// called minutes, as clocks show them. "9 to 5" is no time: in English figures before "to" are
// minutes only when they are called so.
std::optional<int> distance_of(Words words, std::string_view locale, bool is_english_to) {
  drop_listed(words, kArticles);
  const size_t all = words.size();
  drop_listed(words, kMinuteWords);
  const bool says_minutes = words.size() < all;
  const bool is_figure = words.size() == 1 && figures(words[0], 2);
  if (is_english_to && is_figure && !says_minutes) return std::nullopt;
  const auto minutes = number_said(words, locale, 2);
  if (!minutes || *minutes < 1 || *minutes > kHalfHour) return std::nullopt;
  if (!says_minutes && *minutes % 5 != 0) return std::nullopt;
  return static_cast<int>(*minutes);
}

// "ten past five", "huit heures moins dix": takes the minutes away, and leaves the hour.
std::optional<int> take_distance(Words& words, std::string_view locale) {
  const Language language = language_of(locale);
  for (size_t i = 1; i + 1 < words.size(); ++i) {
    const auto in = [&](const WordLists& lists) {
      return is_listed_here(lists, language, words[i]);
    };
    const bool is_past = in(kPast), is_less = in(kLess);
    if (!is_past && !is_less && !in(kTo)) continue;
    Words hour(words.begin(), words.begin() + static_cast<ptrdiff_t>(i));
    Words minutes(words.begin() + static_cast<ptrdiff_t>(i) + 1, words.end());
    if (!is_less) std::swap(hour, minutes);
    const bool is_english =
        is_listed(kPast, Language::en, words[i]) || is_listed(kTo, Language::en, words[i]);
    const auto distance = distance_of(std::move(minutes), locale, is_english && !is_past);
    if (!distance) continue;
    drop_listed(hour, kArticles);
    // Nobody says "five to twenty" of a time.
    if (is_english && number_said(hour, locale, 2).value_or(0) > 12) continue;
    words = std::move(hour);
    return is_past ? *distance : -*distance;
  }
  return std::nullopt;
}

}  // namespace

std::optional<bool> take_half_of_day(Words& words, Language language) {
  for (const auto& [marks, is_afternoon] :
       {std::pair{"p m", true}, {"pm", true}, {"a m", false}, {"am", false}}) {
    if (take_back(words, marks)) return is_afternoon;
  }
  for (const Language of : with_english(language)) {
    for (const Part& part : kParts[static_cast<size_t>(of)]) {
      if (take_back(words, part.words)) return part.is_afternoon;
    }
  }
  return std::nullopt;
}

std::optional<int> take_offset(Words& words, std::string_view locale) {
  const auto fraction = take_fraction(words, language_of(locale));
  return fraction ? fraction : take_distance(words, locale);
}

}  // namespace millrace::ask
