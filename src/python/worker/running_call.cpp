#include "python/worker/running_call.hpp"

#include <utility>

#include "base/level_names.hpp"

namespace millrace::python {
namespace {

constexpr size_t kExchangesMax = 100;
constexpr size_t kMessageBytesMax = 2'000;
// What is longer was cut by the worker, perhaps within a secret.
constexpr size_t kSaidBytesMax = 8'000;

}  // namespace

RunningCall::RunningCall(base::Log& log, Limits limits, Sensitives secrets)
    : log_(log), limits_(limits), secrets_(std::move(secrets)) {}

void RunningCall::begin(PendingCall call, Loop::Moment now, base::Timestamp at, uint64_t worker) {
  call_ = std::move(call);
  began_ = now;
  until_ = now + call_.time_limit;
  sensitive_.reset();
  trace_ = {};
  trace_.began_at = at;
  trace_.worker = worker;
  trace_.queued = std::chrono::duration_cast<std::chrono::microseconds>(now - call_.since);
  lines_ = 0;
  lines_left_out_ = false;
  bytes_ = 0;
}

bool RunningCall::counts(size_t bytes) {
  bytes_ += bytes;
  return bytes_ <= limits_.bytes_max;
}

void RunningCall::log(base::Level level, const Line& line) {
  if (lines_ >= limits_.lines_max) {
    lines_left_out_ = true;
    return;
  }
  ++lines_;
  const std::string text = fit_for_log(line, sensitive(), limits_.line_bytes_max);
  log_.line(level, is_under_way() ? std::string_view(call_.chat_id) : "python", text);
  if (is_under_way()) trace_.lines.push_back(std::string(base::kLevels(level)) + ": " + text);
}

void RunningCall::print(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    if (!line.text.empty()) log(base::Level::info, line);
  }
}

std::string RunningCall::complain(std::string_view message, std::string_view place) {
  std::string text = redacted(message);
  if (!place.empty()) {
    log_.line(base::Level::warning, call_.chat_id,
              call_.command + ": " + text + " (" + redacted(place) + ")");
  }
  return text;
}

void RunningCall::add_exchange(web::Exchange exchange) {
  if (trace_.exchanges.size() >= kExchangesMax) return;
  exchange.host = redacted(exchange.host);
  exchange.method = redacted(exchange.method);
  exchange.refused = redacted(exchange.refused);
  trace_.exchanges.push_back(std::move(exchange));
}

runtime::Actions::Done RunningCall::end(runtime::ActionOutcome& outcome, Loop::Moment now) {
  if (lines_left_out_) {
    log_.line(base::Level::warning, call_.chat_id,
              "further lines of " + call_.command + " are left out");
  }
  trace_.ran = std::chrono::duration_cast<std::chrono::microseconds>(now - began_);
  outcome.trace = std::exchange(trace_, {});
  lines_ = 0;
  lines_left_out_ = false;
  return std::exchange(call_.done, nullptr);
}

const Sensitives& RunningCall::sensitive() {
  if (!sensitive_) {
    sensitive_ = secrets_;
    add_consumer_values(*sensitive_, call_.context);
  }
  return *sensitive_;
}

std::string RunningCall::redacted(std::string_view text) {
  return fit_for_log({std::string(text), text.size() >= kSaidBytesMax}, sensitive(),
                     kMessageBytesMax);
}

}  // namespace millrace::python
