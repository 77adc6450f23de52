// UTF-16 as escapes write it, "\\ud83d\\ude00": what JSON and the double quotes of YAML do with
// characters beyond the first 65,536. Pure.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::base {

// Of "\\ud83d".
inline constexpr size_t kUtf16EscapeBytes = 6;

// The unit whose escape the text begins with; nullopt when it begins with none.
inline std::optional<unsigned> escaped_utf16_unit(std::string_view text) {
  if (!text.starts_with("\\u") || text.size() < kUtf16EscapeBytes) return std::nullopt;
  unsigned unit = 0;
  const char* const end = text.data() + kUtf16EscapeBytes;
  const auto [stop, code] = std::from_chars(text.data() + 2, end, unit, 16);
  return code == std::errc() && stop == end ? std::optional(unit) : std::nullopt;
}

// The first half of a pair, and the second.
inline bool is_high_surrogate(std::optional<unsigned> unit) {
  return unit && *unit >> 10 == 0xD800 >> 10;
}
inline bool is_low_surrogate(std::optional<unsigned> unit) {
  return unit && *unit >> 10 == 0xDC00 >> 10;
}

// Appends the character that the two halves are.
inline void append_utf16_pair(std::string& text, unsigned high, unsigned low) {
  const unsigned character = 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
  for (const int shift : {18, 12, 6, 0}) {
    const unsigned lead = shift == 18 ? 0xF0 : 0x80;
    text += static_cast<char>(lead | ((character >> shift) & 0x3F));
  }
}

}  // namespace millrace::base
