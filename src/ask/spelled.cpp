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
constexpr std::string_view kLarge[] = {"thousand", "mil",  "tausend", "illi",
                                       "ilha",     "ilho", "illon"};
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

// Larger ones are what ICU reads of them, if it writes the same for that.
std::optional<int64_t> parsed(const std::vector<std::string>& words, Language language) {
  UErrorCode status = U_ZERO_ERROR;
  icu::RuleBasedNumberFormat speller(icu::URBNF_SPELLOUT,
                                     icu::Locale(kTags[static_cast<size_t>(language)]), status);
  if (U_FAILURE(status)) return std::nullopt;
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(joined(words));
  icu::ParsePosition position(0);
  icu::Formattable result;
  speller.parse(text, result, position);
  if (position.getIndex() != text.length() || position.getErrorIndex() >= 0) return std::nullopt;
  const int64_t number = result.getInt64(status);
  if (U_FAILURE(status)) return std::nullopt;
  const bool is_the_same = spelled(speller, speller.getDefaultRuleSetName(), number, language) ==
                           run_together(words, language);
  return is_the_same ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<int64_t> spelled_number(const std::vector<std::string>& words,
                                      std::string_view locale) {
  constexpr size_t kWordsMax = 12;
  if (words.empty() || words.size() > kWordsMax) return std::nullopt;
  const Language own = language_of(locale);
  for (const Language language : {own, Language::en}) {
    const std::string together = run_together(words, language);
    if (together.empty() || together.size() > 100) return std::nullopt;
    if (const auto number = find(table(language).cardinals, together)) return number;
    if (language == Language::de && together.starts_with("hundert")) {
      if (const auto number = find(table(language).cardinals, "ein" + together)) return number;
    }
    // No larger one is without these; what ICU parses with takes long to make.
    const bool is_large =
        std::ranges::any_of(kLarge, [&](std::string_view word) { return together.contains(word); });
    if (is_large) {
      if (const auto number = parsed(words, language)) return number;
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
  const std::string folded(word);
  for (const Language language : {language_of(locale), Language::en}) {
    if (const auto number = find(table(language).ordinals, folded)) return number;
  }
  return std::nullopt;
}

}  // namespace millrace::ask
