#include "listener/listener.hpp"

#include <algorithm>

#include "base/web/web_origin.hpp"
#include "listener/body.hpp"
#include "listener/bootstrap.hpp"
#include "listener/credentials.hpp"

namespace millrace::listener {
namespace {

constexpr std::string_view kRetrySeconds = "5";
constexpr std::string_view kConfigurationMaxAge = "public, max-age=120";
constexpr size_t kSegmentBytesMax = 500 * 1'024;  // Segment's limit of a batch
constexpr std::string_view kGif(
    "GIF89a\1\0\1\0\x80\0\0\0\0\0\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;", 43);

void add(web::Response& response, std::string name, std::string value) {
  response.headers.push_back({std::move(name), std::move(value)});
}

bool takes(const Source& source, const web::Request& request) {
  return source.origins.empty() || web::may_come_from(request, {}, source.origins);
}

// A page may read what it is answered: which pages may send is judged by their source.
void allow_origin(web::Response& response, const std::string& origin) {
  if (origin.empty()) return;
  add(response, "Access-Control-Allow-Origin", origin);
  add(response, "Access-Control-Allow-Credentials", "true");
  add(response, "Access-Control-Expose-Headers", "Retry-After, X-RateLimit-Reset");
  add(response, "Vary", "Origin");
}

web::Response preflight(const web::Request& request) {
  web::Response response{.status = 204};
  add(response, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  if (const auto asked = request.header("Access-Control-Request-Headers")) {
    add(response, "Access-Control-Allow-Headers", std::string(*asked));
  }
  add(response, "Access-Control-Max-Age", "7200");
  return response;
}

web::Response error_response(int status, std::string_view message) {
  return web::json_response(status, json::serialize(json::object{{"error", message}}));
}

web::Response cached(json::object document) {
  web::Response response = web::json_response(200, json::serialize(document));
  add(response, "Cache-Control", std::string(kConfigurationMaxAge));
  return response;
}

// A call as an image's address says it: each parameter is a member; properties are JSON.
json::value call_of_query(std::string_view query) {
  json::object call;
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const size_t equals = pair.find('=');
    if (equals == pair.npos) continue;
    const std::string name = web::percent_decode(pair.substr(0, equals), true);
    const std::string text = web::percent_decode(pair.substr(equals + 1), true);
    auto parsed = text.starts_with('{') ? json::parse(text) : json::value(text);
    call[name] = parsed ? std::move(*parsed) : json::value(text);
  }
  return call;
}

}  // namespace

Listener::Table Listener::table() {
  const Place segment{Serve::events, Style::segment};
  const Place posthog{Serve::events, Style::posthog};
  const Place snowplow{Serve::events, Style::snowplow};
  return Table(
      {{"GET", "/v1/projects/{key}/settings", {Serve::settings, Style::segment}, ""},
       {"GET", "/sourceConfig", {Serve::rudder, Style::segment}, ""},
       {"GET", "/sourceConfig/{rest...}", {Serve::rudder, Style::segment}, ""},
       {"POST", "/v1/{type}", segment, ""},
       {"POST", "/beacon/v1/{type}", segment, ""},
       {"GET", "/pixel/v1/{type}", {Serve::events, Style::pixel}, ""},
       {"POST", "/api/s/{type}", segment, ""},
       {"GET", "/array/{key}/config", {Serve::configuration, Style::posthog}, ""},
       {"GET", "/array/{key}/config.js", {Serve::configuration_script, Style::posthog}, ""},
       {"POST", "/flags/{rest...}", {Serve::flags, Style::posthog}, ""},
       {"POST", "/decide/{rest...}", {Serve::flags, Style::posthog}, ""},
       {"POST", "/e/{rest...}", posthog, ""},
       {"POST", "/i/v0/e/{rest...}", posthog, ""},
       {"POST", "/batch/{rest...}", posthog, ""},
       {"POST", "/capture/{rest...}", posthog, ""},
       {"POST", "/track/{rest...}", posthog, ""},
       {"POST", "/engage/{rest...}", posthog, ""},
       {"POST", "/com.snowplowanalytics.snowplow/tp2", snowplow, ""},
       {"GET", "/i", snowplow, ""}});
}

std::vector<std::string_view> Listener::addresses() {
  std::vector<std::string_view> patterns;
  for (const auto& route : table().all()) patterns.push_back(route.pattern);
  return patterns;
}

Dialect Listener::dialect_of(Style style) {
  if (style == Style::posthog) return Dialect::posthog;
  return style == Style::snowplow ? Dialect::snowplow : Dialect::segment;
}

Listener::Listener(Ports ports) : ports_(ports), table_(table()) {}

void Listener::reach_at(std::string base_url) {
  const std::lock_guard lock(mutex_);
  base_url_ = std::move(base_url);
}

void Listener::handle(web::Request request, web::Respond respond) {
  const std::string origin(request.header("Origin").value_or(""));
  const bool is_page_allowed = !origin.empty() && ports_.sources.any_takes(origin);
  web::Respond answer = [allowed = is_page_allowed ? origin : std::string(),
                         respond = std::move(respond)](web::Response response) mutable {
    allow_origin(response, allowed);
    respond(std::move(response));
  };
  if (request.method == "OPTIONS") return answer(preflight(request));
  const auto found = table_.find(request.method, request.path);
  if (!found) {
    const bool is_unknown = found.error().allowed.empty();
    web::Response response = error_response(
        is_unknown ? 404 : 405,
        is_unknown ? "there is nothing at this address" : "this address is not asked in this way");
    if (!is_unknown) add(response, "Allow", found.error().allowed);
    return answer(std::move(response));
  }
  const Place& place = found->route.who;
  if (place.serve != Serve::events) return answer(bootstrap(place, *found, request));
  const bool has_type = place.style != Style::posthog && place.style != Style::snowplow;
  const std::string type(has_type ? found->values["type"] : std::string_view());
  take(place.style, type, std::move(request), std::move(answer));
}

web::Response Listener::bootstrap(const Place& place, const Table::Found& found,
                                  const web::Request& request) const {
  if (place.serve == Serve::flags) {
    return web::json_response(200, json::serialize(posthog_flags()));
  }
  const bool is_named = place.serve != Serve::rudder;
  const std::string key = is_named ? std::string(found.values["key"]) : write_key_of(request);
  const auto source = ports_.sources.with_key(key);
  if (!source) return error_response(404, "no source has this write key");
  switch (place.serve) {
    case Serve::settings: {
      const std::lock_guard lock(mutex_);
      return cached(segment_settings(*source, base_url_));
    }
    case Serve::rudder: return cached(rudder_configuration(*source));
    case Serve::configuration: return cached(posthog_configuration());
    default: break;
  }
  web::Response script{.status = 200};
  script.body = "(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{})[" +
                json::serialize(json::value(source->write_key)) +
                "]={config:" + json::serialize(posthog_configuration()) + ",siteApps:[]};";
  add(script, "Content-Type", "text/javascript; charset=utf-8");
  add(script, "Cache-Control", std::string(kConfigurationMaxAge));
  return script;
}

void Listener::take(Style style, std::string_view type, web::Request request,
                    web::Respond respond) {
  const bool is_query = request.method == "GET";
  if (style == Style::segment && request.body.size() > kSegmentBytesMax) {
    return respond(error_response(
        400, "a request has at most " + std::to_string(kSegmentBytesMax) + " bytes"));
  }
  json::value body;
  if (is_query) {
    body = call_of_query(request.query);
    if (style == Style::snowplow) body = json::object{{"data", json::array{std::move(body)}}};
  } else {
    auto plain = plain_body(std::move(request.body));
    if (!plain) {
      const bool is_long = plain.error().code == base::Code::resource_exhausted;
      return respond(error_response(is_long ? 413 : 400, plain.error().message));
    }
    auto parsed = json::parse(*plain);
    if (!parsed) {
      return respond(error_response(400, "the body is not JSON: " + parsed.error().message));
    }
    body = std::move(*parsed);
  }
  std::string key = write_key_of(request);
  if (key.empty()) key = write_key_of(body);
  const auto source = ports_.sources.with_key(key);
  if (!source) {
    ports_.meter.count("events_refused_total", {{"reason", "key"}});
    return respond(error_response(401, "no source has this write key"));
  }
  if (!takes(*source, request)) {
    ports_.meter.count("events_refused_total", {{"reason", "origin"}});
    return respond(error_response(403, "this source takes nothing from pages of this origin"));
  }
  keep(style, *source, type, request, body, std::move(respond));
}

void Listener::keep(Style style, const Source& source, std::string_view type,
                    const web::Request& request, const json::value& body, web::Respond respond) {
  const Arrival arrival{.source = source,
                        .received = ports_.clock.now(),
                        .type = type,
                        .user_agent = request.header("User-Agent").value_or(""),
                        // The protocol's way to say that nobody wants to be known.
                        .address = request.header("SP-Anonymous") ? std::string_view()
                                                                  : std::string_view(request.peer)};
  const Dialect dialect = dialect_of(style);
  auto batch = dialect == Dialect::posthog    ? read_posthog(body, arrival)
               : dialect == Dialect::snowplow ? read_snowplow(body, arrival)
                                              : read_segment(body, arrival);
  if (!batch) return respond(failed(style, batch.error()));
  ports_.log.keep(arrival, dialect, std::move(*batch),
                  [style, source = source.name, &meter = ports_.meter,
                   respond = std::move(respond)](base::Result<EventLog::Kept> kept) mutable {
                    if (!kept) return respond(failed(style, kept.error()));
                    const auto count = [&](std::string_view what, size_t events) {
                      if (events == 0) return;
                      meter.count("events_total", {{"source", source}, {"outcome", what}},
                                  static_cast<double>(events));
                    };
                    count("taken", kept->events);
                    count("doubled", kept->doubled);
                    count("quarantined", kept->quarantined);
                    respond(accepted(style));
                  });
}

// Exactly 200, and what each client looks for in it.
web::Response Listener::accepted(Style style) {
  switch (style) {
    case Style::segment: return web::json_response(200, R"({"success":true})");
    case Style::posthog: return web::json_response(200, R"({"status":1})");
    case Style::snowplow:
    case Style::pixel: break;
  }
  web::Response gif{.status = 200, .body = std::string(kGif)};
  add(gif, "Content-Type", "image/gif");
  return gif;
}

web::Response Listener::failed(Style style, const base::Error& error) {
  switch (error.code) {
    case base::Code::invalid_argument: return error_response(400, error.message);
    case base::Code::resource_exhausted:
    case base::Code::unavailable: break;
    default: return error_response(500, error.message);
  }
  // PostHog's clients lose what a 429 refuses; Segment's wait longer for one than for a 503.
  const bool is_posthog = style == Style::posthog || style == Style::snowplow;
  web::Response response = error_response(is_posthog ? 503 : 429, error.message);
  add(response, "Retry-After", std::string(kRetrySeconds));
  add(response, "X-RateLimit-Reset", std::string(kRetrySeconds));
  return response;
}

}  // namespace millrace::listener
