// How many characters a text has as people count them.
#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <memory>

#include "base/text.hpp"

namespace millrace::base {
namespace {

// Whether each code point is a character of its own: letters of Latin alphabets, up to where the
// combining marks begin (U+0300), without controls and the soft hyphen.
bool is_plain_latin(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0xCC || byte == 0x7F || (byte < ' ' && byte != '\n' && byte != '\t')) return false;
    if (byte < 0xC2) continue;
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte == 0xC2 && (next < 0xA0 || next == 0xAD)) return false;
  }
  return true;
}

}  // namespace

size_t grapheme_count(std::string_view text) {
  if (is_plain_latin(text)) return utf8_length(text);
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> breaks(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
  UText utext = UTEXT_INITIALIZER;
  utext_openUTF8(&utext, text.data(), static_cast<int64_t>(text.size()), &status);
  if (U_FAILURE(status)) return utf8_length(text);
  breaks->setText(&utext, status);
  size_t count = 0;
  if (U_SUCCESS(status)) {
    while (breaks->next() != icu::BreakIterator::DONE) ++count;
  }
  utext_close(&utext);
  return count;
}

}  // namespace millrace::base
