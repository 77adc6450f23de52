#include "base/json_write.hpp"

#include <charconv>
#include <cstring>
#include <utility>

namespace millrace::json {
namespace {

void append_escaped(std::string& out, unsigned char c, const Escapes& escapes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '\\';
  out += escapes[c];
  if (escapes[c] != 'u') return;
  out += "00";
  out += kDigits[c >> 4];
  out += kDigits[c & 15];
}

// Whether none of eight bytes needs an escape. Of each byte the high bit is set where it is below
// 0x20, a quotation mark or a backslash, and perhaps behind such a one.
bool is_plain(const char* eight) {
  constexpr uint64_t kEach = 0x0101010101010101;
  uint64_t bytes = 0;
  std::memcpy(&bytes, eight, sizeof bytes);
  const auto zero_in = [](uint64_t word) { return (word - kEach) & ~word; };
  const uint64_t found = ((bytes - kEach * 0x20) & ~bytes) | zero_in(bytes ^ (kEach * '"')) |
                         zero_in(bytes ^ (kEach * '\\'));
  return (found & (kEach * 0x80)) == 0;
}

template <typename Number>
void append_integer(std::string& out, Number number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

}  // namespace

void append_text(std::string& out, std::string_view text, const Style& style) {
  out += '"';
  size_t from = 0;
  for (size_t i = 0; i < text.size();) {
    if (text.size() - i >= sizeof(uint64_t) && is_plain(text.data() + i)) {
      i += sizeof(uint64_t);
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i++]);
    if (style.escapes[c] == 0) [[likely]] {
      continue;
    }
    out.append(text, from, i - 1 - from);
    append_escaped(out, c, style.escapes);
    from = i;
  }
  out.append(text, from);
  out += '"';
}

void append(std::string& out, const object& o, const Style& style) {
  out += '{';
  bool is_first = true;
  for (const auto& member : o) {
    if (!std::exchange(is_first, false)) out += ',';
    append_text(out, std::string_view(member.key()), style);
    out += ':';
    append(out, member.value(), style);
  }
  out += '}';
}

void append(std::string& out, const value& v, const Style& style) {
  using boost::json::kind;
  switch (v.kind()) {
    case kind::null: out += "null"; return;
    case kind::bool_: out += v.get_bool() ? "true" : "false"; return;
    case kind::int64: append_integer(out, v.get_int64()); return;
    case kind::uint64: append_integer(out, v.get_uint64()); return;
    case kind::double_: style.number(out, v.get_double()); return;
    case kind::string: append_text(out, std::string_view(v.get_string()), style); return;
    case kind::object: append(out, v.get_object(), style); return;
    case kind::array: break;
  }
  out += '[';
  bool is_first = true;
  for (const value& item : v.get_array()) {
    if (!std::exchange(is_first, false)) out += ',';
    append(out, item, style);
  }
  out += ']';
}

}  // namespace millrace::json
