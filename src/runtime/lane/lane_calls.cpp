// The actions of a lane's consumers: calling one, hearing how it ended, also when that comes from
// elsewhere or a former run began it.
#include "runtime/completion_token.hpp"
#include "runtime/lane/lane.hpp"
#include "runtime/promises.hpp"

namespace millrace::runtime {
namespace {

dialog::CallEnd call_end_of(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::returned: return dialog::CallEnd::returned;
    case CallOutcome::raised: return dialog::CallEnd::raised;
    case CallOutcome::timed_out: return dialog::CallEnd::timed_out;
    case CallOutcome::crashed: return dialog::CallEnd::crashed;
    case CallOutcome::refused: return dialog::CallEnd::refused;
    case CallOutcome::unknown: return dialog::CallEnd::unknown;
  }
  return dialog::CallEnd::crashed;
}

std::optional<CallOutcome> outcome_from(std::string_view name) {
  for (const auto outcome :
       {CallOutcome::raised, CallOutcome::timed_out, CallOutcome::crashed, CallOutcome::refused}) {
    if (to_string(outcome) == name) return outcome;
  }
  return std::nullopt;
}

// The solution's settings for this command, else what holds for all of them.
CallPolicy policy_of(const flow::Program& program, std::string_view command) {
  CallPolicy policy;
  policy.time_limit = std::chrono::milliseconds(program.action_time_limit_ms);
  const auto found = program.commands.find(command);
  if (found == program.commands.end()) return policy;
  const flow::CommandSettings& own = found->second;
  if (own.time_limit_ms > 0) policy.time_limit = std::chrono::milliseconds(own.time_limit_ms);
  policy.attempts_max = own.attempts_max;
  for (const std::string& name : own.retry) {
    if (const auto outcome = outcome_from(name)) policy.retry_on.push_back(*outcome);
  }
  policy.backoff = {own.backoff_base_ms, own.backoff_cap_ms};
  policy.concurrency_max = own.concurrency_max;
  policy.breaker = {own.breaker_failures_percent, own.breaker_calls_min, own.breaker_window_ms,
                    own.breaker_open_ms};
  return policy;
}

// {'pending': True}, or the token itself. Anything else would wait for ever.
void check_pending(ActionOutcome& outcome, std::string_view command, std::string_view token) {
  const auto* pending = outcome.result.if_contains("pending");
  if (outcome.kind != CallOutcome::returned || pending == nullptr) return;
  if (pending->is_null() || (pending->is_bool() && !pending->get_bool())) {
    outcome.result.erase("pending");
    return;
  }
  const bool is_ours = pending->is_bool() ||
                       (pending->is_string() && std::string_view(pending->get_string()) == token);
  if (is_ours) {
    // A token opens what it names: the journal need not have it.
    outcome.result = {{"pending", true}};
    return;
  }
  outcome.kind = CallOutcome::raised;
  outcome.result.clear();
  outcome.message = std::string(command) +
                    " left the call pending under a token of its own; return {'pending': True} and "
                    "complete it with context['completion_token']";
}

}  // namespace

void Runtime::Lane::call_action(Consumer& consumer, dialog::Call call, bool uncertain) {
  const dialog::State& state = *consumer.chat;
  ActionCall request;
  request.version = consumer.program->hash;
  request.solution = consumer.program->solution;
  if (const auto* node = consumer.program->find(state.call->node)) request.node = node->id;
  request.command = std::move(call.command);
  request.chat_id = state.chat.to_string();
  request.idempotency_key = call.key;
  running_calls_.insert(call.key);
  request.payload = std::move(call.payload);
  request.env_values = std::move(call.env_values);
  request.context = std::move(call.context);
  const std::string token = completion_token(consumer, call.key);
  request.context["completion_token"] = token;
  request.uncertain = uncertain && is_kept(Promise::loss_is_marked);
  request.policy = policy_of(*consumer.program, request.command);
  ++under_way_;
  ++calls_;
  auto ended = [this, id = consumer.id, key = std::move(call.key), command = request.command,
                token](ActionOutcome outcome) mutable {
    --calls_;
    check_pending(outcome, command, token);
    call_ended(id, std::move(key), std::move(outcome));
    finished_one();
  };
  ports_.actions.call(std::move(request), back_here<ActionOutcome>(std::move(ended)));
}

void Runtime::Lane::call_ended(base::Id consumer, std::string key, ActionOutcome outcome) {
  if (draining_ && outcome.kind == CallOutcome::refused) {
    return;  // it never ran; the next start runs it
  }
  auto over = [this, key] { running_calls_.erase(key); };
  submit_until_taken(
      consumer,
      {now(), dialog::CallEnded{std::move(key), call_end_of(outcome.kind),
                                std::move(outcome.result), std::move(outcome.message)}},
      std::move(over));
}

// The same however often it is made: a call that is made again after a crash has it again.
std::string Runtime::Lane::completion_token(const Consumer& consumer, const std::string& call_key) {
  const base::Timestamp until{consumer.chat->call->made_at.ms +
                              consumer.program->action_pending_limit_ms};
  return make_completion_token(ports_.seal_key, {consumer.id, until, call_key});
}

void Runtime::Lane::await_delivery(base::Id consumer, std::string key) {
  // Not counted as under way: what is queued for others does not hold up the end of a run, and the
  // next one asks again.
  ports_.deliveries.when_settled(
      key, back_here<json::object>([this, consumer, key](json::object outcome) mutable {
        submit_until_taken(
            consumer,
            {now(),
             dialog::CallEnded{std::move(key), dialog::CallEnd::returned, std::move(outcome), {}}});
      }));
}

void Runtime::Lane::take_up_call(Consumer& consumer) {
  const dialog::State& state = *consumer.chat;
  if (state.call->left_pending) return;  // its result comes from elsewhere
  if (dialog::awaits_delivery(*consumer.program, state)) {
    await_delivery(consumer.id, state.call->key);
    return;
  }
  if (running_calls_.contains(state.call->key)) return;  // what it comes to is on its way
  auto call =
      caught(consumer, *consumer.program, OnThrow::park, [&]() -> base::Result<dialog::Call> {
        return dialog::pending_call(*consumer.program, state);
      });
  // Its action may or may not have happened.
  if (call) call_action(consumer, std::move(*call), true);
}

void Runtime::Lane::submit_until_taken(base::Id id, dialog::Input input,
                                       std::function<void()> over) {
  submit_until_taken(id, std::make_shared<const dialog::Input>(std::move(input)), std::move(over));
}

}  // namespace millrace::runtime
