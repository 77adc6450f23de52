#include "braze/front/inspector.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "base/web/web_origin.hpp"
#include "braze/endpoints/exports.hpp"
#include "braze/front/answers.hpp"
#include "braze/front/authentication.hpp"
#include "braze/kept.hpp"

namespace millrace::braze {

extern const std::string_view kInspectorHtml;
extern const std::string_view kInspectorCss;
extern const std::string_view kInspectorJs;
extern const std::string_view kRequestsJs;

namespace {

constexpr std::string_view kProfilesPath = "/_sandbox/profiles";
constexpr std::string_view kWorkspacePath = "/_sandbox/workspace";
constexpr std::string_view kExportsPath = "/_sandbox/exports/";

web::Response page(std::string_view type, std::string_view content) {
  return {200,
          {{"Content-Type", std::string(type)},
           {"Cache-Control", "no-cache"},
           {"Referrer-Policy", "no-referrer"},
           {"Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}},
          std::string(content)};
}

// What is said here is about people: no cache may keep it.
web::Response answer(const json::object& body, int status = 200) {
  auto response = json_answer(status, body);
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

web::Response message(int status, std::string_view text) {
  return answer({{"message", text}}, status);
}

}  // namespace

Inspector::Inspector(World& world, std::mutex& mutex, FaultSwitch& faults, RequestLog& requests,
                     const SandboxOptions& options)
    : world_(world), mutex_(mutex), faults_(faults), requests_(requests), options_(options) {}

bool Inspector::serves(std::string_view path) {
  return path == "/" || path == "/requests.js" || path.starts_with("/_sandbox/") ||
         path.starts_with("/inspector");
}

// A page of elsewhere whose name was made to point here must not read profiles.
bool Inspector::is_allowed_host(const web::Request& request) const {
  std::string_view host = request.header("Host").value_or("");
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) host = host.substr(0, colon);
  return base::equals_ignoring_case(host, "localhost") || host == "127.0.0.1" || host == "[::1]" ||
         std::ranges::find(options_.inspector_hosts, host) != options_.inspector_hosts.end();
}

bool Inspector::is_own_page(const web::Request& request) const {
  const bool is_loopback = web::is_loopback_host(request.header("Host").value_or(""));
  return web::may_come_from(request, {.is_loopback_only = is_loopback, .public_origin = ""}, {});
}

void Inspector::handle(const web::Request& request, web::Respond respond) {
  if (!is_allowed_host(request)) {
    respond(message(403, "the inspector answers on loopback names only"));
  } else if (request.method != "GET" && request.method != "HEAD" && !is_own_page(request)) {
    respond(message(403, "only the inspector's own page may change something"));
  } else if (request.method == "PUT" && request.path == "/_sandbox/faults") {
    respond(set_faults(request));
  } else if (request.path.starts_with(std::string(kWorkspacePath) + "/")) {
    change_workspace(request, std::move(respond));
  } else if (request.method != "GET" && request.method != "HEAD") {
    respond(message(405, "use GET"));
  } else {
    respond(read(request));
  }
}

web::Response Inspector::read(const web::Request& request) {
  const std::string& path = request.path;
  if (path == "/") return {302, {{"Location", "/inspector"}}, {}};
  if (path == "/inspector") return page("text/html; charset=utf-8", kInspectorHtml);
  if (path == "/inspector.css") return page("text/css; charset=utf-8", kInspectorCss);
  if (path == "/inspector.js") return page("text/javascript; charset=utf-8", kInspectorJs);
  if (path == "/requests.js") return page("text/javascript; charset=utf-8", kRequestsJs);
  if (path == "/_sandbox/faults") return answer(faults_.describe());
  if (path == "/_sandbox/requests") {
    uint64_t after = 0;
    if (const auto given = request.query_parameter("after")) {
      std::from_chars(given->data(), given->data() + given->size(), after);
    }
    const std::string search = request.query_parameter("search").value_or("");
    return answer({{"requests", requests_.newest_first(search, after)}});
  }
  const std::lock_guard lock(mutex_);
  if (const auto ready = world_.begin(); !ready) {
    return message(503, ready.error().describe());
  }
  return read_locked(request);
}

web::Response Inspector::read_locked(const web::Request& request) {
  const std::string& path = request.path;
  if (path == kProfilesPath) return list_profiles(request);
  if (path.starts_with(std::string(kProfilesPath) + "/")) {
    return show_profile(path.substr(kProfilesPath.size() + 1));
  }
  if (path == kWorkspacePath) return answer(workspace());
  if (path.starts_with(kExportsPath)) {
    return world_.exports.fetch(std::string_view(path).substr(kExportsPath.size()));
  }
  return message(404, "there is nothing at this address");
}

json::object Inspector::workspace() const {
  json::object out;
  for (const std::string_view kind : dashboard_kinds()) {
    json::object objects;
    for (const auto& [id, object] : world_.workspace.all(kind)) objects[id] = object;
    out[kind] = std::move(objects);
  }
  json::array keys;
  for (const ApiKey& key : options_.keys) {
    json::array permissions;
    for (const std::string& permission : key.permissions) {
      permissions.push_back(json::value(permission));
    }
    keys.push_back(
        json::object{{"name", name_of(key, options_)}, {"permissions", std::move(permissions)}});
  }
  out["keys"] = std::move(keys);
  return out;
}

void Inspector::change_workspace(const web::Request& request, web::Respond respond) {
  constexpr size_t kIdBytesMax = 100;
  const std::string_view rest = std::string_view(request.path).substr(kWorkspacePath.size() + 1);
  const auto slash = rest.find('/');
  const std::string_view kind = rest.substr(0, slash);
  const std::string_view id = slash == rest.npos ? "" : rest.substr(slash + 1);
  if (!is_dashboard_kind(kind) || id.empty() || id.size() > kIdBytesMax) {
    respond(message(404,
                    "name campaigns, canvases, segments, subscription_groups, cards or tags, and "
                    "an id"));
    return;
  }
  const std::unique_lock lock(mutex_);
  if (const auto ready = world_.begin(); !ready) {
    respond(message(503, ready.error().describe()));
    return;
  }
  if (request.method == "DELETE") {
    if (!world_.workspace.erase(kind, id)) {
      respond(message(404, "there is nothing of that id"));
      return;
    }
  } else if (request.method == "PUT" && request.is_json()) {
    auto object = json::parse_object(request.body);
    std::string wrong = object ? "" : object.error().message;
    const auto* filter = object ? object->if_contains("filter") : nullptr;
    if (filter != nullptr) wrong = wrong_with_filter(*filter);
    if (!wrong.empty()) {
      respond(message(400, wrong));
      return;
    }
    if (!world_.workspace.put(kind, id, std::move(*object))) {
      respond(message(400, "there are too many of them"));
      return;
    }
  } else {
    respond(message(405, "use PUT with application/json, or DELETE"));
    return;
  }
  world_.profiles.commit([respond = std::move(respond)](const base::Result<void>& stored) mutable {
    respond(stored ? message(200, "kept") : message(503, "the store is away"));
  });
}

web::Response Inspector::list_profiles(const web::Request& request) {
  constexpr size_t kProfilesMax = 1'000;
  size_t limit = 50;
  if (const auto given = request.query_parameter("limit")) {
    std::from_chars(given->data(), given->data() + given->size(), limit);
    limit = std::clamp<size_t>(limit, 1, kProfilesMax);
  }
  auto listed = world_.profiles.list(request.query_parameter("after").value_or(""), limit,
                                     request.query_parameter("search").value_or(""));
  if (!listed) return message(500, listed.error().describe());
  json::object body{{"profiles", json::array(listed->profiles.begin(), listed->profiles.end())}};
  if (!listed->next.empty()) body["next"] = listed->next;
  return answer(body);
}

web::Response Inspector::show_profile(const std::string& braze_id) {
  constexpr size_t kLinesMax = 1'000;
  const auto held = world_.profiles.find_braze_id(braze_id);
  if (!held) return message(500, held.error().describe());
  if (*held == nullptr) return message(404, "there is no such profile");
  const auto history = world_.profiles.history(**held, kLinesMax);
  if (!history) return message(500, history.error().describe());
  json::array events;  // what it did, beside everything that became of it
  for (const json::value& line : *history) {
    const auto kind = json::get_string(line.get_object(), "kind");
    if (kind == "event" || kind == "purchase") events.push_back(line);
  }
  return answer({{"profile", (*held)->profile.to_export()},
                 {"events", std::move(events)},
                 {"history", json::array(history->begin(), history->end())}});
}

web::Response Inspector::set_faults(const web::Request& request) {
  if (!request.is_json()) return message(415, "send application/json");
  const auto body = json::parse_object(request.body);
  if (!body) return message(400, body.error().message);
  if (const auto set = faults_.set(*body); !set) return message(400, set.error().message);
  return answer(faults_.describe());
}

}  // namespace millrace::braze
