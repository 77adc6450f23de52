#include "python/pending_call.hpp"

#include <utility>

#include "python/frames.hpp"

namespace millrace::python {

PendingCall pending_call(uint64_t number, runtime::ActionCall call, runtime::Actions::Done done) {
  call.context["idempotency_key"] = call.idempotency_key;
  call.context["uncertain"] = call.uncertain;
  call.context["attempt"] = call.attempt;
  PendingCall pending;
  pending.number = number;
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

std::string call_frame(const PendingCall& call, base::Timestamp now) {
  const std::string head = "{\"call\":{\"number\":" + std::to_string(call.number) +
                           ",\"deadline_ms\":" + std::to_string(now.ms + call.time_limit.count()) +
                           ",";
  return encode_frame(head, call.body);
}

}  // namespace millrace::python
