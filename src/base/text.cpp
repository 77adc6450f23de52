#include "base/text.hpp"

#include <unicode/bytestream.h>
#include <unicode/idna.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <span>

namespace millrace::base {
namespace {

bool is_ascii_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_ascii_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Calls f(code point, begin, end) for each code point; stops and answers false at a malformed one.
template <typename F>
bool for_each_code_point(std::string_view text, F f) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto length = static_cast<int64_t>(text.size());
  for (int64_t i = 0; i < length;) {
    const int64_t begin = i;
    UChar32 c = 0;
    U8_NEXT(bytes, i, length, c);
    if (c < 0) return false;
    f(c, static_cast<size_t>(begin), static_cast<size_t>(i));
  }
  return true;
}

bool is_host_label(std::string_view label) {
  if (label.empty() || label.size() > 63) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](char c) { return is_ascii_alnum(c) || c == '-'; });
}

bool is_blank(UChar32 c) {
  // Tags end the flags of regions, and are seen.
  const bool is_tag = c >= 0xE0000 && c <= 0xE007F;
  constexpr UChar32 kFillers[] = {0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0};
  return u_isUWhiteSpace(c) || (u_charType(c) == U_FORMAT_CHAR && !is_tag) ||
         std::ranges::find(kFillers, c) != std::end(kFillers);
}

bool is_dot_atom(std::string_view text) {
  constexpr std::string_view kSpecials = "!#$%&'*+-/=?^_`{|}~";
  const bool has_empty_atom = text.starts_with('.') || text.ends_with('.') || text.contains("..");
  if (text.empty() || text.size() > 64 || has_empty_atom) return false;
  bool fits = true;
  const bool is_utf8 = for_each_code_point(text, [&](UChar32 c, size_t, size_t) {
    const auto ascii = static_cast<char>(c);
    fits &= c < 0x80 ? is_ascii_alnum(ascii) || ascii == '.' || kSpecials.contains(ascii)
                     : !is_blank(c) && !u_iscntrl(c) && c != 0xFFFD;
  });
  return is_utf8 && fits;
}

// "münchen.de" as "xn--mnchen-3ya.de".
std::optional<std::string> in_punycode(std::string_view host) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::IDNA> idna(
      icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI |
                                         UIDNA_CHECK_CONTEXTJ | UIDNA_USE_STD3_RULES,
                                     status));
  if (U_FAILURE(status)) return std::nullopt;
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  icu::IDNAInfo info;
  idna->nameToASCII_UTF8({host.data(), static_cast<int32_t>(host.size())}, sink, info, status);
  if (U_FAILURE(status) || info.hasErrors()) return std::nullopt;
  return out;
}

}  // namespace

// Without a way out in the middle, so that it takes many bytes at once.
bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_ascii_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_ascii_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view trim_blank(std::string_view text) {
  const auto is_seen = [](char c) { return c > ' ' && c < 0x7F; };
  if (!text.empty() && is_seen(text.front()) && is_seen(text.back())) return text;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto length = static_cast<int32_t>(text.size());
  int32_t begin = 0, end = length;
  for (int32_t at = 0; at < length; begin = at) {
    UChar32 c = 0;
    U8_NEXT(bytes, at, length, c);
    if (c < 0 || !is_blank(c)) break;
  }
  for (int32_t at = end; at > begin; end = at) {
    UChar32 c = 0;
    U8_PREV(bytes, begin, at, c);
    if (c < 0 || !is_blank(c)) break;
  }
  return text.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const auto at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> split_at_blanks(std::string_view text) {
  std::vector<std::string_view> pieces;
  size_t begin = 0;
  const auto add = [&](size_t end) {
    if (end > begin) pieces.push_back(text.substr(begin, end - begin));
  };
  for_each_code_point(text, [&](UChar32 c, size_t at, size_t end) {
    if (!u_isUWhiteSpace(c)) return;
    add(at);
    begin = end;
  });
  add(text.size());
  return pieces;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::string to_ascii_lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), ascii_lower);
  return out;
}

std::string to_lower(std::string_view text) {
  if (is_ascii(text)) return to_ascii_lower(text);
  const icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
  std::string out;
  icu::UnicodeString::fromUTF8(piece).toLower(icu::Locale::getRoot()).toUTF8String(out);
  return out;
}

bool is_valid_utf8(std::string_view text) {
  return is_ascii(text) || for_each_code_point(text, [](UChar32, size_t, size_t) {});
}

size_t utf8_length(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view utf8_prefix(std::string_view text, size_t max) {
  if (text.size() <= max) return text;
  size_t seen = 0;
  size_t end = text.size();
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (seen == max) {
      end = i;
      break;
    }
    ++seen;
  }
  return text.substr(0, end);
}

std::string clean_user_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_code_point(text, [&](UChar32 c, size_t begin, size_t end) {
    const bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
    if (!control) out.append(text.substr(begin, end - begin));
  });
  return std::string(trim_blank(out));
}

std::string squash(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (is_ascii(text)) {
    for (const char c : text) {
      if (is_ascii_alnum(c)) out += ascii_lower(c);
    }
    return out;
  }
  const std::string lower = to_lower(text);
  for_each_code_point(lower, [&](UChar32 c, size_t begin, size_t end) {
    if (u_isalnum(c) || (u_charType(c) == U_NON_SPACING_MARK))
      out.append(lower, begin, end - begin);
  });
  return out;
}

std::optional<std::string> email_address(std::string_view text) {
  constexpr size_t kBytesMax = 254;
  if (text.size() > kBytesMax) return std::nullopt;
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || !is_dot_atom(text.substr(0, at))) return std::nullopt;
  std::string host(text.substr(at + 1));
  if (!is_ascii(host)) {
    auto ascii = in_punycode(host);
    if (!ascii) return std::nullopt;
    host = std::move(*ascii);
  }
  const size_t last_dot = host.rfind('.');
  if (last_dot == std::string::npos) return std::nullopt;
  for (size_t begin = 0; begin <= host.size();) {
    const size_t end = std::min(host.find('.', begin), host.size());
    if (!is_host_label(std::string_view(host).substr(begin, end - begin))) return std::nullopt;
    begin = end + 1;
  }
  const std::string_view last = std::string_view(host).substr(last_dot + 1);
  const bool digits_only = std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
  if (last.size() < 2 || digits_only) return std::nullopt;
  std::string address = std::string(text.substr(0, at + 1)) + host;
  return address.size() > kBytesMax ? std::nullopt : std::optional(std::move(address));
}

size_t edit_distance(std::string_view a, std::string_view b) {
  // Of a word or a label without asking for memory.
  std::array<size_t, 64> few{};
  std::vector<size_t> many(b.size() < few.size() ? 0 : b.size() + 1);
  const std::span<size_t> row = many.empty() ? std::span(few).first(b.size() + 1) : std::span(many);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  const auto value = [](char c) {
    const char lower = ascii_lower(c);
    if (lower >= '0' && lower <= '9') return lower - '0';
    if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
    return -1;
  };
  std::string out;
  out.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = value(text[i]);
    const int low = value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

}  // namespace millrace::base
