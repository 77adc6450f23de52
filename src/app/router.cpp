#include "app/router.hpp"

namespace millrace::app {

void Router::handle(web::Request request, web::Respond respond) {
  if (channels::RestChannel::serves(request.path)) {
    rest_.handle(std::move(request), std::move(respond));
  } else if (engage::Engagement::serves(request.path)) {
    engagement_.handle(std::move(request), std::move(respond));
  } else if (channels::ChatPage::serves(request.path)) {
    page_.handle(std::move(request), std::move(respond));
  } else if (request.path == "/" && solutions_.fallback() != nullptr) {
    respond({302, {{"Location", "/chat/" + solutions_.fallback()->app_id.to_string()}}, {}});
  } else if (request.path == "/healthz") {
    respond(web::json_response(200, R"({"status":"ok"})"));
  } else {
    respond(web::json_response(404, R"({"message":"there is nothing at this address"})"));
  }
}

web::UpgradeAnswer Router::upgrade(const web::Request& request) {
  if (engage::Engagement::serves(request.path)) return engagement_.upgrade(request);
  return web::Handler::upgrade(request);
}

}  // namespace millrace::app
