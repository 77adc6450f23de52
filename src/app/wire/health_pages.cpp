#include "app/wire/health_pages.hpp"

namespace millrace::app {
namespace {

bool is_this_machine(std::string_view peer) {
  return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

}  // namespace

bool HealthPages::serves(std::string_view path) {
  return path == "/healthz" || path == "/readyz";
}

void HealthPages::handle(web::Request request, web::Respond respond) {
  if (request.method != "GET" && request.method != "HEAD") {
    web::Response refused = web::json_response(405, R"({"message":"only GET"})");
    refused.headers.push_back({"Allow", "GET, HEAD"});
    return respond(std::move(refused));
  }
  const bool is_vital_only = request.path == "/healthz";
  const bool shows = details_ == Details::always || is_this_machine(request.peer);
  const bool has_body = request.method == "GET";
  health_.ask([is_vital_only, shows, has_body,
               respond = std::move(respond)](const HealthReport& report) mutable {
    const bool is_good = is_vital_only ? report.alive() : report.ready();
    web::Response answer = web::json_response(
        is_good ? 200 : 503, json::serialize(report.to_json(is_vital_only, shows)));
    answer.headers.push_back({"Cache-Control", "no-store"});
    if (!has_body) answer.body.clear();
    respond(std::move(answer));
  });
}

}  // namespace millrace::app
