#include "python/worker/pending_call.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "python/frames.hpp"

namespace millrace::python {
namespace {

constexpr size_t kNonceBytes = 16;
// All threads of a call together may use no more than one CPU could within its time limit.
constexpr int64_t kCpuSecondsBeyond = 1;

}  // namespace

PendingCall pending_call(runtime::ActionCall call, runtime::Actions::Done done) {
  call.context["idempotency_key"] = call.idempotency_key;
  call.context["uncertain"] = call.uncertain;
  call.context["attempt"] = call.attempt;
  PendingCall pending;
  pending.body = "\"command\":" + json::serialize(json::value(call.command)) +
                 ",\"payload\":" + json::serialize(call.payload) +
                 ",\"env_values\":" + json::serialize(json::value(std::move(call.env_values))) +
                 ",\"context\":" + json::serialize(call.context) + "}}";
  pending.command = std::move(call.command);
  pending.chat_id = std::move(call.chat_id);
  pending.context = std::move(call.context);
  pending.time_limit = call.policy.time_limit;
  pending.done = std::move(done);
  pending.since = Loop::now();
  return pending;
}

std::string call_frame(PendingCall& call, base::Timestamp now, bool stays) {
  std::array<uint8_t, kNonceBytes> bytes{};
  const ssize_t given = ::getrandom(bytes.data(), bytes.size(), 0);
  MILLRACE_CHECK(given == static_cast<ssize_t>(bytes.size()));
  call.nonce = base::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto limit = std::chrono::ceil<std::chrono::seconds>(call.time_limit);
  const std::string head = "{\"call\":{\"nonce\":\"" + call.nonce + "\",\"cpu_seconds\":" +
                           std::to_string(std::max<int64_t>(limit.count(), 0) + kCpuSecondsBeyond) +
                           ",\"deadline_ms\":" + std::to_string(now.ms + call.time_limit.count()) +
                           (stays ? ",\"stays\":true," : ",\"stays\":false,");
  return encode_frame(head, call.body);
}

}  // namespace millrace::python
