// The Braze sandbox: answers Braze's REST API as it is documented or recorded, keeps profiles
// durably, and says in a header of its own what a caller got wrong. Which rule is documented and
// which is inferred stands in docs/compatibility.md. No sockets here; it answers requests that an
// HTTP server hands it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/key_value.hpp"
#include "base/record_log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/web/web.hpp"
#include "base/world.hpp"
#include "profiles/limits.hpp"

namespace millrace::braze {

// Every permission there is, by Braze's name of it.
std::set<std::string> all_permissions();

struct ApiKey {
  std::string key;
  std::set<std::string> permissions;  // "users.track", ...; "*" is every one
  std::string name = "";              // how diagnoses and the list of requests call it; "key #2"
};

// How many objects and requests an account may send (reference: users-track.md 4).
enum class LimitProfile {
  current,  // 75 objects over the three arrays, 3,000 requests in 3 s
  legacy,   // 75 objects in each array, 50,000 requests a minute
  mau,      // 75 objects, an hourly limit and a burst; X-RateLimit-Reset counts seconds
};

// When what was accepted can be seen (reference: users-track.md 9).
enum class ApplyDelay {
  none,
  realistic,  // 2 to 8 s later
};

struct SandboxOptions {
  std::vector<ApiKey> keys;
  LimitProfile profile = LimitProfile::current;
  ApplyDelay apply_delay = ApplyDelay::none;
  bool accepts_legacy_key = true;  // `api_key` in body or query, with a diagnostic
  bool enforces_rates = true;      // otherwise requests are counted and never refused
  // Requests to /users/track in a window; 0: those of the profile.
  int rate_limit = 0;
  std::chrono::milliseconds rate_window{3'000};
  size_t body_bytes_max = 4 << 20;
  size_t properties_bytes_max = 100 << 10;
  size_t array_length_max = 25;  // of a custom attribute; the oldest go
  // Blocklists: accepted, counted, and not kept.
  std::set<std::string> blocked_attributes;
  std::set<std::string> blocked_events;
  std::set<std::string> blocked_products;
  // What stands in the dashboard at the start, besides what was kept:
  // {"campaigns": {"<id>": {...}}, "canvases", "segments", "subscription_groups", "cards", "tags"}.
  json::object workspace;
  profiles::StoreLimits store;
  // Hosts besides loopback under which the inspector may be opened.
  std::vector<std::string> inspector_hosts;
};

// Everything handed in must outlive the sandbox, and the sandbox must outlive the batches it has
// handed to the store: stop the server first, then the store, then this.
class Sandbox final : public web::Handler {
 public:
  Sandbox(base::KeyValueStore& store, base::RecordLog& log, base::Clock& clock, base::Lanes& lanes,
          base::Random& random, SandboxOptions options);
  ~Sandbox() override;

  // A 2xx is answered once everything it accepted is durable.
  void handle(web::Request request, web::Respond respond) override;
  // Lays what is kept out so that the next start is quick; waits for the store, for five seconds or
  // a little more. What cannot be written is read from the records then. Nothing may be handled
  // meanwhile.
  void settle();
  // Deletes whom these bodies of users/delete name, all or none, whatever faults and limits are
  // set, and takes the bytes of it out of what is kept: for somebody who asked to be forgotten.
  // Waits for the store. What was accepted and is still to be applied to them is (ApplyDelay).
  // Errors: invalid_argument, the endpoint refuses a body; unavailable, also where they are deleted
  // and their bytes are still there, which the same call then takes away.
  base::Result<void> forget(const std::vector<json::object>& deleted);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::braze
