// What happens when the consumer says nothing: reminders, then the road drawn for it, then the end.
#include "dialog/engine.hpp"
#include "dialog/payload.hpp"

namespace millrace::dialog {

void Engine::set_timer(TimerKind kind, int64_t after_ms) {
  if (state().agent && kind != TimerKind::queue) return;
  state().timer = Timer{kind, base::Timestamp{at_.ms + after_ms}};
  turn_.effects.emplace_back(SetTimer{*state().timer});
}

const std::vector<flow::Reminder>& Engine::reminders_of(const flow::DialogNode& node) const {
  const bool own = node.ask && !node.ask->reminders.empty();
  return own ? node.ask->reminders : program_.silence.reminders;
}

void Engine::arm_silence(const flow::DialogNode& node) {
  if (state().phase != Phase::waiting) return;
  const auto& reminders = reminders_of(node);
  const auto given = static_cast<size_t>(state().reminders);
  const bool has_road = node.ask && node.ask->on_silence;
  if (given < reminders.size()) {
    set_timer(TimerKind::silence, reminders[given].after_ms);
  } else if (has_road && !reminders.empty()) {
    set_timer(TimerKind::silence, reminders.back().after_ms);
  } else if (program_.silence.abandon_after_ms > 0) {
    set_timer(TimerKind::silence, program_.silence.abandon_after_ms);
  }
}

void Engine::break_silence() {
  if (state().phase != Phase::waiting) return;
  const flow::DialogNode& node = question();
  const auto& reminders = reminders_of(node);
  const auto given = static_cast<size_t>(state().reminders);
  if (given < reminders.size()) {
    const flow::Localized& text = reminders[given].text;
    ++state().reminders;
    if (text.empty()) {
      say_text("reminder");
    } else {
      say({.text = filled(text)});
    }
    arm_silence(node);
  } else if (node.ask && node.ask->on_silence) {
    enter(go(flow::RoadKind::silence, 0, *node.ask->on_silence));
  } else {
    say_text("abandoned");
    end(std::string(kEndAbandoned));
  }
}

}  // namespace millrace::dialog
