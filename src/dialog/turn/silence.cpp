#include "dialog/turn/silence.hpp"

namespace millrace::dialog {

const std::vector<flow::Reminder>& Silence::reminders_of(const flow::DialogNode& node) const {
  const bool own = node.ask && !node.ask->reminders.empty();
  return own ? node.ask->reminders : draft_.program().silence.reminders;
}

void Silence::arm(const flow::DialogNode& node) {
  if (state().phase != Phase::waiting) return;
  const auto& reminders = reminders_of(node);
  const auto given = static_cast<size_t>(state().reminders);
  const bool has_road = node.ask && node.ask->on_silence;
  if (given < reminders.size()) {
    draft_.set_timer(TimerKind::silence, reminders[given].after_ms);
  } else if (has_road && !reminders.empty()) {
    draft_.set_timer(TimerKind::silence, reminders.back().after_ms);
  } else if (draft_.program().silence.abandon_after_ms > 0) {
    draft_.set_timer(TimerKind::silence, draft_.program().silence.abandon_after_ms);
  }
}

void Silence::break_it() {
  if (state().phase != Phase::waiting) return;
  const flow::DialogNode& node = draft_.question();
  const auto& reminders = reminders_of(node);
  const auto given = static_cast<size_t>(state().reminders);
  if (given < reminders.size()) {
    const flow::Localized& text = reminders[given].text;
    ++state().reminders;
    if (text.empty()) {
      voice_.say_text("reminder");
    } else {
      voice_.say({.text = voice_.worded(text)});
    }
    arm(node);
  } else if (node.ask && node.ask->on_silence) {
    walk_.take(flow::RoadKind::silence, 0, *node.ask->on_silence);
  } else {
    voice_.say_text("abandoned");
    walk_.end(std::string(kEndAbandoned));
  }
}

}  // namespace millrace::dialog
