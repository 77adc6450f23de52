#include "braze/front/answers.hpp"

#include "base/json_plain.hpp"

namespace millrace::braze {

json::array errors_json(const std::vector<ItemError>& errors) {
  json::array out;
  for (const ItemError& error : errors) {
    out.push_back(json::object{
        {"type", error.type}, {"input_array", error.input_array}, {"index", error.index}});
  }
  return out;
}

web::Response json_answer(int status, const json::object& body) {
  return web::json_response(status, json::serialize_plain(body));
}

web::Response message_response(int status, std::string_view message) {
  return json_answer(status, json::object{{"message", message}});
}

web::Response nothing_valid(const TrackRequest& request) {
  json::object body{{"message", kNothingValid}};
  if (!request.errors.empty()) body["errors"] = errors_json(request.errors);
  return json_answer(400, body);
}

web::Response accepted(const TrackRequest& request) {
  json::object body;
  if (!request.attributes.empty()) body["attributes_processed"] = request.attributes.size();
  if (!request.events.empty()) body["events_processed"] = request.events.size();
  if (!request.purchases.empty()) body["purchases_processed"] = request.purchases.size();
  body["message"] = "success";
  if (!request.errors.empty()) body["errors"] = errors_json(request.errors);
  return json_answer(201, body);
}

}  // namespace millrace::braze
