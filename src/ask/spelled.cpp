#include "ask/spelled.hpp"

#include <unicode/rbnf.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "ask/words.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

constexpr int kTableMax = 1'000;
constexpr int kOrdinalMax = 31;
constexpr WordLists kAnd = {"and", "e", "y", "et", ""};
constexpr const char* kTags[kLanguageCount] = {"en", "pt", "es", "fr", "de"};

// The words of it run together, without what only links them.
std::string run_together(const std::vector<std::string>& words, Language language) {
  std::string out;
  for (const std::string& word : words) {
    if (!is_listed(kAnd, language, word)) out += word;
  }
  return out;
}

std::string spelled(icu::RuleBasedNumberFormat& speller, const icu::UnicodeString& rules, int64_t n,
                    Language language) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString text;
  icu::FieldPosition ignored(icu::FieldPosition::DONT_CARE);
  speller.format(n, rules, text, ignored, status);
  if (U_FAILURE(status)) return {};
  text.findAndReplace(icu::UnicodeString(u'\u00ad'), icu::UnicodeString());  // German has them
  std::string utf8;
  text.toUTF8String(utf8);
  return run_together(words_of(utf8), language);
}

struct Table {
  std::unordered_map<std::string, int> cardinals;
  std::unordered_map<std::string, int> ordinals;
};

Table table_of(Language language) {
  Table table;
  UErrorCode status = U_ZERO_ERROR;
  icu::RuleBasedNumberFormat speller(icu::URBNF_SPELLOUT,
                                     icu::Locale(kTags[static_cast<size_t>(language)]), status);
  if (U_FAILURE(status)) return table;
  for (int32_t i = 0; i < speller.getNumberOfRuleSetNames(); ++i) {
    const icu::UnicodeString rules = speller.getRuleSetName(i);
    const bool is_ordinal = rules.startsWith(u"%spellout-ordinal");
    const bool is_cardinal = rules.startsWith(u"%spellout-cardinal") ||
                             rules == icu::UnicodeString(u"%spellout-numbering");
    for (int n = is_ordinal ? 1 : 0; is_ordinal && n <= kOrdinalMax; ++n) {
      table.ordinals.try_emplace(spelled(speller, rules, n, language), n);
    }
    for (int n = 0; is_cardinal && n <= kTableMax; ++n) {
      table.cardinals.try_emplace(spelled(speller, rules, n, language), n);
    }
  }
  return table;
}

const Table& table(Language language) {
  static const std::array<Table, kLanguageCount> kTables = [] {
    std::array<Table, kLanguageCount> tables;
    for (size_t i = 0; i < kLanguageCount; ++i) tables[i] = table_of(static_cast<Language>(i));
    return tables;
  }();
  return kTables[static_cast<size_t>(language)];
}

std::optional<int> find(const std::unordered_map<std::string, int>& in, const std::string& word) {
  const auto found = in.find(word);
  return found == in.end() ? std::nullopt : std::optional(found->second);
}

// What multiplies the number before it: in words, where one that begins like another stands before
// it, and as it is shortened behind figures.
struct Multiplier {
  std::string_view words[2];
  WordList shortened = "";
  int64_t by;
};
constexpr int64_t kThousand = 1'000, kMillion = kThousand * kThousand;
constexpr int64_t kMilliard = kThousand * kMillion, kBillion = kMillion * kMillion;
// The larger ones first. A billion is a thousand millions in English and in Brazil, and a million
// of them elsewhere; Portugal's is written in another way than Brazil's.
constexpr Multiplier kMultipliers[kLanguageCount][5] = {
    {{{"trillion"}, "", kBillion},
     {{"billion"}, "bn", kMilliard},
     {{"million"}, "", kMillion},
     {{"thousand"}, "k", kThousand}},
    {{{"trilhoes", "trilhao"}, "", kBillion},
     {{"bilioes", "biliao"}, "", kBillion},
     {{"bilhoes", "bilhao"}, "bi", kMilliard},
     {{"milhoes", "milhao"}, "mi", kMillion},
     {{"mil"}, "k", kThousand}},
    {{{"billones", "billon"}, "", kBillion},
     {{"millardos", "millardo"}, "", kMilliard},
     {{"millones", "millon"}, "", kMillion},
     {{"mil"}, "k", kThousand}},
    {{{"billions", "billion"}, "", kBillion},
     {{"milliards", "milliard"}, "mrd", kMilliard},
     {{"millions", "million"}, "mio", kMillion},
     {{"mille"}, "k", kThousand}},
    {{{"billionen", "billion"}, "", kBillion},
     {{"milliarden", "milliarde"}, "mrd", kMilliard},
     {{"millionen", "million"}, "mio", kMillion},
     {{"tausend"}, "tsd k", kThousand}}};
