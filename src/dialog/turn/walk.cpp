#include "dialog/turn/walk.hpp"

#include <algorithm>
#include <utility>

#include "dialog/turn/calls.hpp"
#include "dialog/turn/desk.hpp"
#include "dialog/turn/payload.hpp"
#include "dialog/turn/poison.hpp"
#include "dialog/turn/questions.hpp"
#include "natives/natives.hpp"

namespace millrace::dialog {

using flow::NodeNumber;
using flow::RoadKind;

namespace {

constexpr size_t kFramesMax = 32;  // calls within calls

natives::Known known_of(const State& state, const base::LocalMoment& now) {
  return {.chat = state.chat,
          .consumer = state.consumer,
          .environment = state.environment,
          .locale = state.region,
          .last_message = state.last_message,
          .variables = state.variables,
          .secrets = state.secrets,
          .user_data = state.user_data,
          .events = state.events,
          .error = state.error,
          .now = now};
}

}  // namespace

void Walk::begin() {
  state().timer.reset();
  enter(program().start);
}

void Walk::enter(NodeNumber number) {
  if (state().agent) {  // the bot has no say now
    state().agent->back = number;
    return;
  }
  for (Next next = number; next;) {
    if (draft_.is_outgrown()) return;  // Engine::run ends the chat
    if (!draft_.may_step()) {
      // The flow runs in a circle that the checker could not see: actions, or calls of flows.
      apologise();
      return;
    }
    const flow::Node* node = program().find(*next);
    MILLRACE_CHECK(node != nullptr);  // compile() refuses roads to nowhere
    throw_if_poisoned(node->id);
    state().node = *next;
    next = std::visit([this](const auto& does) { return step(does); }, node->does);
  }
}

void Walk::take(RoadKind kind, size_t index, NodeNumber target) {
  enter(draft_.go(kind, index, target));
}

Walk::Next Walk::along_result(NodeNumber number, const flow::ActionNode& action,
                              std::string_view value) {
  const auto* road = action.road(value);
  if (road == nullptr) return std::nullopt;
  draft_.track(*program().find(number), value);
  return draft_.go(RoadKind::result, static_cast<size_t>(road - action.roads.data()), road->target);
}

bool Walk::take_result(NodeNumber number, const flow::ActionNode& action, std::string_view value) {
  const Next there = along_result(number, action, value);
  if (there) enter(*there);
  return there.has_value();
}

void Walk::go_on(const std::optional<NodeNumber>& next) {
  if (const Next there = next_or_caller(next)) enter(*there);
}

void Walk::go_back_to_caller() {
  if (const Next there = caller()) enter(*there);
}

void Walk::interrupt_for(NodeNumber target) {
  auto& frames = state().frames;
  const auto is_open = [](const Frame& frame) { return frame.kind == Frame::Kind::interruption; };
  // The oldest question left open is given up first.
  if (std::ranges::count_if(frames, is_open) >= program().interruptions_max) {
    const auto oldest = std::ranges::find_if(frames, is_open);
    if (oldest != frames.end()) frames.erase(oldest);
  }
  if (program().interruptions_max > 0) {
    frames.push_back({Frame::Kind::interruption, state().node});
  }
  enter(target);
}

Walk::Next Walk::next_or_caller(const std::optional<NodeNumber>& next) {
  if (next) return draft_.go(RoadKind::next, 0, *next);
  return caller();
}

// The end of a flow that was called goes on behind the call; of one that interrupted a question,
// the question is asked again.
Walk::Next Walk::caller() {
  if (state().frames.empty()) {
    end(std::string(kEndCompleted));
    return std::nullopt;
  }
  const Frame frame = state().frames.back();
  state().frames.pop_back();
  return frame.node;
}

Walk::Next Walk::step(const flow::DialogNode& node) {
  const bool known = node.ask && node.ask->skip_when_known && node.next && !node.variable.empty() &&
                     (state().secrets.contains(node.variable) ||
                      (state().variables.contains(node.variable) &&
                       !state().variables.find(node.variable)->second.empty()));
  if (known) return draft_.go(RoadKind::next, 0, *node.next);
  const bool is_given = !state().again.empty() || state().ahead.contains(state().node);
  if (!is_given) voice_.show(node);
  draft_.track(draft_.here(), "");
  if (node.transfers) {
    stops_.desk.ask_for_agent(state().node, draft_.here().skill);
    return std::nullopt;
  }
  if (node.waits) {
    stops_.questions.wait_at(node);
    return std::nullopt;
  }
  if (node.next) return draft_.go(RoadKind::next, 0, *node.next);
  if (node.returns) return caller();
  end(std::string(kEndCompleted));
  return std::nullopt;
}

Walk::Next Walk::step(const flow::ActionNode& node) {
  if (node.owes.command != nullptr) {
    stops_.calls.owe(node);
    return std::nullopt;
  }
  if (node.native) return step_native(node);
  stops_.calls.begin();
  return std::nullopt;
}

Walk::Next Walk::step_native(const flow::ActionNode& node) {
  json::array env_values;
  const json::object payload = make_payload(node, state(), env_values);
  natives::Result result = natives::run(node, payload, known_of(state(), draft_.now()));
  for (auto& [name, value] : result.assign) draft_.assign(name, std::move(value));
  for (const std::string& name : result.reset) {
    state().variables.erase(name);
    state().secrets.erase(name);
  }
  if (program().kept.contains(state().node)) {
    if (!node.decision.empty()) result.outputs[node.decision] = result.value;
    state().kept[state().node] = std::move(result.outputs);
  }
  for (const std::string_view value : {std::string_view(result.value), std::string_view("error")}) {
    if (const Next there = along_result(state().node, node, value)) return there;
  }
  fail_flow(node.command + " answered with a value that has no road");
  return std::nullopt;
}

Walk::Next Walk::step(const flow::BranchNode& node) {
  for (size_t i = 0; i < node.cases.size(); ++i) {
    const auto value = evaluate(node.cases[i].condition);
    if (!value && handles_errors()) {
      fail_flow(value.error().message);
      return std::nullopt;
    }
    const std::string holds = value ? flow::to_text(*value) : "";
    if (!holds.empty() && holds != "false")
      return draft_.go(RoadKind::branch, i, node.cases[i].target);
  }
  return draft_.go(RoadKind::otherwise, 0, node.otherwise);
}

Walk::Next Walk::step(const flow::SetNode& node) {
  for (const flow::SetNode::Assignment& item : node.assignments) {
    if (const auto* text = std::get_if<flow::Template>(&item.value)) {
      draft_.assign(item.variable, fill(*text, state()));
      continue;
    }
    const auto value = evaluate(std::get<flow::Expression>(item.value));
    if (!value && handles_errors()) {
      fail_flow(value.error().message);
      return std::nullopt;
    }
    draft_.assign(item.variable, value ? flow::to_text(*value) : "");
  }
  draft_.track(draft_.here(), "");
  return next_or_caller(node.next);
}

Walk::Next Walk::step(const flow::CallNode& node) {
  if (state().frames.size() >= kFramesMax) {
    fail_flow("flows call one another too deep");
    return std::nullopt;
  }
  const NodeNumber target = draft_.go(RoadKind::call, 0, node.target);
  draft_.go(RoadKind::next, 0, node.next);  // where it will go on
  state().frames.push_back({Frame::Kind::call, node.next});
  return target;
}

Walk::Next Walk::step(const flow::ReturnNode&) {
  return caller();
}

Walk::Next Walk::step(const flow::PauseNode& node) {
  state().phase = Phase::paused;
  draft_.set_timer(TimerKind::pause, node.wait_ms);
  return std::nullopt;
}

// What cannot be worked out is nothing: a case that does not hold, an empty value; unless the
// solution has a node for errors, which is then where the chat goes.
base::Result<flow::Value> Walk::evaluate(const flow::Expression& expression) {
  const auto& variables = draft_.state().variables;
  auto value = expression.evaluate({[&](std::string_view name) -> std::optional<std::string> {
                                      const auto found = variables.find(name);
                                      if (found == variables.end()) return std::nullopt;
                                      return found->second;
                                    },
                                    draft_.now()});
  if (!value) draft_.remark("'" + expression.source() + "': " + value.error().message);
  return value;
}

bool Walk::handles_errors() const {
  return !handling_error_ && (program().find(flow::kErrorHandlerNode) != nullptr ||
                              program().find(flow::kCrashHandlerNode) != nullptr);
}

void Walk::fail_action(const flow::ActionNode& action,
                       std::initializer_list<std::string_view> roads, std::string_view code,
                       const std::string& message) {
  state().error = {{"code", code}, {"message", message}, {"command", action.command}};
  for (const std::string_view name : roads) {
    if (take_result(state().node, action, name)) return;
  }
  handle_error();
}

void Walk::fail_flow(std::string message) {
  state().error = {{"code", "bot_error"}, {"message", std::move(message)}};
  handle_error();
}

void Walk::handle_error() {
  const bool handling_already = handling_error_;
  handling_error_ = true;
  for (const NodeNumber handler : {flow::kErrorHandlerNode, flow::kCrashHandlerNode}) {
    if (handling_already || program().find(handler) == nullptr) continue;
    enter(handler);
    return;
  }
  apologise();
}

void Walk::apologise() {
  if (state().agent) return;  // it is the agent's to end
  voice_.say_text("apology");
  end(std::string(kEndBotError));
}

void Walk::end(std::string reason) {
  state().phase = Phase::ended;
  state().call.reset();
  draft_.end_hand_over(HandOver::Step::ended, reason);
  state().timer.reset();
  state().error.clear();
  state().frames.clear();
  state().history.clear();
  state().again.clear();
  state().ahead.clear();
  state().candidates.clear();
  state().meant.clear();
  state().end_reason = reason;
  draft_.add(Ended{std::move(reason)});
}

}  // namespace millrace::dialog
