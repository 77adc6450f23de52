#include "ask/amounts.hpp"

#include <algorithm>

#include "ask/spelled.hpp"
#include "ask/words.hpp"

namespace millrace::ask {
namespace {

constexpr WordLists kMinus = {"minus negative", "menos", "menos", "moins", "minus"};
// Behind a number: and a half.
constexpr std::string_view kAndAHalf[kLanguageCount][2] = {
    {"and a half"}, {"e meio", "e meia"}, {"y medio", "y media"}, {"et demi", "et demie"}, {}};
constexpr WordLists kDozen = {"dozen", "duzia", "docena", "douzaine", "dutzend"};

// "two and a half", "zweieinhalb", "a dozen", "half a dozen".
std::optional<double> halved_or_dozen(std::vector<std::string> words, std::string_view locale) {
  const Language language = language_of(locale);
  const auto number = [&](const std::vector<std::string>& of) -> std::optional<double> {
    if (of.size() == 1) {
      if (const auto digits = figures(of[0], 6)) return *digits;
    }
    const auto spelled = spelled_number(of, locale);
    return spelled ? std::optional(static_cast<double>(*spelled)) : std::nullopt;
  };
  for (const Language of : {language, Language::en}) {
    for (const std::string_view phrase : kAndAHalf[static_cast<size_t>(of)]) {
      auto whole = words;
      if (!take_back(whole, phrase)) continue;
      if (const auto counted = number(whole)) return *counted + 0.5;
    }
  }
  if (language == Language::de && words.size() == 1) {
    if (words[0] == "anderthalb") return 1.5;
    const std::string_view word = words[0];
    if (word.ends_with("einhalb")) {
      const auto counted = spelled_number({std::string(word.substr(0, word.size() - 7))}, locale);
      if (counted) return static_cast<double>(*counted) + 0.5;
    }
  }
  if (words.empty() || !is_listed_here(kDozen, language, words.back())) return std::nullopt;
  words.pop_back();
  constexpr std::string_view kHalf = "half meia media demi ein halbes",
                             kOne = "a one uma una une ein";
  const bool is_half = !words.empty() && std::ranges::all_of(words, [&](const std::string& word) {
    return is_listed(kHalf, word) || word == "a" || word == "une";
  }) && std::ranges::any_of(words, [&](const std::string& word) {
    return is_listed("half meia media demi halbes", word);
  });
  if (is_half) return 6;
  if (words.empty() || (words.size() == 1 && is_listed(kOne, words[0]))) return 12;
  const auto counted = number(words);
  return counted ? std::optional(*counted * 12) : std::nullopt;
}

}  // namespace

std::optional<double> amount_in_words(std::string_view text, std::string_view locale) {
  constexpr size_t kWordsMax = 12;
  auto words = words_of(text);
  if (words.empty() || words.size() > kWordsMax) return std::nullopt;
  const Language language = language_of(locale);
  drop_courtesy_words(words, language);
  const bool is_negative = words.size() > 1 && is_listed_here(kMinus, language, words.front());
  if (is_negative) words.erase(words.begin());
  auto number = halved_or_dozen(words, locale);
  if (!number && is_negative) {
    const auto digits = words.size() == 1 ? figures(words[0], 9) : std::nullopt;
    const auto spelled = digits ? std::optional<int64_t>(*digits) : spelled_number(words, locale);
    if (spelled) number = static_cast<double>(*spelled);
  }
  return number && is_negative ? std::optional(-*number) : number;
}

}  // namespace millrace::ask