// One of what multiplies: "a hundred", "um milhão", "eine Million".
constexpr WordLists kOne = {"a an", "um", "un", "un", "ein eine"};

std::optional<int64_t> small(std::string_view together, Language language) {
  const auto& cardinals = table(language).cardinals;
  std::string text(together);
  if (const auto number = find(cardinals, text)) return number;
  if (language == Language::de && text.starts_with("hundert")) return find(cardinals, "ein" + text);
  if (language == Language::en && text.starts_with("ahundred")) {
    return find(cardinals, "one" + text.substr(1));
  }
  if (language == Language::fr) return find(cardinals, text + "s");  // deux cent mille
  return std::nullopt;
}

// "onethousandtwohundred": what stands before the largest multiplier, times it, and the rest.
// English counts no thousands of millions, as "dos mil millones" does.
std::optional<int64_t> composed(std::string_view together, Language language, int64_t below) {
  const int64_t times_below = language == Language::en ? kThousand : kMillion;
  for (const Multiplier& each : kMultipliers[static_cast<size_t>(language)]) {
    if (each.by == 0 || each.by >= below) continue;
    for (const std::string_view word : each.words) {
      const auto at = word.empty() ? std::string_view::npos : together.find(word);
      if (at == std::string_view::npos) continue;
      const std::string_view before = together.substr(0, at);
      const std::string_view rest = together.substr(at + word.size());
      const bool is_one = before.empty() || is_listed(kOne, language, before);
      const auto times = is_one ? std::optional<int64_t>(1)
                                : composed(before, language, std::min(each.by, times_below));
      const auto added =
          rest.empty() ? std::optional<int64_t>(0) : composed(rest, language, each.by);
      if (times && *times > 0 && added) return *times * each.by + *added;
    }
  }
  const auto number = small(together, language);
  return number && *number < below ? number : std::nullopt;
}

}  // namespace

std::optional<int64_t> spelled_number(const std::vector<std::string>& words,
                                      std::string_view locale) {
  constexpr size_t kWordsMax = 12;
  if (words.empty() || words.size() > kWordsMax) return std::nullopt;
  const Language own = language_of(locale);
  for (const Language language : with_english(own)) {
    const std::string together = run_together(words, language);
    if (together.empty() || together.size() > 100) return std::nullopt;
    if (const auto number = composed(together, language, INT64_MAX)) return number;
  }
  return std::nullopt;
}

std::optional<int64_t> number_said(const std::vector<std::string>& words, std::string_view locale,
                                   size_t digits_max) {
  if (words.size() == 1) {
    if (const auto number = figures(words[0], digits_max)) return *number;
  }
  return spelled_number(words, locale);
}

std::optional<int64_t> multiplier(std::string_view word, std::string_view locale) {
  for (const Language language : with_english(language_of(locale))) {
    for (const Multiplier& each : kMultipliers[static_cast<size_t>(language)]) {
      const bool is_it = std::ranges::find(each.words, word) != std::end(each.words) ||
                         is_listed(each.shortened, word);
      if (is_it && !word.empty()) return each.by;
    }
  }
  return std::nullopt;
}

std::optional<int> ordinal(std::string_view word, std::string_view locale) {
  const size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
  if (digits > 0 && digits <= 2 && digits < word.size()) {
    constexpr WordLists kEndings = {"st nd rd th", "º ª o a", "º ª o a er ro ra",
                                    "er ere re e eme ème", "te ten ter"};
    const std::string_view ending = word.substr(digits);
    const auto number = figures(word.substr(0, digits), 2);
    const bool is_ordinal = is_listed_here(kEndings, language_of(locale), ending);
    if (!is_ordinal || word[0] == '0' || *number > kOrdinalMax) return std::nullopt;
    return number;
  }
  std::string folded(word);
  std::erase(folded, ' ');
  for (const Language language : with_english(language_of(locale))) {
    if (const auto number = find(table(language).ordinals, folded)) return number;
  }
  return std::nullopt;
}

}  // namespace millrace::ask
