#include "base/json_write.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <cstring>
#include <utility>

namespace millrace::json {
namespace {

// How each byte stands in a text: 0 as it is, 'u' as \u00XX, else behind a backslash.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

void append_escaped(std::string& out, unsigned char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '\\';
  out += kEscapes[c];
  if (kEscapes[c] != 'u') return;
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

}  // namespace

void append_text(std::string& out, std::string_view text) {
  out += '"';
  size_t from = 0;
  for (size_t i = 0; i < text.size();) {
    if (text.size() - i >= sizeof(uint64_t) && is_plain(text.data() + i)) {
      i += sizeof(uint64_t);
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i++]);
    if (kEscapes[c] == 0) [[likely]] {
      continue;
    }
    out.append(text, from, i - 1 - from);
    append_escaped(out, c);
    from = i;
  }
  out.append(text, from);
  out += '"';
}

void append(std::string& out, const object& o) {
  out += '{';
  MembersText members(out);
  for (const auto& member : o) append(members.named(member.key()), member.value());
  out += '}';
}

void append(std::string& out, const array& a) {
  out += '[';
  bool is_first = true;
  for (const value& item : a) {
    if (!std::exchange(is_first, false)) out += ',';
    append(out, item);
  }
  out += ']';
}

void append(std::string& out, const value& v) {
  using boost::json::kind;
  switch (v.kind()) {
    case kind::null: out += "null"; return;
    case kind::bool_: out += v.get_bool() ? "true" : "false"; return;
    case kind::int64: append_integer(out, v.get_int64()); return;
    case kind::uint64: append_integer(out, v.get_uint64()); return;
    case kind::double_: out += boost::json::serialize(v); return;
    case kind::string: append_text(out, std::string_view(v.get_string())); return;
    case kind::object: append(out, v.get_object()); return;
    case kind::array: append(out, v.get_array()); return;
  }
}

}  // namespace millrace::json
