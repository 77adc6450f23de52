#include "app/wire/router.hpp"

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "listener/listener.hpp"

namespace millrace::app {
namespace {

// Shown by nobody, and framed by nobody: what is meant to be says so itself. That browsers must not
// guess at types is said by `http`, on whatever it sends.
const web::Header kUsual[] = {
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
};
constexpr std::string_view kStrictTransport = "max-age=31536000";

std::string_view name_of(Surface part) {
  switch (part) {
    case Surface::rest: return "rest";
    case Surface::engagement: return "engagement";
    case Surface::page: return "page";
    case Surface::completions: return "completions";
    case Surface::bot_manager: return "botmanager";
    case Surface::health: return "health";
    case Surface::operators: return "operators";
    case Surface::events: return "events";
  }
  return "nothing";
}

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

std::vector<Router::Table::Route> Router::routes_of(const Edges& edges) {
  std::vector<Table::Route> routes{
      {"*", "/webhooks/rest", Surface::rest, &edges.rest},
      {"*", "/webhooks/rest/{rest...}", Surface::rest, &edges.rest},
      {"*", "/messaging/v1/{rest...}", Surface::engagement, &edges.engagement},
      {"*", "/socket/{rest...}", Surface::engagement, &edges.engagement},
      {"*", "/media/v1/{rest...}", Surface::engagement, edges.media},
      {"*", "/", Surface::page, &edges.page},
      {"*", "/chat/{rest...}", Surface::page, &edges.page},
      {"*", "/preview/{rest...}", Surface::page, &edges.page},
      {"*", "/preview.html", Surface::page, &edges.page},
      {"*", "/assets/{rest...}", Surface::page, &edges.page},
      {"*", "/sdk/{rest...}", Surface::page, &edges.page},
      {"*", "/tag/{rest...}", Surface::page, &edges.page},
      {"*", "/actions/v1/completions/{token}", Surface::completions, &edges.completions},
      {"*", "/botmanager/{rest...}", Surface::bot_manager, &edges.bot_manager},
      {"*", "/healthz", Surface::health, &edges.health},
      {"*", "/readyz", Surface::health, &edges.health},
      {"*", "/api/v1/{rest...}", Surface::operators, edges.operators},
      {"*", "/operator", Surface::operators, edges.operators},
      {"*", "/operator/{rest...}", Surface::operators, edges.operators}};
  for (const std::string_view pattern : listener::Listener::addresses()) {
    routes.push_back({"*", pattern, Surface::events, edges.events});
  }
  return routes;
}

Router::Router(const Edges& edges, Rules rules)
    : routes_(routes_of(edges)), rules_(std::move(rules)) {}

std::string_view Router::below_prefix(std::string_view path) const {
  const std::string& prefix = rules_.prefix;
  if (prefix.empty() || !path.starts_with(prefix)) return path;
  const std::string_view rest = path.substr(prefix.size());
  return rest.empty() || rest.starts_with('/') ? rest : path;
}

std::optional<Router::Served> Router::find(const web::Request& request) const {
  const auto found = routes_.find(request.method, request.path);
  if (!found || !rules_.served.contains(found->route.who)) return std::nullopt;
  if (found->route.serve == nullptr) return std::nullopt;
  return Served{found->route.who, found->route.serve};
}

web::Respond Router::measured(const std::optional<Served>& served, web::Respond respond) const {
  if (rules_.meter == nullptr) return respond;
  return [meter = rules_.meter, part = served ? name_of(served->part) : "nothing",
          began = std::chrono::steady_clock::now(),
          respond = std::move(respond)](web::Response response) mutable {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const std::string status = std::to_string(response.status / 100) + "xx";
    meter->observe("http_request_seconds", {{"part", part}, {"status", status}}, took.count());
    respond(std::move(response));
  };
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
  const auto served = find(request);
  answer = measured(served, std::move(answer));
  if (!served) return answer(nothing_here());
  served->by->handle(std::move(request), std::move(answer));
}

web::UpgradeAnswer Router::upgrade(const web::Request& request) {
  web::Request below = request;
  below.path = std::string(below_prefix(request.path));
  const auto served = find(below);
  web::UpgradeAnswer answer = served ? served->by->upgrade(below) : nothing_here();
  if (auto* refused = std::get_if<web::Response>(&answer)) secure(*refused, rules_.is_https);
  return answer;
}

}  // namespace millrace::app
