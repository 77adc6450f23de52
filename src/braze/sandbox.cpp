#include "braze/braze.hpp"

#include <array>
#include <cstdio>
#include <mutex>

#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "braze/answers.hpp"
#include "braze/authentication.hpp"
#include "braze/export_rules.hpp"
#include "braze/inspector.hpp"
#include "braze/rate_limit.hpp"
#include "braze/working_set.hpp"

namespace millrace::braze {
namespace {

// One request on its way through: what has been found out about it, and how to answer it.
struct Exchange {
  web::Request request;
  web::Respond respond;
  base::Timestamp began;
  json::object body;
  Diagnostics diagnostics;
  const ApiKey* key = nullptr;  // set once the request is let in
  RateLimit* limit = nullptr;   // of its endpoint
  Fault fault;
};
using ExchangePointer = std::shared_ptr<Exchange>;

void note_query(const web::Request& request, Diagnostics& diagnostics) {
  const bool has_payload = request.query_parameter("attributes") ||
                           request.query_parameter("events") ||
                           request.query_parameter("purchases");
  if (!has_payload) return;
  diagnostics.add(
      "BRZ_PAYLOAD_IN_QUERY",
      "The query string contains attributes, events or purchases; Braze reads them from "
      "the body alone. In Python requests use json=, not params=.");
}

void note_path(const web::Request& request, Diagnostics& diagnostics) {
  if (request.path.starts_with("//")) {
    diagnostics.add("BRZ_UNKNOWN_PATH",
                    "The path begins with two slashes: the base URL ends in one already.");
  } else if (request.path.starts_with("/user/")) {
    diagnostics.add("BRZ_UNKNOWN_PATH", "Did you mean /users/track?");
  } else {
    diagnostics.add("BRZ_UNKNOWN_PATH",
                    "The sandbox answers POST /users/track and POST /users/export/ids.");
  }
}

void note_fault(const Fault& fault, Diagnostics& diagnostics) {
  switch (fault.mode) {
    case Fault::Mode::none: return;
    case Fault::Mode::refuse:
      diagnostics.add("BRZ_FAULT", "The fault switch refused the request; nothing was stored.");
      return;
    case Fault::Mode::delay:
      diagnostics.add("BRZ_FAULT", "The fault switch held the answer back.");
      return;
    case Fault::Mode::drop:
      diagnostics.add("BRZ_FAULT",
                      "The fault switch closed the connection; the request was carried out.");
      return;
    case Fault::Mode::drop_before:
      diagnostics.add("BRZ_FAULT",
                      "The fault switch closed the connection; the request was not looked at.");
      return;
  }
}

web::Response rate_limited(std::chrono::milliseconds wait) {
  auto response = message_response(429, "Rate Limited");
  const std::string seconds = std::to_string((wait.count() + 999) / 1000);
  response.headers.push_back({"X-RateLimit-Retry-After", seconds});
  response.headers.push_back({"Retry-After", seconds});
  return response;
}

void add_rate_headers(const Exchange& exchange, base::Timestamp now, web::Response& response) {
  auto& headers = response.headers;
  if (response.status == 401) {
    // Present and empty, as recorded (users-track.md 2).
    for (const char* name : {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}) {
      headers.push_back({name, ""});
    }
  } else if (response.status != 429 && exchange.key != nullptr) {
    const auto window = exchange.limit->describe(now);
    headers.push_back({"X-RateLimit-Limit", std::to_string(window.limit)});
    headers.push_back({"X-RateLimit-Remaining", std::to_string(window.remaining)});
    headers.push_back({"X-RateLimit-Reset", std::to_string(window.reset_epoch_seconds)});
  }
}

std::string seconds_since(base::Timestamp began, base::Timestamp now) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", static_cast<double>(now.ms - began.ms) / 1000);
  return text;
}

}  // namespace

struct Sandbox::Impl {
  struct Endpoint {
    std::string_view path;
    std::string_view permission;
    RateLimit& limit;
    void (Impl::*serve)(const ExchangePointer&);
  };

