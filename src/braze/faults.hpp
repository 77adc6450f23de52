// The fault switch: makes the sandbox refuse, be slow, or break off, so that a flow's error road
// can be tried.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/web.hpp"

namespace millrace::braze {

struct Fault {
  enum class Mode {
    none,
    refuse,       // answer `status` and store nothing
    delay,        // do it, and answer later
    drop,         // do it, and close the connection without an answer
    drop_before,  // close the connection and do nothing
  };
  Mode mode = Mode::none;
  int status = 500;
  std::chrono::milliseconds delay{0};
  std::optional<int64_t> times;       // then the switch goes back to none; nullopt = until told
  std::string path = "/users/track";  // only this one; "" = every path of Braze's
};

class FaultSwitch {
 public:
  // {"mode": "none|refuse|delay|drop|drop_before", "status", "delay_ms", "times", "path"}; also
  // {"mode": "drop", "drop_before": true}.
  base::Result<void> set(const json::object& body);
  json::object describe();
  // What is to happen to this request; counts it.
  Fault next(std::string_view path);

 private:
  std::mutex mutex_;
  Fault fault_;
};

// What Braze would say with that status.
web::Response refusal(int status);
// Tells the server to close the connection unanswered.
web::Response dropped();

}  // namespace millrace::braze
