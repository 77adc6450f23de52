#include "app/wire/completions.hpp"

#include "base/json.hpp"
#include "base/resilience/shares.hpp"

namespace millrace::app {
namespace {

constexpr std::string_view kPath = "/actions/v1/completions/";

web::Response refused(int status, std::string_view message) {
  return web::json_response(status, json::serialize(json::object{{"message", message}}));
}

}  // namespace

void Completions::handle(web::Request request, web::Respond respond) {
  if (request.method != "POST") {
    auto response = refused(405, "POST the result as a JSON object");
    response.headers.push_back({"Allow", "POST"});
    respond(std::move(response));
    return;
  }
  if (!web::may_come_from(request, origins_, {})) {
    respond(refused(403, "pages of this origin may not complete a call"));
    return;
  }
  if (!request.is_json()) {
    respond(refused(415, "send Content-Type: application/json"));
    return;
  }
  auto result = json::parse_object(request.body);
  if (!result) {
    respond(refused(400, "the result must be a JSON object, as execute() would return it"));
    return;
  }
  const std::string token = request.path.substr(kPath.size());
  runtime_.complete(token, std::move(*result),
                    [this, respond = std::move(respond)](base::Result<void> done) mutable {
                      if (done) {
                        respond({204, {}, {}});
                      } else {
                        respond(web::with_retry_after(
                            refused(web::status_of(done.error().code), done.error().message),
                            runtime_.retry_after_seconds()));
                      }
                    });
}

}  // namespace millrace::app
