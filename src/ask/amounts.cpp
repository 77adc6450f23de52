#include "ask/amounts.hpp"

#include "ask/spelled.hpp"
#include "ask/words.hpp"

namespace millrace::ask {
namespace {

using Words = std::vector<std::string>;

constexpr size_t kDigitsMax = 6;
// Behind a number: and a half.
constexpr std::string_view kAndAHalf[kLanguageCount][2] = {
    {"and a half"}, {"e meio", "e meia"}, {"y medio", "y media"}, {"et demi", "et demie"}, {}};
constexpr WordLists kDozen = {"dozen dozens", "duzia duzias", "docena docenas",
                              "douzaine douzaines", "dutzend"};
constexpr WordList kHalves = "half meia media demi halbes";
constexpr WordList kArticles = "a an one uma una une ein";

// "two and a half", "zweieinhalb", "a million and a half", whose half is of the million.
std::optional<double> with_a_half(const Words& words, std::string_view locale) {
  const Language language = language_of(locale);
  for (const Language of : with_english(language)) {
    for (const std::string_view phrase : kAndAHalf[static_cast<size_t>(of)]) {
      Words whole = words;
      if (!take_back(whole, phrase)) continue;
      const auto number = number_said(whole, locale, kDigitsMax);
      if (!number) continue;
      const auto unit = static_cast<double>(multiplier(whole.back(), locale).value_or(1));
      return static_cast<double>(*number) + unit / 2;
    }
  }
  if (language != Language::de || words.size() != 1) return std::nullopt;
  if (words[0] == "anderthalb") return 1.5;
  constexpr std::string_view kGlued = "einhalb";
  const std::string_view word = words[0];
  if (!word.ends_with(kGlued)) return std::nullopt;
  const auto number =
      spelled_number({std::string(word.substr(0, word.size() - kGlued.size()))}, locale);
  return number ? std::optional(static_cast<double>(*number) + 0.5) : std::nullopt;
}

// "a dozen", "half a dozen", "two dozen".
std::optional<double> dozens(Words words, std::string_view locale) {
  if (!is_listed_here(kDozen, language_of(locale), words.back())) return std::nullopt;
  words.pop_back();
  const bool is_half =
      std::erase_if(words, [](const std::string& word) { return is_listed(kHalves, word); }) > 0;
  const bool is_one = words.empty() || (words.size() == 1 && is_listed(kArticles, words[0]));
  if (is_one) return is_half ? 6 : 12;
  const auto count = is_half ? std::nullopt : number_said(words, locale, kDigitsMax);
  return count ? std::optional(static_cast<double>(*count) * 12) : std::nullopt;
}

}  // namespace

std::optional<double> amount_in_words(std::string_view text, std::string_view locale) {
  constexpr size_t kWordsMax = 12;
  Words words = words_of(text);
  if (words.empty() || words.size() > kWordsMax) return std::nullopt;
  drop_courtesy_words(words, language_of(locale));
  if (const auto number = with_a_half(words, locale)) return number;
  if (const auto by = words.size() > 1 ? multiplier(words.back(), locale) : std::nullopt) {
    const auto times = with_a_half(Words(words.begin(), words.end() - 1), locale);
    if (times) return *times * static_cast<double>(*by);
  }
  return dozens(std::move(words), locale);
}

}  // namespace millrace::ask
