#include <algorithm>
#include <array>
#include <map>

#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "braze/inspector.hpp"
#include "braze/rate_limit.hpp"

namespace millrace::braze {
namespace {

constexpr std::string_view kTrackPath = "/users/track";
constexpr std::string_view kExportPath = "/users/export/ids";
constexpr size_t kExportIdsMax = 50;
constexpr std::string_view kNothingValid =
    "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.";

web::Response message_response(int status, std::string_view message) {
  return web::json_response(status, json::serialize(json::object{{"message", message}}));
}

std::string_view permission_for(std::string_view path) {
  return path == kTrackPath ? "users.track" : "users.export.ids";
}

json::array errors_json(const std::vector<ItemError>& errors) {
  json::array out;
  for (const ItemError& error : errors) {
    out.push_back(json::object{
        {"type", error.type}, {"input_array", error.input_array}, {"index", error.index}});
  }
  return out;
}

json::object occurrence_of(const EventItem& item) {
  return {{"kind", "event"},
          {"name", item.name},
          {"time", base::to_iso8601(item.at)},
          {"properties", item.properties}};
}

json::object occurrence_of(const PurchaseItem& item) {
  return {{"kind", "purchase"},           {"name", item.product_id},
          {"currency", item.currency},    {"price", item.price},
          {"quantity", item.quantity},    {"time", base::to_iso8601(item.at)},
          {"properties", item.properties}};
}

}  // namespace

struct Sandbox::Impl {
  Impl(base::KeyValueStore& store, Clock& the_clock, Scheduler& the_scheduler, Random& the_random,
       SandboxOptions the_options)
      : options(std::move(the_options)),
        clock(the_clock),
        scheduler(the_scheduler),
        random(the_random),
        profiles(store, the_random),
        limits(options.rate_limit, options.rate_window),
        inspector(profiles, mutex, faults, requests, options.inspector_hosts) {}

  // One request on its way through: what has been found out about it, and how to answer it.
  struct Exchange {
    web::Request request;
    web::Respond respond;
    json::object body;
    Diagnostics diagnostics;
    std::string api_key;
    Fault fault;
  };
  using ExchangePointer = std::shared_ptr<Exchange>;

  void handle(web::Request request, web::Respond respond) {
    if (Inspector::serves(request.path)) {
      respond(inspector.handle(request));
      return;
    }
    auto exchange = std::make_shared<Exchange>();
    exchange->request = std::move(request);
    exchange->respond = std::move(respond);
    const std::string& path = exchange->request.path;
    if ((path != kTrackPath && path != kExportPath) || exchange->request.method != "POST") {
      finish(exchange, message_response(404, "Invalid URL"));
      return;
    }
    exchange->fault = faults.next(path);
    if (exchange->fault.mode == Fault::Mode::refuse) {
      finish(exchange, refusal(exchange->fault.status));
    } else if (exchange->fault.mode == Fault::Mode::drop_before) {
      finish(exchange, dropped());
    } else if (auto refused = check(*exchange)) {
      finish(exchange, std::move(*refused));
    } else if (path == kTrackPath) {
      track(exchange);
    } else {
      export_ids(exchange);
    }
  }

  // Everything that can be wrong before the endpoint looks at its fields.
  std::optional<web::Response> check(Exchange& exchange) {
    const web::Request& request = exchange.request;
    if (request.body.size() > options.body_bytes_max) {
      return message_response(413, "Request Entity Too Large");
    }
    auto parsed = json::parse_object(request.body);
    if (parsed) exchange.body = std::move(*parsed);
    if (auto refused = authenticate(exchange)) return refused;
    if (const auto wait = limits.take(exchange.api_key, clock.now())) {
      auto refused = message_response(429, "Rate Limited");
      const std::string seconds = std::to_string((wait->count() + 999) / 1000);
      refused.headers.push_back({"X-RateLimit-Retry-After", seconds});
      refused.headers.push_back({"Retry-After", seconds});
      return refused;
    }
    note_query(exchange);
    const bool empty = base::trim(request.body).empty();
    if (empty && request.path == kTrackPath) return message_response(400, kNothingValid);
    if (!request.is_json()) {
      return message_response(415, "Content-Type must be application/json");
    }
    if (!parsed) return message_response(400, "Bad Request");
    return std::nullopt;
  }

