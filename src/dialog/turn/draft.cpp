#include "dialog/turn/draft.hpp"

#include <utility>

#include "dialog/turn/owing.hpp"
#include "dialog/turn/payload.hpp"

namespace millrace::dialog {

Draft::Draft(const flow::Program& program, State state, base::Timestamp at)
    : program_(program), at_(at) {
  turn_.state = std::move(state);
  ++turn_.state.turn;
}

base::LocalMoment Draft::now() const {
  return {at_, json::get_string(state().user_data, "time_zone").value_or(""), program_.time_zone};
}

const flow::DialogNode& Draft::question() const {
  return std::get<flow::DialogNode>(here().does);
}

int64_t Draft::hear(std::string text) {
  turn_.said_sequence = ++state().sequence;
  turn_.said = std::move(text);
  return turn_.said_sequence;
}

flow::NodeNumber Draft::go(flow::RoadKind kind, size_t index, flow::NodeNumber target) {
  turn_.taken.push_back({state().node, kind, static_cast<int>(index)});
  return target;
}

void Draft::set_timer(TimerKind kind, int64_t after_ms) {
  if (state().agent && kind != TimerKind::queue) return;
  state().timer = Timer{kind, base::Timestamp{at_.ms + after_ms}};
  timer_is_new_ = true;
}

void Draft::track(const flow::Node& node, std::string_view road) {
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
  owe(out);
  add(std::move(out));
}

void Draft::owe(const Track& event) {
  const auto receiver = program_.receivers.find(program_.track);
  if (receiver == program_.receivers.end()) return;
  const delivery::Settings* settings = receiver->second.in(state().environment);
  if (settings == nullptr) return;
  const delivery::Kind& kind = *receiver->second.kind;
  const std::string key = state().chat.to_string() + ":" + std::to_string(state().turn) + ":e" +
                          std::to_string(++events_owed_);
  auto owed = with_known(state(), kind.name, [&](json::value& known) {
    return kind.track({key, state().consumer, state().chat, at_}, {event.name, event.properties},
                      *settings, known);
  });
  if (owed) add(owe_of(std::move(*owed), receiver->first, ""));
}

void Draft::assign(const std::string& name, std::string value) {
  if (!fits(value.size())) return;
  const auto secret = state().secrets.find(name);
  if (secret != state().secrets.end()) {
    secret->second = std::move(value);
  } else {
    state().variables[name] = std::move(value);
  }
}

void Draft::remark(std::string message) {
  turn_.remarks.push_back({state().node, std::move(message)});
}

bool Draft::fits(size_t bytes) {
  made_bytes_ += bytes;
  if (made_bytes_ > kTurnBytesMax) outgrown_ = true;
  return !outgrown_;
}

void Draft::give_up_what_was_made() {
  outgrown_ = false;
  made_bytes_ = 0;
  state().variables.clear();
  state().secrets.clear();
  state().kept.clear();
  state().held.clear();
  state().global_props.clear();
  state().last_message.clear();
  end_hand_over(HandOver::Step::ended, std::string(kEndBotError));
}

std::optional<Seat> Draft::end_hand_over(HandOver::Step step, std::string why) {
  auto seat = std::exchange(state().agent, std::nullopt);
  if (seat) add(HandOver{step, seat->skill, seat->id, seat->name, seat->asked_at, std::move(why)});
  return seat;
}

bool Draft::may_step() {
  return ++steps_ <= kStepsMax && ++state().streak <= kStreakMax;
}

void Draft::begin_held_answer() {
  steps_before_ += std::exchange(steps_, 0);
}

std::string Draft::key_of_step() const {
  return turn_.state.chat.to_string() + ":" + std::to_string(turn_.state.turn) + ":" +
         std::to_string(steps_before_ + steps_);
}

Turn Draft::finish() && {
  if (timer_is_new_ && state().timer) add(SetTimer{*state().timer});
  return std::move(turn_);
}

}  // namespace millrace::dialog
