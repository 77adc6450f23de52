#include "braze/inspector.hpp"

#include <algorithm>
#include <charconv>

#include "base/redact.hpp"
#include "base/text.hpp"

namespace millrace::braze {

extern const std::string_view kInspectorHtml;
extern const std::string_view kInspectorCss;
extern const std::string_view kInspectorJs;

namespace {

constexpr std::string_view kProfilesPath = "/_sandbox/profiles";
constexpr size_t kRequestsKept = 200;

constexpr size_t kPathBytesMax = 200;

// Any bytes may come as a path; JSON wants text. An address of mail in it is nobody's business.
std::string shown_path(const std::string& path) {
  return base::is_valid_utf8(path) ? base::redact(path, {}) : "(not text)";
}

web::Response page(std::string_view type, std::string_view content) {
  return {200,
          {{"Content-Type", std::string(type)},
           {"Cache-Control", "no-cache"},
           {"X-Content-Type-Options", "nosniff"},
           {"Referrer-Policy", "no-referrer"},
           {"Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}},
          std::string(content)};
}

// What is said here is about people: no cache may keep it.
web::Response answer(const json::object& body, int status = 200) {
  auto response = web::json_response(status, json::serialize(body));
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

web::Response message(int status, std::string_view text) {
  return answer({{"message", text}}, status);
}

}  // namespace

void RequestLog::add(Entry entry) {
  entry.path.resize(std::min(entry.path.size(), kPathBytesMax));
  const std::lock_guard lock(mutex_);
  entries_.push_front(std::move(entry));
  if (entries_.size() > kRequestsKept) entries_.pop_back();
}

json::array RequestLog::newest_first() {
  const std::lock_guard lock(mutex_);
  json::array out;
  for (const Entry& entry : entries_) {
    out.push_back(json::object{{"time", base::to_iso8601(entry.at)},
                               {"method", entry.method},
                               {"path", shown_path(entry.path)},
                               {"status", entry.status},
                               {"key", entry.key_name},
                               {"diagnostics", entry.diagnostics}});
  }
  return out;
}

Inspector::Inspector(ProfileStore& profiles, std::mutex& profiles_mutex, FaultSwitch& faults,
                     RequestLog& requests, std::vector<std::string> hosts)
    : profiles_(profiles),
      profiles_mutex_(profiles_mutex),
      faults_(faults),
      requests_(requests),
      hosts_(std::move(hosts)) {}

bool Inspector::serves(std::string_view path) {
  return path == "/" || path.starts_with("/_sandbox/") || path.starts_with("/inspector");
}

// A page of elsewhere whose name was made to point here must not read profiles.
bool Inspector::is_allowed_host(const web::Request& request) const {
  std::string_view host = request.header("Host").value_or("");
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) host = host.substr(0, colon);
  return base::equals_ignoring_case(host, "localhost") || host == "127.0.0.1" || host == "[::1]" ||
         std::ranges::find(hosts_, host) != hosts_.end();
}

web::Response Inspector::handle(const web::Request& request) {
  if (!is_allowed_host(request)) {
    return message(403, "the inspector answers on loopback names only");
  }
  const std::string& path = request.path;
  if (request.method == "PUT" && path == "/_sandbox/faults") return set_faults(request);
  if (request.method != "GET" && request.method != "HEAD") return message(405, "use GET");
  if (path == "/") return {302, {{"Location", "/inspector"}}, {}};
  if (path == "/inspector") return page("text/html; charset=utf-8", kInspectorHtml);
  if (path == "/inspector.css") return page("text/css; charset=utf-8", kInspectorCss);
  if (path == "/inspector.js") return page("text/javascript; charset=utf-8", kInspectorJs);
  if (path == "/_sandbox/faults") return answer(faults_.describe());
  if (path == "/_sandbox/requests") return answer({{"requests", requests_.newest_first()}});
  if (path == kProfilesPath) return list_profiles(request);
  if (path.starts_with(std::string(kProfilesPath) + "/")) {
    return show_profile(path.substr(kProfilesPath.size() + 1));
  }
  return message(404, "there is nothing at this address");
}

web::Response Inspector::list_profiles(const web::Request& request) {
  constexpr size_t kProfilesMax = 1'000;
  size_t limit = 50;
  if (const auto given = request.query_parameter("limit")) {
    std::from_chars(given->data(), given->data() + given->size(), limit);
    limit = std::clamp<size_t>(limit, 1, kProfilesMax);
  }
  const std::lock_guard lock(profiles_mutex_);
  const auto listed = profiles_.list(request.query_parameter("after").value_or(""), limit,
                                     request.query_parameter("search").value_or(""));
  if (!listed) return message(500, listed.error().describe());
  json::array profiles;
  for (const Profile& profile : listed->profiles) profiles.push_back(profile.to_export());
  json::object body{{"profiles", std::move(profiles)}};
  if (!listed->next.empty()) body["next"] = listed->next;
  return answer(body);
}

web::Response Inspector::show_profile(const std::string& braze_id) {
  constexpr size_t kOccurrencesMax = 1'000;
  const std::lock_guard lock(profiles_mutex_);
  const auto profile = profiles_.find_braze_id(braze_id);
  if (!profile) return message(500, profile.error().describe());
  if (!*profile) return message(404, "there is no such profile");
  const auto occurrences = profiles_.occurrences(**profile, kOccurrencesMax);
  if (!occurrences) return message(500, occurrences.error().describe());
  return answer({{"profile", (*profile)->to_export()},
                 {"events", json::array(occurrences->begin(), occurrences->end())}});
}

web::Response Inspector::set_faults(const web::Request& request) {
  if (!request.is_json()) return message(415, "send application/json");
  const auto body = json::parse_object(request.body);
  if (!body) return message(400, body.error().message);
  if (const auto set = faults_.set(*body); !set) return message(400, set.error().message);
  return answer(faults_.describe());
}

}  // namespace millrace::braze
