#include "base/json_plain.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace millrace::json {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += kDigits[c >> 4];
  out += kDigits[c & 15];
}

template <typename Number>
void append_integer(std::string& out, Number number) {
  std::array<char, 24> buffer{};
  out.append(buffer.data(),
             std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
}

// 12345 with its point at 3 is 123.45; at -1, 0.012345; at 7, 1234500.0.
void append_with_point(std::string& out, std::string_view digits, int point) {
  const auto count = static_cast<int>(digits.size());
  if (point <= 0) {
    out += "0.";
    out.append(static_cast<size_t>(-point), '0');
    out += digits;
  } else if (point >= count) {
    out += digits;
    out.append(static_cast<size_t>(point - count), '0');
    out += ".0";
  } else {
    out += digits.substr(0, static_cast<size_t>(point));
    out += '.';
    out += digits.substr(static_cast<size_t>(point));
  }
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  size_t from = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') [[likely]] {
      continue;
    }
    out.append(text, from, i - from);
    append_escaped(out, c);
    from = i + 1;
  }
  out.append(text, from);
  out += '"';
}

void append_plain_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  // "-1.2345e+02": what stands before the e are the digits wanted, what stands behind it tells
  // where the point goes.
  std::array<char, 32> buffer{};
  const char* end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                  std::chars_format::scientific)
                        .ptr;
  std::string_view text(buffer.data(), end);
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const size_t e = text.find('e');
  std::string_view power = text.substr(e + 1);
  if (power.front() == '+') power.remove_prefix(1);
  int exponent = 0;
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  std::array<char, 32> digits{text.front()};
  size_t count = 1;
  for (size_t i = 2; i < e; ++i) digits[count++] = text[i];
  append_with_point(out, {digits.data(), count}, exponent + 1);
}

void append_plain(std::string& out, const object& o) {
  out += '{';
  bool is_first = true;
  for (const auto& member : o) {
    if (!std::exchange(is_first, false)) out += ',';
    append_quoted(out, std::string_view(member.key()));
    out += ':';
    append_plain(out, member.value());
  }
  out += '}';
}

void append_plain(std::string& out, const value& v) {
  using boost::json::kind;
  switch (v.kind()) {
    case kind::null: out += "null"; return;
    case kind::bool_: out += v.get_bool() ? "true" : "false"; return;
    case kind::int64: append_integer(out, v.get_int64()); return;
    case kind::uint64: append_integer(out, v.get_uint64()); return;
    case kind::double_: append_plain_number(out, v.get_double()); return;
    case kind::string: append_quoted(out, std::string_view(v.get_string())); return;
    case kind::object: append_plain(out, v.get_object()); return;
    case kind::array: break;
  }
  out += '[';
  bool is_first = true;
  for (const value& item : v.get_array()) {
    if (!std::exchange(is_first, false)) out += ',';
    append_plain(out, item);
  }
  out += ']';
}

std::string serialize_plain(const value& v) {
  std::string out;
  append_plain(out, v);
  return out;
}

std::string serialize_plain(const object& o) {
  std::string out;
  append_plain(out, o);
  return out;
}

}  // namespace millrace::json
