#include "nlu/text/words.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <array>

#include "base/text.hpp"

namespace millrace::nlu {
namespace {

enum class Kind : uint8_t { letter, joiner, blank, mark };

// What becomes of a code point.
struct Folding {
  Kind kind = Kind::blank;
  std::string kept, folded;
};

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

Kind kind_of(UChar32 c) {
  if (c == 0x200D || c == 0xFE0F || c == 0x00AD) return Kind::joiner;
  switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_COMBINING_SPACING_MARK: return Kind::joiner;
    case U_UPPERCASE_LETTER:
    case U_LOWERCASE_LETTER:
    case U_TITLECASE_LETTER:
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
    case U_DECIMAL_DIGIT_NUMBER:
    case U_LETTER_NUMBER:
    case U_OTHER_NUMBER: return Kind::letter;
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_SPACE_SEPARATOR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_SURROGATE:
    case U_UNASSIGNED:
    case U_PRIVATE_USE_CHAR: return Kind::blank;
    default: return Kind::mark;
  }
}

std::string without_accents(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* decompose = icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status)) return text;
  const icu::UnicodeString apart = decompose->normalize(icu::UnicodeString::fromUTF8(text), status);
  if (U_FAILURE(status)) return text;
  icu::UnicodeString bare;
  for (int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
    const UChar32 c = apart.char32At(i);
    if (u_charType(c) == U_NON_SPACING_MARK) continue;
    switch (c) {
      case 0xF8: bare.append(static_cast<UChar32>('o')); break;
      case 0x142: bare.append(static_cast<UChar32>('l')); break;
      case 0x131: bare.append(static_cast<UChar32>('i')); break;
      case 0x153: bare.append(icu::UnicodeString(u"oe")); break;
      case 0xE6: bare.append(icu::UnicodeString(u"ae")); break;
      default: bare.append(c);
    }
  }
  return to_utf8(bare);
}

Folding make_folding(UChar32 c) {
  Folding out;
  out.kind = kind_of(c);
  UErrorCode status = U_ZERO_ERROR;
  const auto* casefold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  const icu::UnicodeString one(c);
  out.kept = U_FAILURE(status) ? to_utf8(one) : to_utf8(casefold->normalize(one, status));
  if (c == 0xFE0F || c == 0x200D) out.kept = to_utf8(one);
  out.folded = without_accents(out.kept);
  return out;
}

// Latin, Greek and Cyrillic are looked up; the others are asked of ICU each time.
constexpr UChar32 kTabled = 0x530;

const std::array<Folding, kTabled>& table() {
  static const auto made = [] {
    std::array<Folding, kTabled> all;
    for (UChar32 c = 0; c < kTabled; ++c) all[static_cast<size_t>(c)] = make_folding(c);
    return all;
  }();
  return made;
}

template <typename F>
void for_each_folding(std::string_view text, F f) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto length = static_cast<int64_t>(text.size());
  for (int64_t i = 0; i < length;) {
    const auto begin = static_cast<size_t>(i);
    UChar32 c = 0;
    U8_NEXT(bytes, i, length, c);
    const auto end = static_cast<size_t>(i);
    if (c < 0) {
      if (!f(Folding{}, begin, end)) return;
    } else if (c < kTabled) {
      if (!f(table()[static_cast<size_t>(c)], begin, end)) return;
    } else if (!f(make_folding(c), begin, end)) {
      return;
    }
  }
}

// Accents that were typed as characters of their own are put onto their letters.
void compose(Word& word) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* nfc = icu::Normalizer2::getNFCInstance(status);
  const auto composed = nfc->normalize(icu::UnicodeString::fromUTF8(word.kept), status);
  if (U_SUCCESS(status)) word.kept = to_utf8(composed);
}

class Cutter {
 public:
  bool take(const Folding& folding, size_t begin, size_t end) {
    switch (folding.kind) {
      case Kind::blank: is_open_ = false; return true;
      case Kind::joiner:
        if (words_.empty() || words_.back().end != begin) return true;
        extend(folding, end);
        has_joiner_ = true;
        return true;
      case Kind::mark: is_open_ = false; break;
      case Kind::letter:
        if (!is_open_) break;
        extend(folding, end);
        return true;
    }
    return open(folding, begin, end);
  }

  std::vector<Word> take_words() {
    if (has_joiner_) {
      for (Word& word : words_) {
        if (!base::is_ascii(word.kept)) compose(word);
      }
    }
    return std::move(words_);
  }

 private:
  bool open(const Folding& folding, size_t begin, size_t end) {
    if (words_.size() == kWordsMax) return false;
    const bool is_glued = !words_.empty() && words_.back().end == begin;
    words_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end),
                      folding.kind == Kind::mark, is_glued, folding.kept, folding.folded});
    is_open_ = folding.kind == Kind::letter;
    return true;
  }

  void extend(const Folding& folding, size_t end) {
    Word& word = words_.back();
    word.end = static_cast<uint32_t>(end);
    if (word.kept.size() + folding.kept.size() > kWordBytesMax) return;
    word.kept += folding.kept;
    word.folded += folding.folded;
  }

  std::vector<Word> words_;
  bool is_open_ = false;
  bool has_joiner_ = false;
};

}  // namespace

std::vector<Word> words_of(std::string_view text) {
  Cutter cutter;
  for_each_folding(text, [&](const Folding& folding, size_t begin, size_t end) {
    return cutter.take(folding, begin, end);
  });
  return cutter.take_words();
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_folding(text, [&](const Folding& folding, size_t begin, size_t end) {
    if (folding.kind == Kind::blank) {
      out.append(text.substr(begin, end - begin));
    } else {
      out += folding.folded;
    }
    return true;
  });
  return out;
}

}  // namespace millrace::nlu
