// Refusals as the JSON channels of this room answer them: {"error", "message"}.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "base/web/web.hpp"
#include "runtime/runtime.hpp"

namespace millrace::channels {

web::Response error_response(int status, std::string_view code, std::string_view message);
// With the status of the error's code, and when to come again.
web::Response error_response(const base::Error& error);
// The same; the runtime says when.
web::Response error_response(const base::Error& error, const runtime::Runtime& refused);

}  // namespace millrace::channels
