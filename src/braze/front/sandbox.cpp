#include "braze/braze.hpp"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <cstdio>
#include <mutex>

#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "braze/endpoints/exports.hpp"
#include "braze/front/authentication.hpp"
#include "braze/front/endpoint.hpp"
#include "braze/front/faults.hpp"
#include "braze/front/forgetting.hpp"
#include "braze/front/inspector.hpp"
#include "braze/front/later.hpp"
#include "braze/front/notes.hpp"
#include "braze/front/request_log.hpp"
#include "braze/kept.hpp"

namespace millrace::braze {
namespace {

// One request on its way through: what has been found out about it, and how to answer it.
struct Exchange {
  web::Request request;
  web::Respond respond;
  base::Timestamp began;
  // What the body is made of; it goes after the body, and nothing of it outlives the handler: what
  // is kept is copied into a profile's own memory.
  boost::json::monotonic_resource memory;
  std::optional<json::object> body;
  Matched matched;
  Diagnostics diagnostics;
  const ApiKey* key = nullptr;  // set once the request is let in
  std::optional<Bucket> bucket;
  Fault fault;
};
using ExchangePointer = std::shared_ptr<Exchange>;

// The same path, with a slash at its end or without.
void strip_slash(std::string& path) {
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
}

web::Response rate_limited(std::chrono::milliseconds wait) {
  auto response = message_response(429, "Rate Limited");
  const std::string seconds = std::to_string((wait.count() + 999) / 1000);
  response.headers.push_back({"X-RateLimit-Retry-After", seconds});
  response.headers.push_back({"Retry-After", seconds});
  return response;
}

void add_rate_headers(const Exchange& exchange, RateLimits& limits, base::Timestamp now,
                      web::Response& response) {
  auto& headers = response.headers;
  if (response.status == 401) {
    // Present and empty, as recorded (users-track.md 2).
    for (const char* name : {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}) {
      headers.push_back({name, ""});
    }
  } else if (response.status != 429 && exchange.key != nullptr && exchange.bucket) {
    const auto window = limits.describe(*exchange.bucket, now);
    headers.push_back({"X-RateLimit-Limit", std::to_string(window.limit)});
    headers.push_back({"X-RateLimit-Remaining", std::to_string(window.remaining)});
    headers.push_back({"X-RateLimit-Reset", std::to_string(window.reset)});
  }
}

std::string seconds_since(base::Timestamp began, base::Timestamp now) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", static_cast<double>(now.ms - began.ms) / 1000);
  return text;
}

}  // namespace

struct Sandbox::Impl {
  Impl(base::KeyValueStore& store, base::RecordLog& the_log, base::Clock& the_clock,
       base::Lanes& the_lanes, base::Random& the_random, SandboxOptions the_options)
      : options(std::move(the_options)),
        log(the_log),
        clock(the_clock),
        lanes(the_lanes),
        random(the_random),
        profiles(store, the_log, the_random, options.store),
        workspace(profiles),
        exports(profiles, mutex, the_lanes),
        world{profiles, workspace, exports, the_random, options.workspace},
        limits(options),
        inspector(world, mutex, faults, requests, options),
        later(world, mutex, options, the_clock, the_lanes, the_random, requests) {
    // What was accepted before a restart and not yet to be seen is applied now. A store that
    // cannot be read shows itself in the first answer.
    later.take_up();
  }

  void handle(web::Request request, web::Respond respond) {
    if (Inspector::serves(request.path)) {
      inspector.handle(request, std::move(respond));
      return;
    }
    auto exchange = std::make_shared<Exchange>();
    exchange->request = std::move(request);
    strip_slash(exchange->request.path);
    exchange->respond = std::move(respond);
    exchange->began = clock.now();
    note_query(exchange->request, exchange->diagnostics);
    exchange->matched = find_endpoint(exchange->request.method, exchange->request.path);
    const Endpoint* endpoint = exchange->matched.endpoint;
    if (endpoint == nullptr) {
      note_path(exchange->request, exchange->matched, exchange->diagnostics);
      finish(exchange, message_response(404, "Invalid URL"));
      return;
    }
    exchange->fault = faults.next(exchange->request.path);
    note_fault(exchange->fault, exchange->diagnostics);
    if (exchange->fault.mode == Fault::Mode::refuse) {
      finish(exchange, refusal(exchange->fault, exchange->request, exchange->began));
    } else if (exchange->fault.mode == Fault::Mode::drop_before) {
      finish(exchange, dropped());
    } else if (auto refused = check(*exchange, *endpoint)) {
      finish(exchange, std::move(*refused));
    } else {
      serve(exchange, *endpoint);
    }
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
    const bool has_body = request.method != "GET" && !base::trim(request.body).empty();
    if (has_body && request.is_json() && !parsed) {
      parsed = json::parse_object(request.body, &exchange.memory);
    }
    exchange.bucket = endpoint.bucket;
    if (endpoint.bucket_of != nullptr && parsed && *parsed) {
      if (const Bucket asked = endpoint.bucket_of(**parsed); asked != Bucket::pool) {
        exchange.bucket = asked;
      }
    }
    if (const auto wait = limits.take(*exchange.bucket, clock.now())) {
      exchange.diagnostics.add("BRZ_RATE_LIMITED", "More requests than the limit allows.");
      return rate_limited(*wait);
    }
    const bool may_have_none = request.method == "GET" || request.method == "DELETE";
    if (may_have_none && !has_body) return std::nullopt;
    return read_body(exchange, endpoint, has_body, std::move(parsed));
  }

