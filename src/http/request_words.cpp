#include "http/request_words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace millrace::http {
namespace {

constexpr bool is_alpha_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// By byte: whether a method or a header's name may have it.
constexpr std::array<bool, 256> kInToken = [] {
  std::array<bool, 256> in{};
  for (int c = 0; c < 128; ++c)
    in[static_cast<size_t>(c)] = is_alpha_or_digit(static_cast<char>(c));
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) in[static_cast<uint8_t>(c)] = true;
  return in;
}();

bool is_port(std::string_view text) {
  if (text.empty()) return true;  // "host:" is allowed by RFC 3986 3.2.3
  if (text.size() > 5 || !std::ranges::all_of(text, is_digit)) return false;
  int port = 0;
  for (const char c : text) port = port * 10 + (c - '0');
  return port <= 65'535;
}

bool is_reg_name(std::string_view text) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=";
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_alpha_or_digit(text[i]) && kOthers.find(text[i]) == kOthers.npos) {
      return false;
    }
  }
  return !text.empty();
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return kInToken[static_cast<uint8_t>(c)]; });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool is_authority(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos || end < 3) return false;
    const auto literal = text.substr(1, end - 1);
    if (!std::ranges::all_of(literal, [](char c) { return is_hex(c) || c == ':' || c == '.'; })) {
      return false;
    }
    const auto rest = text.substr(end + 1);
    return rest.empty() || (rest.starts_with(':') && is_port(rest.substr(1)));
  }
  const auto colon = text.find(':');
  if (colon == text.npos) return is_reg_name(text);
  return is_reg_name(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

bool is_target(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

bool read_target(std::string_view target, web::Request& request) {
  const auto question = target.find('?');
  request.path = web::percent_decode(target.substr(0, question), false);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  return request.path.find('\0') == std::string::npos && base::is_valid_utf8(request.path);
}

bool list_has(std::string_view list, std::string_view item) {
  return std::ranges::any_of(base::split(list, ','), [&](std::string_view one) {
    return base::equals_ignoring_case(base::trim(one), item);
  });
}

}  // namespace millrace::http
