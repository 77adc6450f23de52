// Calls that take long: those a script has left pending, and those that wait for a delivery.
#include "dialog/engine.hpp"
#include "dialog/owing.hpp"
#include "dialog/payload.hpp"

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

Engine::Next Engine::step_owing(const flow::ActionNode& node) {
  // It will be sent whatever is answered from here on.
  state().history.clear();
  state().again.clear();
  const auto& [kind, command] = node.owes;
  const delivery::Occasion occasion{key_of_step(), state().consumer, state().chat, at_};
  const auto known = state().known_as.try_emplace(std::string(kind->name)).first;
  delivery::Owing owed = command->owe(occasion, owed_parameters(node, state()), known->second);
  if (known->second.is_null()) state().known_as.erase(known);
  const bool waits = json::get_string(node.payload, "wait") == "delivered";
  const std::string awaited = owed.items[owed.main].key;
  for (size_t i = 0; i < owed.items.size(); ++i) {
    const std::string_view by = i == owed.main ? command->name : std::string_view();
    turn_.effects.emplace_back(
        owe_of(std::move(owed.items[i]), std::string(kind->name), std::string(by)));
  }
  const flow::NodeNumber number = state().node;
  if (!waits) {
    take_delivery(number, node, {{"outcome", "delivered"}, {"queued", true}});
    return std::nullopt;
  }
  state().timer.reset();
  state().call = PendingCall{awaited, number, at_};
  state().phase = Phase::calling;
  turn_.effects.emplace_back(AwaitDelivery{awaited});
  arm_call(call_limit_ms());
  return std::nullopt;
}

// An analytics event goes where solution.yaml says, beside the record.
void Engine::owe_event(const Track& event) {
  const auto receiver = program_.receivers.find(program_.track);
  if (receiver == program_.receivers.end()) return;
  const delivery::Settings* settings = receiver->second.in(state().environment);
  if (settings == nullptr) return;
  const delivery::Kind& kind = *receiver->second.kind;
  const std::string key = state().chat.to_string() + ":" + std::to_string(state().turn) + ":e" +
                          std::to_string(++events_owed_);
  const auto known = state().known_as.try_emplace(std::string(kind.name)).first;
  auto owed = kind.track({key, state().consumer, state().chat, at_}, {event.name, event.properties},
                         *settings, known->second);
  if (known->second.is_null()) state().known_as.erase(known);
  if (owed) turn_.effects.emplace_back(owe_of(std::move(*owed), receiver->first, ""));
}

// Outcomes as the sender names them, answered as the node's author reads them.
void Engine::take_delivery(flow::NodeNumber number, const flow::ActionNode& action,
                           json::object outcome) {
  const std::string was(json::get_string(outcome, "outcome").value_or("unknown"));
  const bool good = was == "delivered" || was == "ok";  // "ok": a solution's own test says so
  const std::string value = good ? "ok" : was == "dropped" ? "rejected" : was;
  outcome["outcome"] = value;
  outcome["success"] = good ? "true" : "error";
  const std::string decided = action.decision == "success" ? good ? "true" : "error" : value;
  if (program_.kept.contains(number)) state().kept[number] = std::move(outcome);
  if (const auto* road = action.road(decided)) {
    track(*program_.find(number), decided);
    enter(
        go(flow::RoadKind::result, static_cast<size_t>(road - action.roads.data()), road->target));
    return;
  }
  fail_action(action, {"error"}, was == "config_error" ? "bot_error" : "other",
              action.command + " ended as " + value);
}

void Engine::leave_pending() {
  state().call->left_pending = true;
  arm_call(call_limit_ms());
}

int64_t Engine::call_limit_ms() const {
  if (turn_.state.call->left_pending) return program_.action_pending_limit_ms;
  const auto& payload = called_node(program_, turn_.state).payload;
  return json::get_integer(payload, "wait_limit_s").value_or(kDeliveryWaitMs / 1'000) * 1'000;
}

// Of the two moments to come, being told and being given up, the nearer one. Without a limit (0)
// the runner keeps the time.
void Engine::arm_call(int64_t limit_ms) {
  const int64_t gone = at_.ms - state().call->made_at.ms;
  const int64_t progress = program_.action_progress_after_ms;
  const bool tells = progress > 0 && !state().call->told;
  if (tells && (limit_ms == 0 || progress < limit_ms)) {
    set_timer(TimerKind::progress, std::max<int64_t>(0, progress - gone));
  } else if (limit_ms > 0) {
    set_timer(TimerKind::limit, std::max<int64_t>(0, limit_ms - gone));
  }
}

void Engine::tell_progress() {
  if (!state().call) return;
  state().call->told = true;
  say_text("progress");
  const bool owed = awaits_delivery(program_, state());
  arm_call(state().call->left_pending || owed ? call_limit_ms() : 0);
}

void Engine::give_up_call() {
  if (!state().call) return;
  const flow::NodeNumber number = state().call->node;
  const auto& action = called_node(program_, state());
  const bool owed = awaits_delivery(program_, state());
  state().call.reset();
  if (owed) {
    take_delivery(number, action, {{"outcome", "later"}});
  } else {
    fail_action(action, {"timeout", "error"}, "bot_timeout",
                action.command + " was left pending and not completed in time");
  }
}

}  // namespace millrace::dialog
