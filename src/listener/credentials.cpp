#include "listener/credentials.hpp"

#include "base/text.hpp"
#include "listener/body.hpp"

namespace millrace::listener {
namespace {

std::string before_colon(std::string_view text) {
  return std::string(text.substr(0, text.find(':')));
}

std::string key_of_event(const json::value& value) {
  if (!value.is_object()) return {};
  const json::object& event = value.get_object();
  for (const std::string_view name : {"writeKey", "api_key", "token", "$token", "aid"}) {
    if (const auto key = json::get_string(event, name); key && !key->empty()) {
      return std::string(*key);
    }
  }
  const json::object* properties = json::get_object(event, "properties");
  return std::string(properties ? json::get_string(*properties, "token").value_or("") : "");
}

}  // namespace

std::string write_key_of(const web::Request& request) {
  constexpr std::string_view kBasic = "basic ";
  const auto authorization = request.header("Authorization");
  if (authorization && base::to_ascii_lower(authorization->substr(0, kBasic.size())) == kBasic) {
    const std::string pair = from_any_base64(base::trim(authorization->substr(kBasic.size())));
    if (!pair.empty()) return before_colon(pair);
  }
  if (const auto bearer = request.bearer_token()) return std::string(*bearer);
  if (const auto key = request.header("X-Write-Key")) return before_colon(*key);
  for (const std::string_view name : {"writeKey", "api_key", "token"}) {
    if (auto key = request.query_parameter(name); key && !key->empty()) return *key;
  }
  return {};
}

std::string write_key_of(const json::value& body) {
  std::string key = key_of_event(body);
  if (!key.empty()) return key;
  const json::array* events = body.is_array() ? &body.get_array() : nullptr;
  if (body.is_object()) {
    events = json::get_array(body.get_object(), "batch");
    if (!events) events = json::get_array(body.get_object(), "data");
  }
  return events && !events->empty() ? key_of_event((*events)[0]) : std::string();
}

}  // namespace millrace::listener
