#include "app/wire/router.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::app {
namespace {

// Shown by nobody, and framed by nobody: what is meant to be says so itself.
const web::Header kUsual[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
};
constexpr std::string_view kStrictTransport = "max-age=31536000";

web::Response nothing_here() {
  return web::json_response(404, R"({"message":"there is nothing at this address"})");
}

}  // namespace

void secure(web::Response& response, bool is_https) {
  const auto is_said = [&](std::string_view name) {
    return std::ranges::any_of(response.headers, [&](const web::Header& header) {
      return base::equals_ignoring_case(header.name, name);
    });
  };
  for (const web::Header& usual : kUsual) {
    if (!is_said(usual.name)) response.headers.push_back(usual);
  }
  if (is_https) {
    response.headers.push_back({"Strict-Transport-Security", std::string(kStrictTransport)});
  }
}

Router::Router(const Edges& edges, Rules rules)
    : routes_({{"*", "/webhooks/rest", Surface::rest, &edges.rest},
               {"*", "/webhooks/rest/{rest...}", Surface::rest, &edges.rest},
               {"*", "/messaging/v1/{rest...}", Surface::engagement, &edges.engagement},
               {"*", "/socket/{rest...}", Surface::engagement, &edges.engagement},
               {"*", "/", Surface::page, &edges.page},
               {"*", "/chat/{rest...}", Surface::page, &edges.page},
               {"*", "/assets/{rest...}", Surface::page, &edges.page},
               {"*", "/sdk/{rest...}", Surface::page, &edges.page},
               {"*", "/actions/v1/completions/{token}", Surface::completions, &edges.completions},
               {"*", "/botmanager/{rest...}", Surface::bot_manager, &edges.bot_manager},
               {"*", "/healthz", Surface::health, &edges.health},
               {"*", "/readyz", Surface::health, &edges.health},
               {"*", "/api/v1/{rest...}", Surface::operators, edges.operators},
               {"*", "/operator", Surface::operators, edges.operators},
               {"*", "/operator/{rest...}", Surface::operators, edges.operators}}),
      rules_(std::move(rules)) {}

std::string_view Router::below_prefix(std::string_view path) const {
  const std::string& prefix = rules_.prefix;
  if (prefix.empty() || !path.starts_with(prefix)) return path;
  const std::string_view rest = path.substr(prefix.size());
  return rest.empty() || rest.starts_with('/') ? rest : path;
}

web::Handler* Router::find(const web::Request& request) const {
  const auto found = routes_.find(request.method, request.path);
  return found && rules_.served.contains(found->route.who) ? found->route.serve : nullptr;
}

void Router::handle(web::Request request, web::Respond respond) {
  web::Respond answer = [is_https = rules_.is_https,
                         respond = std::move(respond)](web::Response response) mutable {
    secure(response, is_https);
    respond(std::move(response));
  };
  const std::string_view below = below_prefix(request.path);
  if (below.empty()) {
    // Addresses that pages name are relative, and would lack the prefix's last part.
    const std::string last = rules_.prefix.substr(rules_.prefix.rfind('/') + 1);
    return answer({308, {{"Location", last + "/"}}, {}});
  }
  if (below.size() < request.path.size()) request.path = std::string(below);
  web::Handler* edge = find(request);
  if (edge == nullptr) return answer(nothing_here());
  edge->handle(std::move(request), std::move(answer));
}

web::UpgradeAnswer Router::upgrade(const web::Request& request) {
  web::Request below = request;
  below.path = std::string(below_prefix(request.path));
  web::Handler* edge = find(below);
  web::UpgradeAnswer answer = edge == nullptr ? nothing_here() : edge->upgrade(below);
  if (auto* refused = std::get_if<web::Response>(&answer)) secure(*refused, rules_.is_https);
  return answer;
}

}  // namespace millrace::app
