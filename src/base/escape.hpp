// Text written so that it means itself inside another notation. Pure.
#pragma once

#include <string>
#include <string_view>

namespace millrace::base {

// As part of a URL (RFC 3986): everything but unreserved characters becomes %XX. A form writes a
// blank as '+'; web::percent_decode reads both.
std::string percent_encode(std::string_view text, bool blank_is_plus = false);

// As text of HTML or XML; with `quotes` also as the value of an attribute in double quotes.
std::string html_escape(std::string_view text, bool quotes = true);

// What a backslash keeps from being markup.
constexpr bool is_ascii_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

// As part of Markdown: none of it is emphasis, code, a link, a list or a heading. Only what could be
// is escaped, so that most values are written as they are.
std::string markdown_escape(std::string_view text);

}  // namespace millrace::base