  static std::optional<web::Response> read_body(Exchange& exchange, const Endpoint& endpoint,
                                                bool has_body,
                                                std::optional<base::Result<json::object>> parsed) {
    if (!has_body) {
      exchange.diagnostics.add("BRZ_EMPTY_BODY", "The body is empty.");
      const bool is_track = endpoint.path.starts_with("/users/track");
      return message_response(400, is_track ? kNothingValid : "Bad Request");
    }
    if (!exchange.request.is_json()) {
      exchange.diagnostics.add("BRZ_CONTENT_TYPE", "Send `Content-Type: application/json`.");
      return message_response(415, "Content-Type must be application/json");
    }
    if (!*parsed) {
      exchange.diagnostics.add("BRZ_MALFORMED_JSON", parsed->error().message);
      return message_response(400, "Bad Request");
    }
    // Made anew, not assigned, which would copy it out of that memory.
    exchange.body.emplace(std::move(**parsed));
    exchange.body->erase("api_key");  // never kept
    return std::nullopt;
  }

  void serve(const ExchangePointer& exchange, const Endpoint& endpoint) {
    std::unique_lock lock(mutex);
    if (const auto ready = world.begin(); !ready) {
      lock.unlock();
      finish(exchange, message_response(503, "Service Unavailable"));
      return;
    }
    Call call{exchange->request,
              exchange->body ? std::move(*exchange->body) : json::object(),
              exchange->matched.parts,
              clock.now(),
              options,
              exchange->diagnostics,
              world};
    const bool waits = options.apply_delay != ApplyDelay::none;
    // Kept as it came, for the effect's time may be after a restart.
    const json::object given = waits ? call.body : json::object();
    auto served = endpoint.serve(call);
    if (served && served->effect) {
      if (waits) {
        later.put(exchange->request, given, call.now);
      } else if (auto done = served->effect(world, call.now, exchange->diagnostics); !done) {
        served = std::unexpected(done.error());
      }
    }
    if (!served) {
      // What was changed so far is forgotten.
      profiles.abandon();
      lock.unlock();
      finish(exchange, message_response(500, "Internal Server Error"));
      return;
    }
    // Handed over under the lock: the order of the batches is the order in which they were made.
    profiles.commit([this, exchange, response = std::move(served->response)](
                        const base::Result<void>& stored) mutable {
      finish(exchange, stored ? std::move(response) : message_response(503, "Service Unavailable"));
    });
  }

  // Adds Braze's headers and the sandbox's own, notes the request, and answers, now or later.
  void finish(const ExchangePointer& exchange, web::Response response) {
    const base::Timestamp now = clock.now();
    const auto mode = exchange->fault.mode;
    if (mode == Fault::Mode::queued && response.status < 300) {
      response = message_response(202, "queued");
    }
    std::string id = add_headers(*exchange, now, response);
    requests.add({now, std::move(id), exchange->request.method, exchange->request.path,
                  response.status, exchange->key == nullptr ? "" : name_of(*exchange->key, options),
                  exchange->diagnostics.items()});
    if (mode == Fault::Mode::drop) response = dropped();
    if (mode == Fault::Mode::delay) {
      lanes.run_after(0, exchange->fault.delay,
                      [exchange, response = std::move(response)]() mutable {
                        exchange->respond(std::move(response));
                      });
      return;
    }
    exchange->respond(std::move(response));
  }

  // The X-Request-Id.
  std::string add_headers(const Exchange& exchange, base::Timestamp now, web::Response& response) {
    std::array<uint8_t, 10> bytes{};
    random.fill(bytes);
    std::string id = base::Id::version7(now, bytes).to_string();
    auto& headers = response.headers;
    headers.push_back({"X-Request-Id", id});
    headers.push_back({"X-Runtime", seconds_since(exchange.began, now)});
    headers.push_back({"Vary", "Origin,Accept-Encoding"});
    if (response.status < 300 && response.status != 202) {
      const std::string digest = base::to_hex(base::sha256(response.body).substr(0, 16));
      headers.push_back({"ETag", "W/\"" + digest + "\""});
      headers.push_back({"Cache-Control", "max-age=0, private, must-revalidate"});
    } else {
      headers.push_back({"Cache-Control", "no-cache"});
    }
    add_rate_headers(exchange, limits, now, response);
    if (!exchange.diagnostics.empty()) {
      headers.push_back({"X-Sandbox-Diagnostics", exchange.diagnostics.to_header()});
    }
    return id;
  }

  const SandboxOptions options;
  base::RecordLog& log;
  base::Clock& clock;
  base::Lanes& lanes;
  base::Random& random;
  std::mutex mutex;  // over profiles, from reading one to handing over what it became
  ProfileStore profiles;
  Workspace workspace;
  Exports exports;
  World world;
  RateLimits limits;
  FaultSwitch faults;
  RequestLog requests;
  Inspector inspector;
  Later later;
};

Sandbox::Sandbox(base::KeyValueStore& store, base::RecordLog& log, base::Clock& clock,
                 base::Lanes& lanes, base::Random& random, SandboxOptions options)
    : impl_(std::make_unique<Impl>(store, log, clock, lanes, random, std::move(options))) {}

Sandbox::~Sandbox() = default;

void Sandbox::handle(web::Request request, web::Respond respond) {
  impl_->handle(std::move(request), std::move(respond));
}

void Sandbox::settle() {
  const std::lock_guard lock(impl_->mutex);
  constexpr int64_t kPatienceMs = 5'000;
  const base::Timestamp until{impl_->clock.now().ms + kPatienceMs};
  (void)impl_->profiles.settle([&] { return impl_->clock.now() < until; });
}

base::Result<void> Sandbox::forget(const std::vector<json::object>& deleted) {
  const std::lock_guard lock(impl_->mutex);
  return braze::forget({impl_->world, impl_->log, impl_->options}, deleted, impl_->clock.now());
}

}  // namespace millrace::braze
