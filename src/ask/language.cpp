#include "ask/language.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "ask/known.hpp"
#include "base/text.hpp"

namespace millrace::ask {

namespace {

// A letter or a digit of any script; negative is neither.
bool is_alnum(UChar32 c) {
  if (c >= 0x80) return u_isalnum(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

}  // namespace

bool has_stock_texts(std::string_view locale) {
  const std::string_view language = locale.substr(0, locale.find('-'));
  return language == "en" || language_of(locale) != Language::en;
}

Language language_of(std::string_view locale) {
  const std::string_view tag = locale.substr(0, locale.find_first_of("-_"));
  if (base::equals_ignoring_case(tag, "pt")) return Language::pt;
  if (base::equals_ignoring_case(tag, "es")) return Language::es;
  if (base::equals_ignoring_case(tag, "fr")) return Language::fr;
  if (base::equals_ignoring_case(tag, "de")) return Language::de;
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

std::string fold(std::string_view text) {
  if (base::is_ascii(text)) return base::to_ascii_lower(text);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* apart = icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status)) return base::to_lower(text);
  const icu::UnicodeString letters =
      apart->normalize(icu::UnicodeString::fromUTF8(base::to_lower(text)), status);
  icu::UnicodeString out;
  for (int32_t i = 0; i < letters.length(); i = letters.moveIndex32(i, 1)) {
    const UChar32 c = letters.char32At(i);
    if (c < 0x0300 || c > 0x036F) out.append(c);
  }
  std::string folded;
  out.toUTF8String(folded);
  return folded;
}

std::string ascii_digits(std::string_view text) {
  if (base::is_ascii(text)) return std::string(text);
  std::string out;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < length;) {
    const int32_t begin = at;
    UChar32 c = 0;
    U8_NEXT(bytes, at, length, c);
    const bool is_digit = c >= 0x80 && u_charType(c) == U_DECIMAL_DIGIT_NUMBER;
    if (is_digit) {
      out += static_cast<char>('0' + u_charDigitValue(c));
    } else {
      out.append(text, static_cast<size_t>(begin), static_cast<size_t>(at - begin));
    }
  }
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  const std::string lower = fold(text);
  std::vector<std::string> words;
  std::string word;
  const auto* bytes = reinterpret_cast<const uint8_t*>(lower.data());
  const auto length = static_cast<int32_t>(lower.size());
  for (int32_t at = 0; at < length;) {
    const int32_t begin = at;
    UChar32 c = 0;
    U8_NEXT(bytes, at, length, c);
    if (is_alnum(c)) {
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
