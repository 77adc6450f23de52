// Which write key a request has, wherever its client puts it. Pure.
#pragma once

#include <string>

#include "base/json.hpp"
#include "base/web/web.hpp"

namespace millrace::listener {

// Of the headers or the address: Basic's user, a bearer, X-Write-Key, ?writeKey=. "" when there is
// none.
std::string write_key_of(const web::Request& request);
// Of the body: writeKey, api_key, token, an event's properties.token, Snowplow's aid.
std::string write_key_of(const json::value& body);

}  // namespace millrace::listener