  std::optional<web::Response> authenticate(Exchange& exchange) {
    const web::Request& request = exchange.request;
    const auto header = request.header("Authorization");
    std::string sent(header.value_or(""));
    bool is_bearer = false;
    if (const auto token = request.bearer_token()) {
      sent = *token;
      is_bearer = true;
    }
    bool legacy = false;
    if (!header && options.accepts_legacy_key) {
      if (const auto in_body = json::get_string(exchange.body, "api_key")) sent = *in_body;
      if (const auto in_query = request.query_parameter("api_key"); sent.empty() && in_query) {
        sent = *in_query;
      }
      legacy = !sent.empty();
    }
    const ApiKey* key = nullptr;
    for (const ApiKey& candidate : options.keys) {
      if (base::equal_constant_time(candidate.key, sent)) key = &candidate;
    }
    if (key != nullptr && header && !is_bearer) {
      exchange.diagnostics.add("BRZ_MISSING_BEARER",
                               "Send `Authorization: Bearer <key>`: the key is right, the word "
                               "Bearer before it is missing.");
    }
    if (key == nullptr || (!is_bearer && !legacy)) {
      return message_response(401, "Invalid API key: " + sent);
    }
    if (legacy) {
      exchange.diagnostics.add("BRZ_LEGACY_API_KEY",
                               "The key came as api_key in the body or the query, as before 2020; "
                               "send it as `Authorization: Bearer <key>`.");
    }
    exchange.api_key = key->key;
    if (!key->permissions.contains(std::string(permission_for(request.path)))) {
      return message_response(403, "Access Denied");
    }
    return std::nullopt;
  }

  static void note_query(Exchange& exchange) {
    for (const char* name : {"attributes", "events", "purchases"}) {
      if (!exchange.request.query_parameter(name)) continue;
      exchange.diagnostics.add("BRZ_PAYLOAD_IN_QUERY",
                               "The body is empty and the query string contains attributes or "
                               "events. In Python requests use json=, not params=.");
    }
  }

  void track(const ExchangePointer& exchange) {
    const TrackRequest request =
        read_track(exchange->body, options, clock.now(), exchange->diagnostics);
    const size_t counted =
        options.object_limit == ObjectLimit::combined_75 ? request.objects : request.most_in_one;
    if (counted > 75) {
      finish(exchange, message_response(400, "Max Input Length Exceeded"));
      return;
    }
    if (request.malformed || !request.accepts_any()) {
      json::object body{{"message", kNothingValid}};
      if (!request.errors.empty()) body["errors"] = errors_json(request.errors);
      finish(exchange, web::json_response(400, json::serialize(body)));
      return;
    }
    std::unique_lock lock(mutex);
    auto batch = apply(request, exchange->diagnostics);
    if (!batch) {
      lock.unlock();
      finish(exchange, message_response(500, "Internal Server Error"));
      return;
    }
    // Handed over under the lock: the order of the batches is the order in which they were made.
    profiles.commit(std::move(*batch),
                    [this, exchange, body = accepted(request)](base::Result<void> stored) mutable {
                      finish(exchange, stored ? web::json_response(201, json::serialize(body))
                                              : message_response(503, "Service Unavailable"));
                    });
  }

  static json::object accepted(const TrackRequest& request) {
    json::object body;
    if (!request.attributes.empty()) body["attributes_processed"] = request.attributes.size();
    if (!request.events.empty()) body["events_processed"] = request.events.size();
    if (!request.purchases.empty()) body["purchases_processed"] = request.purchases.size();
    body["message"] = "success";
    if (!request.errors.empty()) body["errors"] = errors_json(request.errors);
    return body;
  }

