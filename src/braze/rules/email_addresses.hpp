// Which e-mail addresses Braze takes (reference: email-addresses.md). Syntax alone. Pure.
#pragma once

#include <string_view>

namespace millrace::braze {

inline constexpr std::string_view kBadEmail =
    "The value provided for the 'email' field is not a valid email.";

// White space anywhere, and a host of other letters than ASCII's, make it none.
bool is_email(std::string_view text);

}  // namespace millrace::braze
