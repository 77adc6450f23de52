// The embedded Braze sandbox: answers POST /users/track and POST /users/export/ids as Braze
// documents them, keeps profiles durably, and says in a header of its own what a caller got wrong.
// Which rule is documented and which is inferred stands in docs/compatibility.md. No sockets here;
// it answers requests that an HTTP server hands it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/key_value.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/web.hpp"

namespace millrace::braze {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual base::Timestamp now() = 0;
};

// Runs a task later; thread-safe.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  virtual void after(std::chrono::milliseconds delay, std::move_only_function<void()> task) = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  // Thread-safe.
  virtual void fill(std::span<uint8_t> bytes) = 0;
};

struct ApiKey {
  std::string key;
  std::set<std::string> permissions;  // "users.track", "users.export.ids"
  std::string name = "key";           // how diagnoses and the list of requests call it
};

// How many objects one request may carry (reference: users-track.md 4).
enum class ObjectLimit {
  combined_75,  // over the three arrays together
  each_75,      // accounts on legacy limits: 75 in each array
};

struct SandboxOptions {
  std::vector<ApiKey> keys;
  ObjectLimit object_limit = ObjectLimit::combined_75;
  bool accepts_legacy_key = true;  // `api_key` in body or query, with a diagnostic
  int rate_limit = 3'000;          // requests per window to /users/track
  std::chrono::milliseconds rate_window{3'000};
  // To /users/export/ids: what accounts have that may leave out fields_to_export.
  int export_rate_limit = 2'500;
  std::chrono::milliseconds export_rate_window{60'000};
  size_t body_bytes_max = 4 << 20;
  size_t properties_bytes_max = 100 << 10;
  size_t array_length_max = 25;  // of a custom attribute; the oldest go
  // Blocklists: accepted, counted, and not kept.
  std::set<std::string> blocked_attributes;
  std::set<std::string> blocked_events;
  std::set<std::string> blocked_products;
  // Hosts besides loopback under which the inspector may be opened.
  std::vector<std::string> inspector_hosts;
};

// Everything handed in must outlive the sandbox, and the sandbox must outlive the batches it has
// handed to the store: stop the server first, then the store, then this.
class Sandbox final : public web::Handler {
 public:
  Sandbox(base::KeyValueStore& store, Clock& clock, Scheduler& scheduler, Random& random,
          SandboxOptions options);
  ~Sandbox() override;

  // A 201 to /users/track is answered once everything it accepted is durable.
  void handle(web::Request request, web::Respond respond) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::braze
