#include "ask/language.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/text.hpp"

namespace millrace::ask {

Language language_of(std::string_view locale) {
  const std::string tag = base::to_ascii_lower(locale.substr(0, locale.find_first_of("-_")));
  if (tag == "pt") return Language::pt;
  if (tag == "es") return Language::es;
  if (tag == "fr") return Language::fr;
  if (tag == "de") return Language::de;
  return Language::en;
}

std::string region_of(std::string_view locale) {
  for (const std::string_view part : base::split(locale, '-')) {
    if (part.data() == locale.data() || part.size() != 2) continue;
    std::string region(part);
    for (char& c : region) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return region;
  }
  return {};
}

std::vector<std::string> words_of(std::string_view text) {
  const std::string lower = base::to_lower(text);
  std::vector<std::string> words;
  std::string word;
  const auto* bytes = reinterpret_cast<const uint8_t*>(lower.data());
  const auto length = static_cast<int32_t>(lower.size());
  for (int32_t at = 0; at < length;) {
    const int32_t begin = at;
    UChar32 c = 0;
    U8_NEXT(bytes, at, length, c);
    if (c >= 0 && u_isalnum(c)) {
      word.append(lower, static_cast<size_t>(begin), static_cast<size_t>(at - begin));
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

}  // namespace millrace::ask
