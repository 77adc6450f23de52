#include "api/envelope.hpp"

namespace millrace::api {

using base::Code;

int status_of(Code code) {
  switch (code) {
    case Code::invalid_argument: return 400;
    case Code::unauthenticated: return 401;
    case Code::permission_denied: return 403;
    case Code::not_found: return 404;
    case Code::already_exists:
    case Code::failed_precondition: return 409;
    case Code::resource_exhausted: return 429;
    case Code::unimplemented: return 501;
    case Code::unavailable: return 503;
    case Code::deadline_exceeded: return 504;
    case Code::data_loss:
    case Code::internal: break;
  }
  return 500;
}

web::Response refusal(int status, std::string_view type, std::string_view message,
                      std::string_view source) {
  return refusal_with(status, type, message, {}, source);
}

web::Response refusal_with(int status, std::string_view type, std::string_view message,
                           json::object more, std::string_view source) {
  json::object body{{"message", message},
                    {"errors", json::array{json::object{
                                   {"source", source}, {"type", type}, {"message", message}}}}};
  for (auto& member : more) body[member.key()] = std::move(member.value());
  return web::json_response(status, json::serialize(body));
}

web::Response refusal(const base::Error& error) {
  return refusal(status_of(error.code), base::to_string(error.code), error.message, error.where);
}

}  // namespace millrace::api
