#include <unicode/decimfmt.h>
#include <unicode/numfmt.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include "ask/amounts.hpp"
#include "ask/spelled.hpp"
#include "ask/words.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

constexpr double kLargest = 1e15;  // what a double holds exactly, with room

struct Separators {
  char decimal = '.';
  char group = ',';
};

Separators separators_of(std::string_view locale) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale tag = icu::Locale::forLanguageTag(std::string(locale), status);
  const icu::DecimalFormatSymbols symbols(tag, status);
  if (U_FAILURE(status)) return {};
  const auto decimal = symbols.getConstSymbol(icu::DecimalFormatSymbols::kDecimalSeparatorSymbol);
  if (decimal == icu::UnicodeString(",")) return {',', '.'};
  return {};
}

std::string canonical(double number) {
  char buffer[64];
  const auto [end, code] =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed);
  return code == std::errc() ? std::string(buffer, end) : std::string();
}

// With the digits, blanks, apostrophes and minus signs that people and ICU write as plain ASCII.
std::string plain_marks(std::string_view text) {
  std::string out = ascii_digits(text);
  const auto replace = [&](std::string_view mark, std::string_view by) {
    for (size_t at = 0; (at = out.find(mark, at)) != std::string::npos; at += by.size()) {
      out.replace(at, mark.size(), by);
    }
  };
  for (const std::string_view blank : {"\u00a0", "\u202f", "\u2009", "\u3000"}) {
    replace(blank, " ");
  }
  replace("\u2019", "'");
  replace("\u066c", "'");  // of Arabic figures
  replace("\u066b", ".");
  replace("\u2212", "-");
  return out;
}

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "1.234" without its groups: one to three digits, not beginning with 0, and then threes, all with
// the same mark between them. Digits alone are one group of any length; nothing is "".
std::optional<std::string> ungrouped(std::string_view text, char group) {
  if (all_digits(text)) return std::string(text);
  const auto first_mark = text.find_first_of(std::string{group, ' ', '\''});
  if (first_mark == std::string_view::npos) return std::nullopt;
  const auto groups = base::split(text, text[first_mark]);
  std::string out;
  for (const std::string_view digits : groups) {
    const bool fits = out.empty() ? digits.size() >= 1 && digits.size() <= 3 && digits[0] != '0'
                                  : digits.size() == 3;
    if (!fits || !all_digits(digits)) return std::nullopt;
    out += digits;
  }
  return out;
}

// nullopt unless the text is a number written with exactly these separators.
std::optional<double> number_with(std::string_view text, Separators use) {
  std::string digits = text.starts_with('-') ? "-" : "";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto point = text.find(use.decimal);
  const auto whole = ungrouped(text.substr(0, point), use.group);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (!whole || !all_digits(fraction) || (whole->empty() && fraction.empty())) return std::nullopt;
  digits += whole->empty() ? "0" : *whole;
  if (!fraction.empty()) digits.append(".").append(fraction);
  double number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number,
                                           std::chars_format::fixed);
  if (code != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

// "1.234,50" in the locale's separators; where they make no number of it (1.5 in German), in the
// other ones.
std::optional<double> written_number(std::string_view text, Separators use) {
  if (const auto number = number_with(text, use)) return number;
  return number_with(text, {use.group, use.decimal});
}

// What may stand before a number that counts something, and after it.
constexpr WordLists kLeads = {
    "for i im m am is it its s my age we are were there will be the just only about around of at "
    "make makes approximately roughly aged",
    "por para eu tenho sou somos e sao o a so apenas cerca de uns umas minha idade durante vou ter",
    "por para yo tengo soy somos es son la el solo unos unas mi edad de durante tendre",
    "pour j ai je suis nous sommes c est ce sont l le la age de environ seulement pendant",
    "für fur ich bin wir sind es ist das mein alter nur etwa ungefahr circa ca die der den"};
constexpr WordLists kNoUnits = {
    "or and to till until minus plus times half dozen dozens hundred thousand million billion "
    "trillion more less least most than percentile k nd st rd th",
    "ou e a ate menos mais vezes meio meia metade duzia duzias cem mil milhao milhoes bilhao ou",
    "o u y a hasta menos mas por medio media docena docenas cien mil millon millones",
    "ou et a jusqu moins plus fois demi demie douzaine douzaines cent mille million millions "
    "milliard",
    "oder und bis minus plus mal halb halbe halbes dutzend hundert tausend million millionen mehr "
    "weniger als"};
constexpr WordList kCourtesy =
    "please thanks pls s il vous te plait por favor bitte danke merci obrigado obrigada gracias";
// Written behind the figures without a blank.
constexpr WordList kGluedUnits =
    "kg g mg km m cm mm l ml h hr hrs min s lb lbs oz ft mi yo yrs kwh m2 m² eur usd gbp x";

constexpr WordLists kMinus = {"minus negative", "menos", "menos", "moins", "minus"};
// "Thanks a million" counts nothing.
constexpr WordList kThanks =
    "thanks thank thx apologies sorry pardon danke dank entschuldigung merci mercis excuses "
    "gracias perdon disculpas obrigado obrigada obrigados desculpa desculpas";
constexpr WordList kArticles = "a an one um uma un una une ein eine";

struct Token {
  std::string_view written;
  std::vector<std::string> words;
};

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::string_view piece : base::split(text, ' ')) {
    while (!piece.empty() && std::string_view(",;:!").contains(piece.back()))
      piece.remove_suffix(1);
    if (piece.size() > 1 && piece.ends_with('.')) piece.remove_suffix(1);
    if (!piece.empty()) tokens.push_back({piece, words_of(piece)});
  }
  return tokens;
}

