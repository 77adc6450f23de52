#include "engage/events.hpp"

#include "engage/wire.hpp"

namespace millrace::engage {
namespace {

json::object notice(std::string_view what, const Identity& identity) {
  return {{"chat_id", identity.chat.to_string()}, {"notice", what}};
}

json::object event(std::string_view type, json::object payload) {
  return {{"type", type}, {"payload", std::move(payload)}};
}

}  // namespace

json::object typing_json(bool is_typing, const Identity& identity) {
  json::object out = notice("typing", identity);
  out["is_typing"] = is_typing;
  return out;
}

json::object consumer_typing_json(bool is_typing, const Identity& identity) {
  json::object out = typing_json(is_typing, identity);
  out["from"] = identity.consumer.to_string();
  out["from_side"] = "consumer";
  return out;
}

json::object ended_json(std::string_view reason, const Identity& identity) {
  json::object out = notice("ended", identity);
  out["reason"] = reason;
  return out;
}

json::object hand_over_json(const dialog::HandOver& hand_over, const Identity& identity) {
  using Step = dialog::HandOver::Step;
  if (hand_over.step == Step::ended) return {};  // which is told by itself
  json::object out = notice(hand_over.step == Step::asked    ? "agent_requested"
                            : hand_over.step == Step::joined ? "agent_joined"
                                                             : "agent_left",
                            identity);
  if (!hand_over.agent.empty()) out["agent_name"] = hand_over.name;
  return out;
}

// In the order in which those who listen hear them (runtime/lane/telling.cpp).
std::vector<json::object> WebhookEvents::events_of(
    const dialog::Turn& turn, const std::vector<runtime::ChatMessage>& messages, bool ends) const {
  const Identity identity{turn.state.consumer, turn.state.chat, {}, {}};
  std::vector<json::object> out;
  if (turn.state.turn == 1) {
    out.push_back(event("chat:ready", {{"chat_ID", identity.chat.to_string()}}));
  }
  const auto tell_steps = [&](bool is_asked) {
    for (const dialog::Effect& effect : turn.effects) {
      const auto* step = std::get_if<dialog::HandOver>(&effect);
      if (step == nullptr || (step->step == dialog::HandOver::Step::asked) != is_asked) continue;
      json::object payload = hand_over_json(*step, identity);
      if (!payload.empty()) out.push_back(event("incoming:notice", std::move(payload)));
    }
  };
  tell_steps(false);
  for (const runtime::ChatMessage& message : messages) {
    out.push_back(event("incoming:msg", message_json(message, identity)));
  }
  tell_steps(true);
  for (const dialog::Effect& effect : turn.effects) {
    if (!std::holds_alternative<dialog::Call>(effect)) continue;
    out.push_back(event("incoming:notice", typing_json(true, identity)));
    break;
  }
  if (ends) {
    out.push_back(event("incoming:notice", ended_json(turn.state.end_reason, identity)));
  }
  return out;
}

}  // namespace millrace::engage
