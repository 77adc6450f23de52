#include "base/json_plain.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/json_write.hpp"

namespace millrace::json {
namespace {

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

constexpr Style kPlain{escapes_with("\nn\rr\tt\"\"\\\\"), append_plain_number};

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  append_text(out, text, kPlain);
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
  append(out, o, kPlain);
}

void append_plain(std::string& out, const value& v) {
  append(out, v, kPlain);
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