// "5kg" is 5.
std::string_view without_glued_unit(std::string_view token) {
  const auto end = token.find_last_of("0123456789");
  if (end == std::string_view::npos || end + 1 == token.size()) return token;
  const std::string unit = fold(token.substr(end + 1));
  return is_listed(kGluedUnits, unit) ? token.substr(0, end + 1) : token;
}

// "5k": figures, and what multiplies them.
std::optional<double> scaled(std::string_view token, std::string_view locale) {
  const auto end = token.find_last_of("0123456789");
  if (end == std::string_view::npos || end + 1 == token.size()) return std::nullopt;
  const auto by = multiplier(fold(token.substr(end + 1)), locale);
  const auto number =
      by ? written_number(token.substr(0, end + 1), separators_of(locale)) : std::nullopt;
  return number ? std::optional(*number * static_cast<double>(*by)) : std::nullopt;
}

std::optional<double> number_of(const std::vector<Token>& tokens, size_t begin, size_t end,
                                std::string_view locale) {
  if (end == begin + 1) {
    const auto written =
        written_number(without_glued_unit(tokens[begin].written), separators_of(locale));
    if (written) return written;
    if (const auto number = scaled(tokens[begin].written, locale)) return number;
  }
  if (end == begin + 2 && tokens[begin + 1].words.size() == 1) {
    const auto by = multiplier(tokens[begin + 1].words[0], locale);
    const auto number =
        by ? written_number(tokens[begin].written, separators_of(locale)) : std::nullopt;
    if (number) return *number * static_cast<double>(*by);
  }
  std::vector<std::string> words;
  for (size_t i = begin; i < end; ++i) {
    words.insert(words.end(), tokens[i].words.begin(), tokens[i].words.end());
  }
  const auto spelled = spelled_number(words, locale);
  return spelled ? std::optional(static_cast<double>(*spelled)) : std::nullopt;
}

