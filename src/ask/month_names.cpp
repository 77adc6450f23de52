#include "ask/month_names.hpp"

#include <unicode/dtfmtsym.h>

#include <set>

#include "ask/language.hpp"

namespace millrace::ask {

MonthNames::MonthNames(std::string_view locale) {
  for (const std::string_view tag : {locale, std::string_view("en")}) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Locale where = icu::Locale::forLanguageTag(std::string(tag), status);
    const icu::DateFormatSymbols symbols(where, status);
    if (U_FAILURE(status)) continue;
    for (const auto width : {icu::DateFormatSymbols::WIDE, icu::DateFormatSymbols::ABBREVIATED}) {
      int32_t count = 0;
      const icu::UnicodeString* names =
          symbols.getMonths(count, icu::DateFormatSymbols::FORMAT, width);
      for (int32_t i = 0; i < count; ++i) {
        std::string name;
        names[i].toUTF8String(name);
        auto parts = words_of(name);
        if (parts.size() != 1) continue;
        names_.push_back({std::move(parts[0]), i + 1, width == icu::DateFormatSymbols::WIDE});
      }
    }
  }
}

std::optional<int> MonthNames::find(std::string_view word) const {
  std::set<int> by_beginning;
  for (const Name& name : names_) {
    if (name.word == word) return name.month;
    if (name.is_wide && word.size() >= 3 && name.word.starts_with(word)) {
      by_beginning.insert(name.month);
    }
  }
  return by_beginning.size() == 1 ? std::optional(*by_beginning.begin()) : std::nullopt;
}

}  // namespace millrace::ask
