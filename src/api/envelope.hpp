// The one form of every refusal: {"message", "errors": [{"source", "type", "message"}]}.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/web/web.hpp"

namespace millrace::api {

int status_of(base::Code code);
// Its place is the error's `where`.
web::Response refusal(const base::Error& error);
web::Response refusal(int status, std::string_view type, std::string_view message,
                      std::string_view source = "");
// With further members, which tell what there is instead.
web::Response refusal_with(int status, std::string_view type, std::string_view message,
                           json::object more, std::string_view source = "");

}  // namespace millrace::api
