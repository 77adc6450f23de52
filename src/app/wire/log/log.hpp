// The server's log: one line a happening, on standard error, through spdlog.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/world.hpp"

namespace millrace::app {

enum class LogFormat { text, json };

// One request that was answered.
struct AnsweredRequest {
  std::string_view id;
  std::string_view method;
  std::string path;  // without the query, and without what may be an id or a token
  std::string_view peer;
  int status = 0;
  size_t bytes = 0;  // of the body, as far as it was whole when it was answered
  std::chrono::milliseconds took{0};
};

// Who writes down what was asked.
class RequestLog {
 public:
  virtual ~RequestLog() = default;
  // Thread-safe.
  virtual void answered(const AnsweredRequest& request) = 0;
};

class ServerLog : public base::Log, public RequestLog {};

// Lines below `least` are dropped; those of requests are of level info. Thread-safe.
//   text: "2026-01-31T09:00:00.000Z info    server stopping"
//   json:
//   {"time":"2026-01-31T09:00:00.000Z","level":"info","subject":"server","message":"stopping"}
std::unique_ptr<ServerLog> make_log(base::Level least, LogFormat format = LogFormat::text);

// What stands behind the time and the level in a line about a request.
std::string as_text(const AnsweredRequest& request);
// The members of its JSON object behind them, without braces.
std::string as_json(const AnsweredRequest& request);

}  // namespace millrace::app
