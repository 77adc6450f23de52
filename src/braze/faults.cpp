#include "braze/faults.hpp"

#include <algorithm>
#include <array>

namespace millrace::braze {
namespace {

constexpr std::array<std::string_view, 5> kModes{"none", "refuse", "delay", "drop", "drop_before"};
constexpr std::array<int64_t, 10> kStatuses{400, 401, 403, 404, 413, 429, 500, 502, 503, 504};

// -1 when it is there and is no integer, which no field takes.
int64_t integer_or(const json::object& body, std::string_view key, int64_t otherwise) {
  return body.contains(key) ? json::get_integer(body, key).value_or(-1) : otherwise;
}

std::unexpected<base::Error> wrong(std::string message) {
  return base::fail(base::Code::invalid_argument, std::move(message));
}

}  // namespace

base::Result<void> FaultSwitch::set(const json::object& body) {
  Fault fault;
  const auto mode = std::ranges::find(kModes, json::get_string(body, "mode").value_or(""));
  if (mode == kModes.end()) return wrong("mode must be none, refuse, delay, drop or drop_before");
  fault.mode = static_cast<Fault::Mode>(mode - kModes.begin());
  // The same thing said in two ways: "drop_before", or "drop" with drop_before true.
  if (fault.mode == Fault::Mode::drop && json::get_bool(body, "drop_before").value_or(false)) {
    fault.mode = Fault::Mode::drop_before;
  }
  const auto status = integer_or(body, "status", 500);
  if (std::ranges::find(kStatuses, status) == kStatuses.end()) {
    return wrong("status must be 400, 401, 403, 404, 413, 429, 500, 502, 503 or 504");
  }
  fault.status = static_cast<int>(status);
  const auto delay_ms = integer_or(body, "delay_ms", 0);
  if (delay_ms < 0 || delay_ms > 60'000) return wrong("delay_ms must be from 0 to 60000");
  fault.delay = std::chrono::milliseconds(delay_ms);
  if (const auto* given = body.if_contains("times"); given != nullptr && !given->is_null()) {
    const auto times = integer_or(body, "times", 0);
    if (times < 1) return wrong("times must be 1 or more");
    fault.times = times;
  }
  constexpr size_t kPathBytesMax = 200;
  fault.path = json::get_string(body, "path").value_or("/users/track");
  if (fault.path.size() > kPathBytesMax) return wrong("path must be at most 200 bytes");
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
  return {};
}

json::object FaultSwitch::describe() {
  const std::lock_guard lock(mutex_);
  json::object out{{"mode", kModes[static_cast<size_t>(fault_.mode)]},
                   {"status", fault_.status},
                   {"delay_ms", fault_.delay.count()},
                   {"path", fault_.path}};
  if (fault_.times) out["times"] = *fault_.times;
  return out;
}

Fault FaultSwitch::next(std::string_view path) {
  const std::lock_guard lock(mutex_);
  if (fault_.mode == Fault::Mode::none) return {};
  if (!fault_.path.empty() && fault_.path != path) return {};
  const Fault now = fault_;
  if (fault_.times && --*fault_.times == 0) fault_ = {};
  return now;
}

web::Response refusal(int status) {
  const char* message = "Internal Server Error";
  switch (status) {
    case 400: message = "Bad Request"; break;
    case 401: message = "Invalid API key: (refused by the sandbox's fault switch)"; break;
    case 403: message = "Access Denied"; break;
    case 404: message = "Invalid URL"; break;
    case 413: message = "Request Entity Too Large"; break;
    case 429: message = "Rate Limited"; break;
    case 502: message = "Bad Gateway"; break;
    case 503: message = "Service Unavailable"; break;
    case 504: message = "Gateway Timeout"; break;
    default: break;
  }
  auto response = web::json_response(status, json::serialize(json::object{{"message", message}}));
  if (status == 429) {
    response.headers.push_back({"X-RateLimit-Retry-After", "1"});
    response.headers.push_back({"Retry-After", "1"});
  }
  return response;
}

web::Response dropped() {
  return {500, {{"X-Millrace-Drop-Connection", "1"}}, {}};
}

}  // namespace millrace::braze
