#include "base/escape.hpp"

#include <algorithm>

namespace millrace::base {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Of a word, as far as emphasis is concerned: any letter beyond ASCII counts.
bool is_of_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_blank_or_end(std::string_view text, size_t at) {
  return at >= text.size() || text[at] == ' ' || text[at] == '\t' || text[at] == '\n';
}

// Whether the character could be markup where it stands; `line` begins the line it is on.
bool is_markup(std::string_view text, size_t at, size_t line) {
  const char before = at == 0 ? '\0' : text[at - 1];
  const char after = at + 1 == text.size() ? '\0' : text[at + 1];
  const std::string_view indent = text.substr(line, at - line);
  const bool opens_line = indent.find_first_not_of(" \t") == std::string_view::npos;
  switch (text[at]) {
    case '\\': return after == '\0' || is_ascii_punctuation(after);
    case '`':
    case '[':
    case ']': return true;
    case '*': return !(before == ' ' && after == ' ');
    case '_': return !(is_of_word(before) && is_of_word(after));
    case '~': return before == '~' || after == '~';
    case ':': return text.substr(at).starts_with("://");
    case '#':
    case '>': return opens_line;
    case '-':
    case '+': return opens_line && is_blank_or_end(text, at + 1);
    case '.':
    case ')':
      return !indent.empty() && std::ranges::all_of(indent, is_digit) &&
             is_blank_or_end(text, at + 1);
    default: return false;
  }
}

}  // namespace

std::string percent_encode(std::string_view text, bool blank_is_plus) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (kUnreserved.contains(c)) {
      out.push_back(c);
    } else if (c == ' ' && blank_is_plus) {
      out.push_back('+');
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string html_escape(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += quotes ? "&quot;" : "\""; break;
      default: out.push_back(c);
    }
  }
  return out;
}

std::string markdown_escape(std::string_view text) {
  std::string out;
  size_t line = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_markup(text, i, line)) out.push_back('\\');
    out.push_back(text[i]);
    if (text[i] == '\n') line = i + 1;
  }
  return out;
}

}  // namespace millrace::base
