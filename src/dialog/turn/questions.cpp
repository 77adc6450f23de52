#include "dialog/turn/questions.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "dialog/turn/asides.hpp"
#include "dialog/turn/choices.hpp"

namespace millrace::dialog {

using flow::AssetType;
using flow::DialogNode;
using flow::RoadKind;

void Questions::wait_at(const DialogNode& node) {
  state().phase = Phase::waiting;
  state().error.clear();
  state().tries = 0;
  state().reminders = 0;
  state().candidates.clear();
  state().meant.clear();
  is_shown_ = false;
  silence_.arm(node);
}

void Questions::ask_again() {
  stands_open();
  voice_.show(draft_.question());
  silence_.arm(draft_.question());
}

void Questions::answer(const std::string& text, const std::optional<Understood>& understood,
                       Repeat repeat) {
  understood_ = understood ? &*understood : nullptr;
  const DialogNode& node = draft_.question();
  state().timer.reset();
  if (text.empty()) {
    if (repeat == Repeat::yes) voice_.show(node);
    silence_.arm(node);
    return;
  }
  if (answer_meant(text) || answer_ambiguous(text) || answer_by_choice(node, text)) return;
  if (!changing_ && !giving_again_ && asides_.take(text)) return;
  if (answer_typed(node, text, repeat)) return;
  not_understood(node, ask::Verdict::not_understood, repeat);
}

void Questions::leave_page() {
  const DialogNode& node = draft_.question();
  if (!node.next || node.asset.type != AssetType::webview) return;
  state().answering.clear();
  accept(node, "", "", RoadKind::next, 0, *node.next);
}

void Questions::change_to(const std::string& text) {
  const DialogNode& node = draft_.question();
  state().phase = Phase::waiting;
  state().tries = 0;
  changing_ = true;
  const bool understood = answer_by_choice(node, text) || answer_typed(node, text, Repeat::yes);
  changing_ = false;
  if (!understood) not_understood(draft_.question(), ask::Verdict::not_understood, Repeat::yes);
}

bool Questions::takes_anything() const {
  const DialogNode& node = draft_.question();
  return node.ask ? ask::takes_any_text(node.ask->rules.type)
                  : !node.input_disabled && node.next.has_value();
}

bool Questions::could_answer(const DialogNode& node, const std::string& text) {
  const Choices choices(node, state());
  if (choices.meant_by(text) != nullptr) return true;
  if (!node.ask) return !node.input_disabled && node.next.has_value();
  const auto reading = ask::read(choices.rules(), text, state().region, today(*node.ask));
  return reading.verdict == ask::Verdict::accepted || reading.verdict == ask::Verdict::ambiguous;
}

// Looked up only where a day is asked for.
base::Date Questions::today(const flow::Ask& ask) const {
  return ask.rules.type == ask::Type::date ? draft_.now().date() : base::utc_date(draft_.at());
}

// Two readings were offered; this picks one of them, or is read afresh.
bool Questions::answer_ambiguous(const std::string& text) {
  if (state().candidates.empty()) return false;
  const auto candidates = std::move(state().candidates);
  state().candidates.clear();
  const auto number = number_in(text);
  const std::string wanted = base::squash(text);
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (number != i + 1 && base::squash(candidates[i].label) != wanted) continue;
    const DialogNode& node = draft_.question();
    if (node.asset.type != AssetType::none && !node.next) {
      return answer_by_choice(node, candidates[i].value);
    }
    accept(node, candidates[i].value, candidates[i].value, RoadKind::next, 0, *node.next);
    return true;
  }
  return false;
}

bool Questions::answer_by_choice(const DialogNode& node, const std::string& text) {
  const Choices choices(node, state());
  if (choices.empty()) {
    if (!node.next || !cancels_upload(node, text, state())) return false;
    accept(node, text, "cancel", RoadKind::next, 0, *node.next);
    return true;
  }
  const Offer* chosen = choices.meant_by(text);
  if (chosen == nullptr && node.asset.multiple && node.next) {
    const auto several = choices.several_meant_by(text);
    if (!several) return false;
    accept(node, text, *several, RoadKind::next, 0, *node.next);
    return true;
  }
  if (chosen == nullptr) return false;
  if (chosen->target) {
    accept(node, text, chosen->value, RoadKind::option, chosen->index, *chosen->target);
  } else if (node.next) {
    accept(node, text, chosen->value, RoadKind::next, 0, *node.next);
  } else {
    return false;
  }
  return true;
}

