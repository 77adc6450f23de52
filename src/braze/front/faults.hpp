// The fault switch: makes the sandbox refuse, be slow, or break off, so that a flow's error road
// and a client's patience can be tried. One fault for every request, or a mix of them by chance.
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/web/web.hpp"

namespace millrace::braze {

struct Fault {
  enum class Mode {
    none,
    refuse,       // answer `status` and store nothing
    queued,       // do it, and answer 202 {"message":"queued"}
    delay,        // do it, and answer later
    drop,         // do it, and close the connection without an answer
    drop_before,  // close the connection and do nothing
  };
  // How a 429 says when to come back.
  enum class Wait {
    both,           // X-RateLimit-Retry-After and Retry-After
    x_retry_after,  // X-RateLimit-Retry-After alone
    retry_after,    // Retry-After alone
    epoch_reset,    // X-RateLimit-Reset as epoch seconds
    delta_reset,    // X-RateLimit-Reset as seconds from now
    empty,          // the three X-RateLimit headers, empty
    none,           // nothing
  };
  // What stands in the body of a refusal.
  enum class Body { json, html, empty };

  Mode mode = Mode::none;
  int status = 500;
  Wait wait = Wait::both;
  int64_t retry_after_s = 1;
  Body body = Body::json;
  std::chrono::milliseconds delay{0};
};

class FaultSwitch {
 public:
  // {"mode": "none|refuse|queued|delay|drop|drop_before", "status", "headers", "retry_after_s",
  //  "body": "json|html|empty", "delay_ms", "times", "path"}; also {"mode": "drop", "drop_before":
  // true}. Or {"mode": "mix", "seed", "share": 0.2, "of": [faults], "times", "path"}: of the
  // requests that share by chance, each gets one of the faults by chance; the same seed and the
  // same number of requests meet the same faults.
  base::Result<void> set(const json::object& body);
  json::object describe();
  // What is to happen to this request; counts it.
  Fault next(std::string_view path);

 private:
  uint64_t draw();

  std::mutex mutex_;
  json::object set_as_;          // what the switch was told, for describing it
  std::vector<Fault> faults_;    // none: it works
  std::vector<int64_t> counts_;  // how often each has struck
  double share_ = 1;
  uint64_t random_ = 0;
  std::optional<int64_t> times_;       // then the switch goes back to none; nullopt = until told
  std::string path_ = "/users/track";  // only this one; "" = every path of Braze's
};

// What Braze would say with that status; a 401 repeats the key that was sent.
web::Response refusal(const Fault& fault, const web::Request& request, base::Timestamp now);
// Tells the server to close the connection unanswered.
web::Response dropped();

}  // namespace millrace::braze
