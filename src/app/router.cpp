#include "app/router.hpp"

namespace millrace::app {

Router::Router(const Edges& edges, std::set<Surface> served)
    : routes_({{"*", "/webhooks/rest", Surface::rest, &edges.rest},
               {"*", "/webhooks/rest/{rest...}", Surface::rest, &edges.rest},
               {"*", "/messaging/v1/{rest...}", Surface::engagement, &edges.engagement},
               {"*", "/socket/{rest...}", Surface::engagement, &edges.engagement},
               {"*", "/", Surface::page, &edges.page},
               {"*", "/chat/{rest...}", Surface::page, &edges.page},
               {"*", "/assets/{rest...}", Surface::page, &edges.page},
               {"*", "/actions/v1/completions/{token}", Surface::completions, &edges.completions},
               {"*", "/botmanager/{rest...}", Surface::bot_manager, &edges.bot_manager},
               {"*", "/healthz", Surface::health, &edges.health},
               {"*", "/readyz", Surface::health, &edges.health}}),
      served_(std::move(served)) {}

web::Handler* Router::find(const web::Request& request) const {
  const auto found = routes_.find(request.method, request.path);
  return found && served_.contains(found->route.who) ? found->route.serve : nullptr;
}

void Router::handle(web::Request request, web::Respond respond) {
  web::Handler* edge = find(request);
  if (edge == nullptr) {
    return respond(web::json_response(404, R"({"message":"there is nothing at this address"})"));
  }
  edge->handle(std::move(request), std::move(respond));
}

web::UpgradeAnswer Router::upgrade(const web::Request& request) {
  web::Handler* edge = find(request);
  return edge == nullptr ? web::Handler::upgrade(request) : edge->upgrade(request);
}

}  // namespace millrace::app
