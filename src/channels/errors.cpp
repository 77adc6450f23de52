#include "channels/errors.hpp"

#include "base/json.hpp"
#include "base/resilience/shares.hpp"

namespace millrace::channels {
namespace {

web::Response later(const base::Error& error, int seconds) {
  return web::with_retry_after(
      error_response(web::status_of(error.code), base::to_string(error.code), error.message),
      seconds);
}

}  // namespace

web::Response error_response(int status, std::string_view code, std::string_view message) {
  return web::json_response(status,
                            json::serialize(json::object{{"error", code}, {"message", message}}));
}

web::Response error_response(const base::Error& error) {
  return later(error, 1);
}

web::Response error_response(const base::Error& error, const runtime::Runtime& refused) {
  return later(error, refused.retry_after_seconds());
}

}  // namespace millrace::channels
