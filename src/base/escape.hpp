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

}  // namespace millrace::base
