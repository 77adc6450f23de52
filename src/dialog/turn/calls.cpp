#include "dialog/turn/calls.hpp"

#include "dialog/state/bounds.hpp"
#include "dialog/turn/owing.hpp"

namespace millrace::dialog {

namespace {

constexpr int64_t kDeliveryWaitMs = 10'000;  // unless the node says wait_limit_s

const flow::ActionNode& called_node(const flow::Program& program, const State& state) {
  return std::get<flow::ActionNode>(program.find(state.call->node)->does);
}

}  // namespace

bool awaits_delivery(const flow::Program& program, const State& state) {
  if (!state.call) return false;
  return called_node(program, state).owes.command != nullptr;
}

void Calls::begin() {
  // Its effect cannot be taken back, so what was answered before it stays answered.
  state().history.clear();
  state().again.clear();
  wait_for(draft_.key_of_step(), state().node);
  draft_.add(pending_call(draft_.program(), state()));
  arm(0);
}

void Calls::wait_for(std::string key, flow::NodeNumber node) {
  state().timer.reset();
  state().call = PendingCall{std::move(key), node, draft_.at()};
  state().phase = Phase::calling;
}

void Calls::owe(const flow::ActionNode& node) {
  // It will be sent whatever is answered from here on.
  state().history.clear();
  state().again.clear();
  const auto& [kind, command] = node.owes;
  const delivery::Occasion occasion{draft_.key_of_step(), state().consumer, state().chat,
                                    draft_.at()};
  delivery::Owing owed = with_known(state(), kind->name, [&](json::value& known) {
    return command->owe(occasion, owed_parameters(node, state()), known);
  });
  const bool waits = json::get_string(node.payload, "wait") == "delivered";
  const std::string awaited = owed.items[owed.main].key;
  for (size_t i = 0; i < owed.items.size(); ++i) {
    const std::string_view by = i == owed.main ? command->name : std::string_view();
    draft_.add(owe_of(std::move(owed.items[i]), std::string(kind->name), std::string(by)));
  }
  const flow::NodeNumber number = state().node;
  if (!waits) {
    take_delivery(number, node, {{"outcome", "delivered"}, {"queued", true}});
    return;
  }
  wait_for(awaited, number);
  draft_.add(AwaitDelivery{awaited});
  arm(limit_ms());
}

base::Result<void> Calls::take(const CallEnded& ended) {
  if (!state().call || state().call->key != ended.key) {
    return base::fail(base::Code::not_found, "the call is no longer awaited");
  }
  const flow::NodeNumber number = state().call->node;
  if (ended.end == CallEnd::returned && !state().call->left_pending &&
      ended.result.contains("pending")) {
    leave_pending();
    return {};
  }
  const bool owed = awaits_delivery(draft_.program(), state());
  state().call.reset();
  if (!state().agent) state().timer.reset();
  const auto& action = std::get<flow::ActionNode>(draft_.program().find(number)->does);
  if (weight(state()) + weight_of(ended.result) > kStateBytesMax) {
    walk_.fail_action(action, {"error"}, "bot_error",
                      action.command + " returned more than a chat may hold");
    return {};
  }
  switch (ended.end) {
    case CallEnd::returned:
      if (owed) {
        take_delivery(number, action, ended.result);
      } else {
        take_result(number, action, ended.result);
      }
      break;
    case CallEnd::timed_out:
      walk_.fail_action(action, {"timeout", "error"}, "bot_timeout", ended.message);
      break;
    case CallEnd::unknown:
      walk_.fail_action(action, {"unknown", "error"}, "other", ended.message);
      break;
    case CallEnd::raised:
    case CallEnd::crashed:
    case CallEnd::refused: walk_.fail_action(action, {"error"}, "bot_error", ended.message); break;
  }
  return {};
}

// UPPER-CASE keys set global variables, the others are the node's outputs.
void Calls::take_result(flow::NodeNumber number, const flow::ActionNode& action,
                        const json::object& result) {
  json::object outputs;
  for (const auto& member : result) {
    if (flow::is_variable_name(member.key())) {
      draft_.assign(member.key(), json::to_text(member.value()));
    } else {
      outputs[member.key()] = member.value();
    }
  }
  const auto* decision = outputs.if_contains(action.decision);
  const std::string value = decision == nullptr ? "" : json::to_text(*decision);
  if (draft_.program().kept.contains(number)) state().kept[number] = std::move(outputs);
  if (walk_.take_result(number, action, value)) return;
  walk_.fail_action(action, {"error"}, "bot_error",
                    decision == nullptr ? action.command + " returned no '" + action.decision + "'"
                                        : action.command + " returned a value that has no road");
}

// Outcomes as the sender names them, answered as the node's author reads them.
void Calls::take_delivery(flow::NodeNumber number, const flow::ActionNode& action,
                          json::object outcome) {
  const std::string was(json::get_string(outcome, "outcome").value_or("unknown"));
  const bool good = was == "delivered" || was == "ok";  // "ok": a solution's own test says so
  const std::string value = good ? "ok" : was == "dropped" ? "rejected" : was;
  outcome["outcome"] = value;
  outcome["success"] = good ? "true" : "error";
  const std::string decided = action.decision == "success" ? good ? "true" : "error" : value;
  if (draft_.program().kept.contains(number)) state().kept[number] = std::move(outcome);
  if (walk_.take_result(number, action, decided)) return;
  walk_.fail_action(action, {"error"}, was == "config_error" ? "bot_error" : "other",
                    action.command + " ended as " + value);
}

void Calls::leave_pending() {
  state().call->left_pending = true;
  arm(limit_ms());
}

int64_t Calls::limit_ms() const {
  if (draft_.state().call->left_pending) return draft_.program().action_pending_limit_ms;
  const auto& payload = called_node(draft_.program(), draft_.state()).payload;
  return json::get_integer(payload, "wait_limit_s").value_or(kDeliveryWaitMs / 1'000) * 1'000;
}

// Of the two moments to come, being told and being given up, the nearer one. Without a limit (0)
// the runner keeps the time.
void Calls::arm(int64_t limit_ms) {
  const int64_t gone = draft_.at().ms - state().call->made_at.ms;
  const int64_t progress = draft_.program().action_progress_after_ms;
  const bool tells = progress > 0 && !state().call->told;
  if (tells && (limit_ms == 0 || progress < limit_ms)) {
    draft_.set_timer(TimerKind::progress, std::max<int64_t>(0, progress - gone));
  } else if (limit_ms > 0) {
    draft_.set_timer(TimerKind::limit, std::max<int64_t>(0, limit_ms - gone));
  }
}

void Calls::wait_again() {
  state().phase = Phase::calling;
  const bool waits = state().call->left_pending || awaits_delivery(draft_.program(), state());
  arm(waits ? limit_ms() : 0);
}

void Calls::tell_progress() {
  if (!state().call) return;
  state().call->told = true;
  voice_.say_text("progress");
  const bool owed = awaits_delivery(draft_.program(), state());
  arm(state().call->left_pending || owed ? limit_ms() : 0);
}

void Calls::give_up() {
  if (!state().call) return;
  const flow::NodeNumber number = state().call->node;
  const auto& action = called_node(draft_.program(), state());
  const bool owed = awaits_delivery(draft_.program(), state());
  state().call.reset();
  if (owed) {
    take_delivery(number, action, {{"outcome", "later"}});
  } else {
    walk_.fail_action(action, {"timeout", "error"}, "bot_timeout",
                      action.command + " was left pending and not completed in time");
  }
}

}  // namespace millrace::dialog
