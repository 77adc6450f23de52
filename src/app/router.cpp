#include "app/router.hpp"

namespace millrace::app {
namespace {

// reference: studio-and-action-nodes.md 8
constexpr std::string_view kVersionsPath = "/botmanager/versions/";

}  // namespace

// Whatever is installed is locked: an author deploys another version instead.
web::Response Router::put_graph(std::string_view path) const {
  path.remove_prefix(kVersionsPath.size());
  const std::string_view hash = path.substr(0, path.find('/'));
  if (solutions_.version(hash) == nullptr) {
    return web::json_response(404, R"({"message":"there is no such version"})");
  }
  return web::json_response(412, R"({"message":"Solution version is set and cannot be updated."})");
}

void Router::handle(web::Request request, web::Respond respond) {
  if (channels::RestChannel::serves(request.path)) {
    rest_.handle(std::move(request), std::move(respond));
  } else if (engage::Engagement::serves(request.path)) {
    engagement_.handle(std::move(request), std::move(respond));
  } else if (channels::ChatPage::serves(request.path)) {
    page_.handle(std::move(request), std::move(respond));
  } else if (Completions::serves(request.path)) {
    completions_.handle(std::move(request), std::move(respond));
  } else if (request.path == "/" && solutions_.fallback() != nullptr) {
    respond({302, {{"Location", "/chat/" + solutions_.fallback()->app_id.to_string()}}, {}});
  } else if (request.method == "PUT" && request.path.starts_with(kVersionsPath) &&
             request.path.ends_with("/graph")) {
    respond(put_graph(request.path));
  } else if (HealthPages::serves(request.path)) {
    health_.handle(request, std::move(respond));
  } else {
    respond(web::json_response(404, R"({"message":"there is nothing at this address"})"));
  }
}

web::UpgradeAnswer Router::upgrade(const web::Request& request) {
  if (engage::Engagement::serves(request.path)) return engagement_.upgrade(request);
  return web::Handler::upgrade(request);
}

}  // namespace millrace::app
