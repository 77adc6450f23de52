#include "dialog/engine.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "dialog/bounds.hpp"
#include "dialog/payload.hpp"

namespace millrace::dialog {

using base::Code;
using base::fail;
using base::Result;

Engine::Engine(const flow::Program& program, State state, base::Timestamp at)
    : program_(program), at_(at) {
  turn_.state = std::move(state);
  ++turn_.state.turn;
}

Result<Turn> Engine::run(const Input& input) && {
  auto taken = std::visit([this](const auto& what) { return take(what); }, input.what);
  if (!taken) return std::unexpected(taken.error());
  give_again();
  take_up_held_messages();
  shed(state());
  if (outgrown_ || weight(state()) > kStateBytesMax) {
    const bool by_others = std::holds_alternative<Said>(input.what) ||
                           std::holds_alternative<PageEvent>(input.what) ||
                           std::holds_alternative<AgentSaid>(input.what);
    if (!outgrown_ && by_others) {
      return fail(Code::invalid_argument,
                  "this is too long: the chat already holds as much as it may");
    }
    give_up_outgrown();
  }
  // Of the timers set on the way only the last one stands.
  std::erase_if(turn_.effects, [&](const Effect& effect) {
    const auto* set = std::get_if<SetTimer>(&effect);
    return set != nullptr && state().timer != set->timer;
  });
  const auto last = std::ranges::find_if(
      turn_.effects.rbegin(), turn_.effects.rend(),
      [](const Effect& effect) { return std::holds_alternative<SetTimer>(effect); });
  if (last != turn_.effects.rend()) {
    const Effect timer = *last;
    std::erase_if(turn_.effects,
                  [](const Effect& effect) { return std::holds_alternative<SetTimer>(effect); });
    turn_.effects.push_back(timer);
  }
  return std::move(turn_);
}

// The flow alone has made more than a chat may hold: nothing that it assigned is kept.
void Engine::give_up_outgrown() {
  outgrown_ = false;
  state().variables.clear();
  state().secrets.clear();
  state().kept.clear();
  state().held.clear();
  state().global_props.clear();
  state().last_message.clear();
  made_bytes_ = 0;
  if (state().agent) clear_seat(HandOver::Step::ended, std::string(kEndBotError));
  if (state().phase != Phase::ended) apologise();
}

const flow::DialogNode& Engine::question() const {
  return std::get<flow::DialogNode>(program_.find(turn_.state.node)->does);
}

void Engine::begin() {
  state().timer.reset();
  enter(program_.start);
}

Result<void> Engine::take(const Started&) {
  if (state().phase != Phase::opened) {
    return fail(Code::already_exists, "the chat has already been started");
  }
  if (program_.opening_wait_ms > 0) {
    state().phase = Phase::greeting;
    set_timer(TimerKind::opening, program_.opening_wait_ms);
    return {};
  }
  begin();
  return {};
}

Result<void> Engine::take(const Said& said) {
  const Phase phase = state().phase;
  if (phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  if (phase == Phase::opened && !said.starts) {
    return fail(Code::failed_precondition, "the chat has not been started");
  }
  const bool must_wait = phase == Phase::calling || phase == Phase::paused;
  if (must_wait && state().held.size() >= kHeldMessagesMax) {
    return fail(Code::resource_exhausted, "too many messages while an action is running");
  }
  if (!said.channel.empty()) {
    state().channel = said.channel;
    state().address = said.address;
  }
  turn_.said_sequence = ++state().sequence;
  std::string text = heard(said.text);
  turn_.said = text;
  if (must_wait) {
    state().held.push_back({said.input_id, std::move(text)});
    return {};
  }
  if (state().agent) {
    turn_.effects.emplace_back(TellAgent{turn_.said_sequence, std::move(text), said.input_id});
    return {};
  }
  state().answering = said.input_id;
  state().streak = 0;
  if (phase == Phase::opened || phase == Phase::greeting) {
    // Whatever is said first is a greeting, not an answer: nothing has been asked yet.
    state().last_message = std::move(text);
    begin();
    return {};
  }
  if (question().secure) turn_.said = kMask;
  state().last_message = turn_.said;
  answer(text, Repeat::yes);
  return {};
}

Result<void> Engine::take(const TimerDue& due) {
  if (state().timer != due.timer) {
    return fail(Code::not_found, "the timer is no longer awaited");
  }
  state().timer.reset();
  if (state().phase != Phase::calling) state().answering.clear();
  switch (due.timer.kind) {
    case TimerKind::opening: begin(); break;
    case TimerKind::silence: break_silence(); break;
    case TimerKind::pause: {
      const auto& node = std::get<flow::PauseNode>(program_.find(state().node)->does);
      if (const auto next = go_next(node.next)) enter(*next);
      break;
    }
    case TimerKind::progress: tell_progress(); break;
    case TimerKind::limit: give_up_call(); break;
    case TimerKind::queue: nobody_came(flow::RoadKind::timeout); break;
  }
  return {};
}

Result<void> Engine::take(const PageEvent& event) {
  if (state().phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  if (event.name.empty() || event.name.size() > kEventNameMax) {
    return fail(Code::invalid_argument,
                "an event's name has 1 to " + std::to_string(kEventNameMax) + " bytes", "name");
  }
  if (weight_of(event.detail) > kEventDetailBytesMax) {
    return fail(Code::invalid_argument,
                "an event's detail has at most " + std::to_string(kEventDetailBytesMax) + " bytes",
                "detail");
  }
  if (state().events.size() >= kEventsMax) state().events.erase(state().events.begin());
  state().events.push_back(json::object{{"name", event.name}, {"detail", event.detail}});
  // A page that was opened to be filled in has been left.
  const bool waits = state().phase == Phase::waiting;
  if (waits && event.name == "webview_closed" && question().next &&
      question().asset.type == flow::AssetType::webview) {
    state().answering.clear();
    accept(question(), "", "", flow::RoadKind::next, 0, *question().next);
  }
  return {};
}

Result<void> Engine::take(const Adopted& adopted) {
  const bool is_survey = adopted.why == Adopted::Why::survey;
  if (is_survey != (state().phase == Phase::ended) || (is_survey && state().surveyed)) {
    return fail(Code::failed_precondition, "the chat is not where another program could go on");
  }
  state().program = program_.hash;
  if (!is_survey) return {};
  state().surveyed = is_survey;
  state().end_reason.clear();
  state().locale = program_.choose_locale(state().region);
  state().call.reset();
  state().held.clear();
  state().frames.clear();
  state().history.clear();
  state().again.clear();
  state().kept.clear();
  begin();
  return {};
}

Result<void> Engine::take(const EndRequested& request) {
  if (state().phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  end(request.reason);
  return {};
}

Result<void> Engine::take(const CallEnded& ended) {
  if (!state().call || state().call->key != ended.key) {
    return fail(Code::not_found, "the call is no longer awaited");
  }
  const flow::NodeNumber number = state().call->node;
  if (ended.end == CallEnd::returned && !state().call->left_pending &&
      ended.result.contains("pending")) {
    leave_pending();
    return {};
  }
  const bool owed = awaits_delivery(program_, state());
  state().call.reset();
  if (!state().agent) state().timer.reset();
  const auto& action = std::get<flow::ActionNode>(program_.find(number)->does);
  if (weight(state()) + weight_of(ended.result) > kStateBytesMax) {
    fail_action(action, {"error"}, "bot_error",
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
      fail_action(action, {"timeout", "error"}, "bot_timeout", ended.message);
      break;
    case CallEnd::unknown: fail_action(action, {"unknown", "error"}, "other", ended.message); break;
    case CallEnd::raised:
    case CallEnd::crashed:
    case CallEnd::refused: fail_action(action, {"error"}, "bot_error", ended.message); break;
  }
  return {};
}

// UPPER-CASE keys set global variables, the others are the node's outputs.
void Engine::take_result(flow::NodeNumber number, const flow::ActionNode& action,
                         const json::object& result) {
  json::object outputs;
  for (const auto& member : result) {
    if (flow::is_variable_name(member.key())) {
      assign(member.key(), json::to_text(member.value()));
    } else {
      outputs[member.key()] = member.value();
    }
  }
  const auto* decision = outputs.if_contains(action.decision);
  const std::string value = decision == nullptr ? "" : json::to_text(*decision);
  if (program_.kept.contains(number)) state().kept[number] = std::move(outputs);
  if (const auto* road = action.road(value)) {
    track(*program_.find(number), value);
    enter(
        go(flow::RoadKind::result, static_cast<size_t>(road - action.roads.data()), road->target));
    return;
  }
  fail_action(action, {"error"}, "bot_error",
              decision == nullptr ? action.command + " returned no '" + action.decision + "'"
                                  : action.command + " returned a value that has no road");
}

void Engine::take_up_held_messages() {
  while (state().phase == Phase::waiting && !state().held.empty()) {
    HeldMessage message = std::move(state().held.front());
    state().held.erase(state().held.begin());
    state().answering = message.input_id;
    state().last_message = question().secure ? std::string(kMask) : message.text;
    state().streak = 0;
    steps_before_ += std::exchange(steps_, 0);
    answer(message.text, Repeat::no);
    give_again();
  }
  if (state().phase == Phase::ended) state().held.clear();
}

Result<Turn> advance(const flow::Program& program, State state, const Input& input) {
  return Engine(program, std::move(state), input.at).run(input);
}

}  // namespace millrace::dialog
