// What the REST calls of the Engagement API share. For engage.cpp and chat_calls.cpp alone.
#pragma once

#include "base/json.hpp"
#include "base/web/web.hpp"

namespace millrace::engage {

// An absent body counts as an empty object: some clients end a chat without one.
base::Result<json::object> read_body(const web::Request& request);

// 401: no access token, or one that is not valid any more.
web::Response unauthenticated();

}  // namespace millrace::engage
