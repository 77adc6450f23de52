// What each kind of node does when the chat comes to it.
#include "base/text.hpp"
#include "dialog/engine.hpp"
#include "dialog/payload.hpp"
#include "dialog/poison.hpp"

namespace millrace::dialog {

using flow::NodeNumber;
using flow::RoadKind;

namespace {

constexpr size_t kFramesMax = 32;  // calls within calls

}  // namespace

void Engine::enter(NodeNumber number) {
  if (state().agent) {  // the bot has no say now
    state().agent->back = number;
    return;
  }
  for (Next next = number; next;) {
    if (outgrown_) return;  // Engine::run ends the chat
    if (++steps_ > kStepsMax || ++state().streak > kStreakMax) {
      // The flow runs in a circle that the checker could not see: actions, or calls of flows.
      apologise();
      return;
    }
    const flow::Node* node = program_.find(*next);
    MILLRACE_CHECK(node != nullptr);  // compile() refuses roads to nowhere
    throw_if_poisoned(node->id);
    state().node = *next;
    next = std::visit([this](const auto& does) { return step(does); }, node->does);
  }
}

NodeNumber Engine::go(RoadKind kind, size_t index, NodeNumber target) {
  turn_.taken.push_back({state().node, kind, static_cast<int>(index)});
  return target;
}

Engine::Next Engine::go_next(const std::optional<NodeNumber>& next) {
  if (next) return go(RoadKind::next, 0, *next);
  return go_back_to_caller();
}

// The end of a flow that was called goes on behind the call; of one that interrupted a question,
// the question is asked again.
Engine::Next Engine::go_back_to_caller() {
  if (state().frames.empty()) {
    end(std::string(kEndCompleted));
    return std::nullopt;
  }
  const Frame frame = state().frames.back();
  state().frames.pop_back();
  return frame.node;
}

Engine::Next Engine::step(const flow::DialogNode& node) {
  const bool known = node.ask && node.ask->skip_when_known && node.next && !node.variable.empty() &&
                     (state().secrets.contains(node.variable) ||
                      (state().variables.contains(node.variable) &&
                       !state().variables.find(node.variable)->second.empty()));
  if (known) return go(RoadKind::next, 0, *node.next);
  const bool given_again = !state().again.empty();
  if (!given_again) show(node);
  if (const auto* here = program_.find(state().node)) track(*here, "");
  if (node.transfers) {
    ask_for_agent(state().node, program_.find(state().node)->skill);
    return std::nullopt;
  }
  if (node.waits) {
    state().phase = Phase::waiting;
    state().error.clear();
    state().tries = 0;
    state().reminders = 0;
    state().candidates.clear();
    arm_silence(node);
    return std::nullopt;
  }
  if (node.next) return go(RoadKind::next, 0, *node.next);
  if (node.returns) return go_back_to_caller();
  end(std::string(kEndCompleted));
  return std::nullopt;
}

Engine::Next Engine::step(const flow::ActionNode& node) {
  if (node.owes.command != nullptr) return step_owing(node);
  if (node.native) return step_native(node);
  // Its effect cannot be taken back, so what was answered before it stays answered.
  state().history.clear();
  state().again.clear();
  state().timer.reset();
  state().call = PendingCall{key_of_step(), state().node, at_};
  state().phase = Phase::calling;
  turn_.effects.emplace_back(pending_call(program_, state()));
  arm_call(0);
  return std::nullopt;
}

std::string Engine::key_of_step() const {
  return turn_.state.chat.to_string() + ":" + std::to_string(turn_.state.turn) + ":" +
         std::to_string(steps_before_ + steps_);
}

Engine::Next Engine::step_native(const flow::ActionNode& node) {
  json::array env_values;
  const json::object payload = make_payload(node, state(), env_values);
  NativeResult result = run_native(node, payload, state(), tag(), at_);
  for (auto& [name, value] : result.assign) assign(name, std::move(value));
  for (const std::string& name : result.reset) {
    state().variables.erase(name);
    state().secrets.erase(name);
  }
  if (program_.kept.contains(state().node)) {
    if (!node.decision.empty()) result.outputs[node.decision] = result.value;
    state().kept[state().node] = std::move(result.outputs);
  }
  const auto* road = node.road(result.value);
  if (road == nullptr) road = node.road("error");
  if (road != nullptr) {
    track(*program_.find(state().node), road->value);
    return go(RoadKind::result, static_cast<size_t>(road - node.roads.data()), road->target);
  }
  fail_flow(node.command + " answered with a value that has no road");
  return std::nullopt;
}

Engine::Next Engine::step(const flow::BranchNode& node) {
  for (size_t i = 0; i < node.cases.size(); ++i) {
    const auto value = evaluate(node.cases[i].condition);
    if (!value) {
      fail_flow(value.error().message);
      return std::nullopt;
    }
    const std::string holds = flow::to_text(*value);
    if (!holds.empty() && holds != "false") return go(RoadKind::branch, i, node.cases[i].target);
  }
  return go(RoadKind::otherwise, 0, node.otherwise);
}

Engine::Next Engine::step(const flow::SetNode& node) {
  for (const flow::SetNode::Assignment& item : node.assignments) {
    if (const auto* text = std::get_if<flow::Template>(&item.value)) {
      assign(item.variable, fill(*text, state()));
      continue;
    }
    const auto value = evaluate(std::get<flow::Expression>(item.value));
    if (!value) {
      fail_flow(value.error().message);
      return std::nullopt;
    }
    assign(item.variable, flow::to_text(*value));
  }
  track(*program_.find(state().node), "");
  return go_next(node.next);
}

Engine::Next Engine::step(const flow::CallNode& node) {
  if (state().frames.size() >= kFramesMax) {
    fail_flow("flows call one another too deep");
    return std::nullopt;
  }
  const NodeNumber target = go(RoadKind::call, 0, node.target);
  turn_.taken.push_back({state().node, RoadKind::next, 0});  // where it will go on
  state().frames.push_back({Frame::Kind::call, node.next});
  return target;
}

Engine::Next Engine::step(const flow::ReturnNode&) {
  return go_back_to_caller();
}

Engine::Next Engine::step(const flow::PauseNode& node) {
  state().phase = Phase::paused;
  set_timer(TimerKind::pause, node.wait_ms);
  return std::nullopt;
}

base::Result<flow::Value> Engine::evaluate(const flow::Expression& expression) const {
  const auto& variables = turn_.state.variables;
  return expression.evaluate({[&](std::string_view name) -> std::optional<std::string> {
                                const auto found = variables.find(name);
                                if (found == variables.end()) return std::nullopt;
                                return found->second;
                              },
                              at_});
}

void Engine::assign(const std::string& name, std::string value) {
  if (!fits(value.size())) return;
  const auto secret = state().secrets.find(name);
  if (secret != state().secrets.end()) {
    secret->second = std::move(value);
  } else {
    state().variables[name] = std::move(value);
  }
}

// A turn that makes too much goes on without it, and ends the chat (Engine::run).
bool Engine::fits(size_t bytes) {
  made_bytes_ += bytes;
  if (made_bytes_ > kTurnBytesMax) outgrown_ = true;
  return !outgrown_;
}

void Engine::track(const flow::Node& node, std::string_view road) {
  if (!node.event) return;
  const auto conditional = node.event->by_road.find(std::string(road));
  const flow::EventSpec& event =
      conditional == node.event->by_road.end() ? *node.event : conditional->second;
  for (const std::string& name : event.global_unset) state().global_props.erase(name);
  for (const auto& [name, text] : event.global_set) {
    state().global_props[name] = fill(text, state());
  }
  Track out{event.name, state().global_props, event.retention_days};
  for (const auto& [name, text] : event.properties) out.properties[name] = fill(text, state());
  owe_event(out);
  turn_.effects.emplace_back(std::move(out));
}

void Engine::fail_action(const flow::ActionNode& action,
                         std::initializer_list<std::string_view> roads, std::string_view code,
                         const std::string& message) {
  state().error = {{"code", code}, {"message", message}, {"command", action.command}};
  for (const std::string_view name : roads) {
    const auto* road = action.road(name);
    if (road == nullptr) continue;
    track(*program_.find(state().node), name);
    enter(go(RoadKind::result, static_cast<size_t>(road - action.roads.data()), road->target));
    return;
  }
  handle_error();
}

void Engine::fail_flow(std::string message) {
  state().error = {{"code", "bot_error"}, {"message", std::move(message)}};
  handle_error();
}

void Engine::handle_error() {
  const bool handling_already = handling_error_;
  handling_error_ = true;
  for (const NodeNumber handler : {flow::kErrorHandlerNode, flow::kCrashHandlerNode}) {
    if (handling_already || program_.find(handler) == nullptr) continue;
    enter(handler);
    return;
  }
  apologise();
}

void Engine::apologise() {
  if (state().agent) return;  // it is the agent's to end
  say_text("apology");
  end(std::string(kEndBotError));
}

void Engine::end(std::string reason) {
  state().phase = Phase::ended;
  state().call.reset();
  if (state().agent) clear_seat(HandOver::Step::ended, reason);
  state().timer.reset();
  state().error.clear();
  state().frames.clear();
  state().history.clear();
  state().again.clear();
  state().candidates.clear();
  state().end_reason = reason;
  turn_.effects.emplace_back(Ended{std::move(reason)});
}

}  // namespace millrace::dialog
