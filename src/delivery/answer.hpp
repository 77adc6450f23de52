// What an answer of Braze's means (users-track.md, sections 4.1, 4.2 and 8). Whatever comes over
// the wire is met: headers missing, empty, of either notation; bodies that are not JSON.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/redact.hpp"
#include "base/web.hpp"
#include "delivery/parcel.hpp"

namespace millrace::delivery {

// One object that was refused.
struct Refusal {
  std::optional<Array> array;  // nullopt: of an array that the request does not have
  int64_t index = 0;
  std::string reason;
  bool operator==(const Refusal&) const = default;
};

struct Answer {
  enum class Kind {
    accepted,   // 2xx, "success" or "queued"; all but the refused
    refused,    // 400 and the like: nothing was done, unless `has_counters`
    too_large,  // 413
    throttled,  // 429: nothing was done
    failed,     // 5xx, 408
    stopped,    // 401, 403, 404, 415, a redirect: our configuration is wrong
    odd,        // a 2xx that says something else: it may have been done
  };
  Kind kind = Kind::odd;
  int status = 0;
  std::string message;              // as the receiver put it, shortened and redacted
  std::vector<Refusal> refusals;    // each object once
  bool has_counters = false;        // something was processed although the request was refused
  bool may_have_happened = false;   // of failed: whoever answered may not be who processed
  std::string request_id;           // X-Request-Id
  std::optional<json::value> body;  // when it is JSON
  // Pacing. `wait_until` is when the receiver wants to hear from us again.
  std::optional<base::Timestamp> wait_until;
  std::optional<int64_t> remaining;               // requests left in the window, ...
  std::optional<base::Timestamp> window_ends_at;  // ... which ends then
};

// `sensitive` is what must not show in texts, such as the key, which a 401 echoes.
Answer classify(const web::Response& response, base::Timestamp now,
                std::span<const base::Sensitive> sensitive);

// "120" (seconds from now), "1592427600" (seconds since 1970: from 1e9 on), or an HTTP date.
// nullopt when it is empty or anything else.
std::optional<base::Timestamp> read_moment(std::string_view text, base::Timestamp now);

}  // namespace millrace::delivery