  // Attributes, then events, then purchases, as Braze does; one batch for the whole request.
  base::Result<base::KeyValueBatch> apply(const TrackRequest& request, Diagnostics& diagnostics) {
    base::KeyValueBatch batch;
    // Profiles this request has touched, as they were and as they are.
    std::map<std::string, std::pair<Profile, Profile>> touched;
    const auto each = [&](const auto& items, auto change) -> base::Result<void> {
      for (const auto& item : items) {
        auto profile = resolve(item.who, item.creates, touched);
        if (!profile) return std::unexpected(profile.error());
        if (*profile != nullptr) change(**profile, item);
      }
      return {};
    };
    const auto count = [&](Profile& profile, const auto& item) {
      profile.apply(item);
      ++profile.occurrences;
      ProfileStore::write_occurrence(batch, profile, occurrence_of(item));
    };
    auto done = each(request.attributes, [&](Profile& profile, const AttributesItem& item) {
      profile.apply(item, options, diagnostics);
    });
    if (done) done = each(request.events, count);
    if (done) done = each(request.purchases, count);
    if (!done) return std::unexpected(done.error());
    for (auto& [id, pair] : touched) {
      pair.second.updated_at = clock.now();
      ProfileStore::write(batch, pair.first, pair.second);
    }
    return batch;
  }

  using Touched = std::map<std::string, std::pair<Profile, Profile>>;

  // The profile to change; nullptr when there is none and none is to be made.
  base::Result<Profile*> resolve(const Identifier& who, Creates creates, Touched& touched) {
    for (auto& [id, pair] : touched) {
      if (means(who, pair.second)) return &pair.second;
    }
    auto found = profiles.find(who);
    if (!found) return std::unexpected(found.error());
    if (!*found && creates == Creates::no) return nullptr;
    Profile before = found->value_or(Profile{});
    Profile after = *found ? before : profiles.make(who, clock.now());
    const std::string id = after.braze_id;
    return &touched.emplace(id, std::pair(std::move(before), std::move(after)))
                .first->second.second;
  }

  static bool means(const Identifier& who, const Profile& profile) {
    using Kind = Identifier::Kind;
    switch (who.kind) {
      case Kind::external_id: return profile.external_id == who.value;
      case Kind::braze_id: return profile.braze_id == who.value;
      case Kind::email: return profile.email() == who.value;
      case Kind::phone: return profile.phone() == who.value;
      case Kind::user_alias:
        return std::ranges::any_of(profile.aliases, [&](const Alias& alias) {
          return alias.name == who.value && alias.label == who.label;
        });
    }
    return false;
  }

  void export_ids(const ExchangePointer& exchange) {
    std::vector<Identifier> wanted;
    json::array invalid;
    const json::object& body = exchange->body;
    using Kind = Identifier::Kind;
    if (const auto* ids = json::get_array(body, "external_ids")) {
      for (const json::value& id : *ids)
        wanted.push_back({Kind::external_id, json::to_text(id), {}});
    }
    if (const auto* aliases = json::get_array(body, "user_aliases")) {
      for (const json::value& alias : *aliases) {
        const auto* object = alias.if_object();
        if (object == nullptr) continue;
        if (auto who = identifier_of(json::object{{"user_alias", *object}})) wanted.push_back(*who);
      }
    }
    const std::pair<const char*, Kind> singles[] = {
        {"braze_id", Kind::braze_id}, {"email_address", Kind::email}, {"phone", Kind::phone}};
    for (const auto& [name, kind] : singles) {
      if (const auto value = json::get_string(body, name)) {
        wanted.push_back(
            {kind, kind == Kind::email ? base::to_lower(*value) : std::string(*value), {}});
      }
    }
    if (wanted.size() > kExportIdsMax) {
      finish(exchange,
             message_response(
                 400, "The max number of external_ids and aliases per request was exceeded"));
      return;
    }
    if (wanted.empty()) {
      finish(exchange, message_response(400, "Bad Request"));
      return;
    }
    json::array users;
    {
      const std::lock_guard lock(mutex);
      for (const Identifier& who : wanted) {
        const auto profile = profiles.find(who);
        if (profile && *profile) {
          users.push_back(select_fields((*profile)->to_export(), body));
        } else if (who.kind == Kind::external_id) {
          invalid.push_back(json::value(who.value));
        }
      }
    }
    json::object out{{"users", std::move(users)}};
    if (!invalid.empty()) out["invalid_user_ids"] = std::move(invalid);
    out["message"] = "success";
    finish(exchange, web::json_response(201, json::serialize(out)));
  }

