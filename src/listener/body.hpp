// The bytes of a request as clients really send them: compressed without saying so, or as a form.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::listener {

// Of a body that was compressed, when it is whole again.
inline constexpr size_t kPlainBytesMax = size_t{4} << 20;

// The JSON in a body, whatever its Content-Type says: gzip is told by its first bytes, and
// "data=..." is a form whose value is JSON or base64 of it. Errors: invalid_argument (it is no
// whole gzip), resource_exhausted (it is longer than kPlainBytesMax).
base::Result<std::string> plain_body(std::string body);

// What gzip compressed. Errors as above.
base::Result<std::string> gunzip(std::string_view bytes, size_t bytes_max);

// Base64 of either alphabet, with padding or without; "" when it is neither.
std::string from_any_base64(std::string_view text);

}  // namespace millrace::listener