  Impl(base::KeyValueStore& store, Clock& the_clock, Scheduler& the_scheduler, Random& the_random,
       SandboxOptions the_options)
      : options(std::move(the_options)),
        clock(the_clock),
        scheduler(the_scheduler),
        random(the_random),
        profiles(store, the_random),
        track_limit(options.rate_limit, options.rate_window),
        export_limit(options.export_rate_limit, options.export_rate_window),
        inspector(profiles, mutex, faults, requests, options.inspector_hosts) {}

  void handle(web::Request request, web::Respond respond) {
    if (Inspector::serves(request.path)) {
      respond(inspector.handle(request));
      return;
    }
    auto exchange = std::make_shared<Exchange>();
    exchange->request = std::move(request);
    exchange->respond = std::move(respond);
    exchange->began = clock.now();
    note_query(exchange->request, exchange->diagnostics);
    const Endpoint* endpoint = endpoint_of(exchange->request);
    if (endpoint == nullptr) {
      note_path(exchange->request, exchange->diagnostics);
      finish(exchange, message_response(404, "Invalid URL"));
      return;
    }
    exchange->fault = faults.next(exchange->request.path);
    note_fault(exchange->fault, exchange->diagnostics);
    exchange->limit = &endpoint->limit;
    if (exchange->fault.mode == Fault::Mode::refuse) {
      finish(exchange, refusal(exchange->fault.status));
    } else if (exchange->fault.mode == Fault::Mode::drop_before) {
      finish(exchange, dropped());
    } else if (auto refused = check(*exchange, *endpoint)) {
      finish(exchange, std::move(*refused));
    } else {
      (this->*endpoint->serve)(exchange);
    }
  }

  const Endpoint* endpoint_of(const web::Request& request) const {
    if (request.method != "POST") return nullptr;
    for (const Endpoint& endpoint : endpoints) {
      if (endpoint.path == request.path) return &endpoint;
    }
    return nullptr;
  }

  // Everything that can be wrong before the endpoint looks at its fields.
  std::optional<web::Response> check(Exchange& exchange, const Endpoint& endpoint) {
    const web::Request& request = exchange.request;
    if (request.body.size() > options.body_bytes_max) {
      exchange.diagnostics.add("BRZ_TOO_LARGE", "A body may have 4 MB; send fewer items at once.");
      return message_response(413, "Request Entity Too Large");
    }
    // A stranger's body is read only where it may hold the key.
    std::optional<base::Result<json::object>> parsed;
    if (may_hold_key_in_body(request, options)) parsed = json::parse_object(request.body);
    const json::object none;
    const auto key =
        authenticate(request, parsed && *parsed ? **parsed : none, options, exchange.diagnostics);
    if (!key) return key.error();
    exchange.key = *key;
    if (auto refused =
            refuse_without_permission(**key, endpoint.permission, exchange.diagnostics)) {
      return refused;
    }
    if (const auto wait = endpoint.limit.take(clock.now())) {
      exchange.diagnostics.add("BRZ_RATE_LIMITED", "More requests than the limit allows.");
      return rate_limited(*wait);
    }
    if (base::trim(request.body).empty() && endpoint.path == kTrackPath) {
      exchange.diagnostics.add("BRZ_EMPTY_BODY", "The body is empty.");
      return message_response(400, kNothingValid);
    }
    if (!request.is_json()) {
      exchange.diagnostics.add("BRZ_CONTENT_TYPE", "Send `Content-Type: application/json`.");
      return message_response(415, "Content-Type must be application/json");
    }
    if (!parsed) parsed = json::parse_object(request.body);
    if (!*parsed) {
      exchange.diagnostics.add("BRZ_MALFORMED_JSON", parsed->error().message);
      return message_response(400, "Bad Request");
    }
    exchange.body = std::move(**parsed);
    return std::nullopt;
  }

