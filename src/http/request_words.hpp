// The small words of HTTP's grammar (RFC 9110 5.6, RFC 9112 3.2, RFC 3986 3.2.2), as predicates.
#pragma once

#include <string_view>

#include "base/web/web.hpp"

namespace millrace::http {

bool is_token(std::string_view text);
// What a field's value may be made of: no control characters but HTAB.
bool is_field_value(std::string_view text);
// "host", "host:port", "[v6]:port"; a host that is not empty, a port that is one.
bool is_authority(std::string_view text);
// Printable ASCII without blanks and without a fragment.
bool is_target(std::string_view text);
// Fills in path and query; false when the path is not well-formed UTF-8 without NUL.
bool read_target(std::string_view target, web::Request& request);
// The item stands in the comma-separated list, compared without case.
bool list_has(std::string_view list, std::string_view item);

}  // namespace millrace::http