  static json::object select_fields(json::object profile, const json::object& body) {
    const auto* names = json::get_array(body, "fields_to_export");
    if (names == nullptr) return profile;
    json::object selected;
    for (const json::value& name : *names) {
      if (!name.is_string()) continue;
      if (const auto* value = profile.if_contains(name.get_string())) {
        selected[name.get_string()] = *value;
      }
    }
    return selected;
  }

  // Adds Braze's headers and the sandbox's own, notes the request, and answers, now or later.
  void finish(const ExchangePointer& exchange, web::Response response) {
    add_headers(*exchange, response);
    requests.add(clock.now(), exchange->request.method, exchange->request.path, response.status,
                 exchange->diagnostics);
    if (exchange->fault.mode == Fault::Mode::drop) response = dropped();
    if (exchange->fault.mode == Fault::Mode::delay) {
      scheduler.after(exchange->fault.delay, [exchange, response = std::move(response)]() mutable {
        exchange->respond(std::move(response));
      });
      return;
    }
    exchange->respond(std::move(response));
  }

  void add_headers(const Exchange& exchange, web::Response& response) {
    std::array<uint8_t, 10> bytes{};
    random.fill(bytes);
    auto& headers = response.headers;
    headers.push_back({"X-Request-Id", base::Id::version7(clock.now(), bytes).to_string()});
    headers.push_back({"Vary", "Origin,Accept-Encoding"});
    headers.push_back({"Cache-Control",
                       response.status < 300 ? "max-age=0, private, must-revalidate" : "no-cache"});
    if (response.status == 401) {
      // Present and empty, as recorded (users-track.md 2).
      for (const char* name : {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}) {
        headers.push_back({name, ""});
      }
    } else if (response.status != 429 && !exchange.api_key.empty()) {
      const auto window = limits.describe(exchange.api_key, clock.now());
      headers.push_back({"X-RateLimit-Limit", std::to_string(window.limit)});
      headers.push_back({"X-RateLimit-Remaining", std::to_string(window.remaining)});
      headers.push_back({"X-RateLimit-Reset", std::to_string(window.reset_epoch_seconds)});
    }
    if (!exchange.diagnostics.empty()) {
      headers.push_back(
          {"X-Sandbox-Diagnostics", json::serialize(json::value(exchange.diagnostics.to_json()))});
    }
  }

  const SandboxOptions options;
  Clock& clock;
  Scheduler& scheduler;
  Random& random;
  std::mutex mutex;  // over profiles, from reading one to handing over what it became
  ProfileStore profiles;
  RateLimits limits;
  FaultSwitch faults;
  RequestLog requests;
  Inspector inspector;
};

Sandbox::Sandbox(base::KeyValueStore& store, Clock& clock, Scheduler& scheduler, Random& random,
                 SandboxOptions options)
    : impl_(std::make_unique<Impl>(store, clock, scheduler, random, std::move(options))) {}

Sandbox::~Sandbox() = default;

void Sandbox::handle(web::Request request, web::Respond respond) {
  impl_->handle(std::move(request), std::move(respond));
}

}  // namespace millrace::braze