  void track(const ExchangePointer& exchange) {
    const TrackRequest request =
        read_track(exchange->body, options, clock.now(), exchange->diagnostics);
    if (request.too_many) {
      exchange->diagnostics.add("BRZ_TOO_MANY_OBJECTS",
                                "A request may carry 75 objects; nothing of it was processed.");
      finish(exchange, message_response(400, "Max Input Length Exceeded"));
      return;
    }
    if (request.malformed || !request.accepts_any()) {
      finish(exchange, nothing_valid(request));
      return;
    }
    std::unique_lock lock(mutex);
    WorkingSet working(profiles, options, clock.now(), exchange->diagnostics);
    auto batch = working.apply(request);
    if (!batch) {
      lock.unlock();
      finish(exchange, message_response(500, "Internal Server Error"));
      return;
    }
    // Handed over under the lock: the order of the batches is the order in which they were made.
    profiles.commit(std::move(*batch), [this, exchange, response = accepted(request)](
                                           base::Result<void> stored) mutable {
      finish(exchange, stored ? std::move(response) : message_response(503, "Service Unavailable"));
    });
  }

  void export_ids(const ExchangePointer& exchange) {
    const auto request = read_export(exchange->body);
    if (!request) {
      finish(exchange, message_response(400, request.error()));
      return;
    }
    std::unique_lock lock(mutex);
    const auto body = export_profiles(*request, profiles);
    lock.unlock();
    finish(exchange, body ? web::json_response(201, json::serialize(*body))
                          : message_response(500, "Internal Server Error"));
  }

  // Adds Braze's headers and the sandbox's own, notes the request, and answers, now or later.
  void finish(const ExchangePointer& exchange, web::Response response) {
    const base::Timestamp now = clock.now();
    add_headers(*exchange, now, response);
    requests.add({now, exchange->request.method, exchange->request.path, response.status,
                  exchange->key == nullptr ? "" : exchange->key->name,
                  exchange->diagnostics.to_json()});
    if (exchange->fault.mode == Fault::Mode::drop) response = dropped();
    if (exchange->fault.mode == Fault::Mode::delay) {
      scheduler.after(exchange->fault.delay, [exchange, response = std::move(response)]() mutable {
        exchange->respond(std::move(response));
      });
      return;
    }
    exchange->respond(std::move(response));
  }

  void add_headers(const Exchange& exchange, base::Timestamp now, web::Response& response) {
    std::array<uint8_t, 10> bytes{};
    random.fill(bytes);
    auto& headers = response.headers;
    headers.push_back({"X-Request-Id", base::Id::version7(now, bytes).to_string()});
    headers.push_back({"X-Runtime", seconds_since(exchange.began, now)});
    headers.push_back({"Vary", "Origin,Accept-Encoding"});
    if (response.status < 300) {
      const std::string digest = base::to_hex(base::sha256(response.body).substr(0, 16));
      headers.push_back({"ETag", "W/\"" + digest + "\""});
      headers.push_back({"Cache-Control", "max-age=0, private, must-revalidate"});
    } else {
      headers.push_back({"Cache-Control", "no-cache"});
    }
    add_rate_headers(exchange, now, response);
    if (!exchange.diagnostics.empty()) {
      headers.push_back({"X-Sandbox-Diagnostics", exchange.diagnostics.to_header()});
    }
  }

  static constexpr std::string_view kTrackPath = "/users/track";

  const SandboxOptions options;
  Clock& clock;
  Scheduler& scheduler;
  Random& random;
  std::mutex mutex;  // over profiles, from reading one to handing over what it became
  ProfileStore profiles;
  RateLimit track_limit;
  RateLimit export_limit;
  FaultSwitch faults;
  RequestLog requests;
  Inspector inspector;
  const std::array<Endpoint, 2> endpoints{
      {{kTrackPath, "users.track", track_limit, &Impl::track},
       {"/users/export/ids", "users.export.ids", export_limit, &Impl::export_ids}}};
};

Sandbox::Sandbox(base::KeyValueStore& store, Clock& clock, Scheduler& scheduler, Random& random,
                 SandboxOptions options)
    : impl_(std::make_unique<Impl>(store, clock, scheduler, random, std::move(options))) {}

Sandbox::~Sandbox() = default;

void Sandbox::handle(web::Request request, web::Respond respond) {
  impl_->handle(std::move(request), std::move(respond));
}

}  // namespace millrace::braze