// "2 nights", "we are four people": one number, and around it words that change nothing in it.
std::optional<double> counted(std::string_view text, std::string_view locale) {
  constexpr size_t kTokensMax = 8, kAfterMax = 3;
  if (text.size() > 100) return std::nullopt;
  const Language language = language_of(locale);
  std::vector<Token> tokens = tokens_of(text);
  const auto any_word = [](const Token& token, const WordList& list) {
    return std::ranges::any_of(token.words,
                               [&](const std::string& word) { return is_listed(list, word); });
  };
  const bool thanks =
      std::ranges::any_of(tokens, [&](const Token& token) { return any_word(token, kThanks); });
  std::erase_if(tokens, [](const Token& token) {
    return !token.words.empty() && std::ranges::all_of(token.words, [](const std::string& word) {
      return is_listed(kCourtesy, word);
    });
  });
  if (tokens.empty() || tokens.size() > kTokensMax) return std::nullopt;
  const auto in = [&](const WordLists& lists, const Token& token) {
    return std::ranges::all_of(token.words, [&](const std::string& word) {
      return is_listed_here(lists, language, word);
    });
  };
  for (size_t begin = 0; begin < tokens.size(); ++begin) {
    for (size_t end = tokens.size(); end > begin; --end) {
      const auto number = number_of(tokens, begin, end, locale);
      if (!number) continue;
      const bool is_lone =
          std::all_of(tokens.begin() + static_cast<ptrdiff_t>(begin),
                      tokens.begin() + static_cast<ptrdiff_t>(end), [&](const Token& token) {
                        return any_word(token, kArticles) ||
                               (token.words.size() == 1 && multiplier(token.words[0], locale));
                      });
      if (thanks && is_lone) return std::nullopt;
      for (size_t i = end; i < tokens.size(); ++i) {
        const Token& after = tokens[i];
        if (i - end >= kAfterMax) return std::nullopt;
        const bool has_digit = after.written.find_first_of("0123456789") != std::string_view::npos;
        if (has_digit || after.words.empty() || in(kNoUnits, after) ||
            !denials_in(after.words, language).empty() || number_of(tokens, i, i + 1, locale) ||
            multiplier(after.words[0], locale)) {
          return std::nullopt;
        }
      }
      return number;
    }
    if (!in(kLeads, tokens[begin])) return std::nullopt;
  }
  return std::nullopt;
}

// "minus five": takes the minus off. What follows is all the number then: "moins de dix" is none.
bool take_minus(std::string_view& text, std::string_view locale) {
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos) return false;
  if (!is_listed_here(kMinus, language_of(locale), fold(text.substr(0, blank)))) return false;
  text = base::trim(text.substr(blank));
  return true;
}

}  // namespace

Reading read_number(const Rules& rules, std::string_view answer, std::string_view locale) {
  const std::string plain = plain_marks(answer);
  std::string_view text = base::trim(plain);
  while (text.ends_with('!')) text = base::trim(text.substr(0, text.size() - 1));
  for (const std::string_view sign : {"€", "$", "£", "R$", "%"}) {
    if (text.starts_with(sign)) text = base::trim(text.substr(sign.size()));
    if (text.ends_with(sign)) text = base::trim(text.substr(0, text.size() - sign.size()));
  }
  const bool is_negative = take_minus(text, locale);
  auto number = written_number(text, separators_of(locale));
  if (!number) number = amount_in_words(text, locale);
  if (!number && is_negative) {
    const auto spelled = spelled_number(words_of(text), locale);
    if (spelled) number = static_cast<double>(*spelled);
  } else if (!number) {
    number = counted(text, locale);
  }
  if (number && is_negative) number = *number < 0 ? std::nullopt : std::optional(-*number);
  if (!number || !std::isfinite(*number)) return {};
  if (std::abs(*number) > kLargest) return out_of_range();
  if (rules.whole && *number != std::trunc(*number)) return out_of_range();
  if ((rules.min && *number < *rules.min) || (rules.max && *number > *rules.max)) {
    return out_of_range();
  }
  return accepted(canonical(*number == 0 ? 0 : *number));
}

std::string show_number(std::string_view value, std::string_view locale) {
  double number = 0;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale tag = icu::Locale::forLanguageTag(std::string(locale), status);
  const std::unique_ptr<icu::NumberFormat> format(
      icu::NumberFormat::createInstance(tag, UNUM_DECIMAL, status));
  if (code != std::errc() || end != value.data() + value.size() || U_FAILURE(status)) {
    return std::string(value);
  }
  format->setMaximumFractionDigits(12);
  icu::UnicodeString text;
  format->format(number, text);
  std::string out;
  text.toUTF8String(out);
  return out;
}

}  // namespace millrace::ask