// Free text, or a value of the type that was asked for.
bool Questions::answer_typed(const DialogNode& node, const std::string& text, Repeat repeat) {
  const bool is_choice = node.ask && node.ask->rules.type == ask::Type::choice;
  const bool may_interrupt = !node.nlu_disabled && !giving_again_ && !changing_ && !node.secure;
  if (!node.ask) {
    if (may_interrupt && (interrupt(text) || answer_by_entity(node))) return true;
    if (!takes_anything()) return false;
    accept(node, text, text, RoadKind::next, 0, *node.next);
    return true;
  }
  if (node.input_disabled) return false;
  // What takes any text would swallow every question of the consumer's.
  if (takes_anything() && may_interrupt && (interrupt(text) || answer_by_entity(node))) return true;
  const Choices choices(node, state());
  const ask::Reading reading = ask::read(choices.rules(), text, state().region, today(*node.ask));
  switch (reading.verdict) {
    case ask::Verdict::accepted: {
      const Offer* chosen = choices.with_value(reading.value);
      if (is_choice && chosen != nullptr && chosen->target) {
        accept(node, text, reading.value, RoadKind::option, chosen->index, *chosen->target);
        return true;
      }
      if (!node.next) return false;
      accept(node, text, reading.value, RoadKind::next, 0, *node.next);
      return true;
    }
    case ask::Verdict::ambiguous: ask_which(reading.readings); return true;
    case ask::Verdict::out_of_range: not_understood(node, reading.verdict, repeat); return true;
    case ask::Verdict::not_understood: break;
  }
  return may_interrupt && (interrupt(text) || answer_by_entity(node));
}

void Questions::accept(const DialogNode& node, const std::string& text, const std::string& value,
                       RoadKind kind, size_t index, flow::NodeNumber target) {
  note_answer(node, text, value);
  is_shown_ = false;
  if (std::exchange(changing_, false)) tell_of_change(node, value);
  walk_.take(kind, index, target);
}

void Questions::note_answer(const DialogNode& node, const std::string& text,
                            const std::string& value) {
  Answered answered{state().node, node.secure ? "" : text, std::nullopt, state().frames.size()};
  if (!node.variable.empty()) {
    const auto before = state().variables.find(node.variable);
    if (before != state().variables.end()) answered.before = before->second;
    if (node.secure) {
      state().variables.erase(node.variable);
      state().secrets[node.variable] = value;
    } else {
      state().variables[node.variable] = value;
    }
  }
  if (program().kept.contains(state().node)) {
    if (node.asset.type == AssetType::file_upload) {
      state().kept[state().node] =
          value == "cancel" ? json::object{{"cancelled", true}} : json::object{{"url", value}};
    } else {
      state().kept[state().node] = node.secure ? std::string(kMask) : value;
    }
  }
  if (state().history.size() >= kHistoryMax) state().history.erase(state().history.begin());
  state().history.push_back(std::move(answered));
}

void Questions::not_understood(const DialogNode& node, ask::Verdict verdict, Repeat repeat) {
  if (repeat == Repeat::no) {
    silence_.arm(node);
    return;
  }
  ++state().tries;
  changing_ = false;
  stands_open();
  if (!node.ask) {
    voice_.show(node);
    silence_.arm(node);
    return;
  }
  const flow::Ask& ask = *node.ask;
  if (ask.tries_max > 0 && state().tries >= ask.tries_max && ask.on_fail) {
    state().again.clear();
    walk_.take(RoadKind::fail, 0, *ask.on_fail);
    return;
  }
  if (!ask.retries.empty()) {
    const auto attempt = std::min(static_cast<size_t>(state().tries), ask.retries.size());
    voice_.show_with(node, voice_.worded(ask.retries[attempt - 1]));
  } else {
    const std::string type(ask::to_string(ask.rules.type));
    std::string key = (verdict == ask::Verdict::out_of_range ? "range." : "retry.") + type;
    if (!program().texts.contains(key)) key = "retry." + type;
    voice_.show_with(node, voice_.worded(program().text(key, draft_.locale())));
  }
  silence_.arm(node);
}

void Questions::give_again() {
  while (state().phase == Phase::waiting && !state().again.empty() && !is_shown_) {
    const Answered next = state().again.front();
    if (next.node != state().node || next.text.empty()) {
      // Another way than before: from here on everything is asked.
      state().again.clear();
      if (state().ahead.contains(state().node)) break;  // which was not shown, and is given now
      voice_.show(draft_.question());
      return;
    }
    state().again.erase(state().again.begin());
    draft_.begin_answer_again();
    const size_t left = state().again.size();
    giving_again_ = true;
    answer(next.text, std::nullopt, Repeat::no);
    giving_again_ = false;
    if (state().again.size() > left) return;
  }
  while (state().phase == Phase::waiting && state().again.empty() && !is_shown_ && give_ahead()) {
  }
}

void Questions::take_up_held_messages() {
  while (state().phase == Phase::waiting && !state().held.empty()) {
    HeldMessage message = std::move(state().held.front());
    state().held.erase(state().held.begin());
    state().answering = message.input_id;
    state().last_message = draft_.question().secure ? std::string(kMask) : message.text;
    state().streak = 0;
    draft_.begin_held_answer();
    answer(message.text, message.understood, Repeat::no);
    give_again();
  }
  if (state().phase == Phase::ended) state().held.clear();
}

}  // namespace millrace::dialog
