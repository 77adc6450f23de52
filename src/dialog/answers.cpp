// What an answer means: a choice, a value of the type asked for, an intent, or nothing yet.
#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "dialog/engine.hpp"
#include "dialog/payload.hpp"

namespace millrace::dialog {

using flow::AssetType;
using flow::DialogNode;
using flow::RoadKind;

namespace {

std::optional<size_t> number_in(std::string_view text) {
  size_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : base::to_lower(text) + " ") {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t';
    if (!is_blank) {
      word.push_back(c);
    } else if (const std::string squashed = base::squash(word); !squashed.empty()) {
      words.push_back(squashed);
      word.clear();
    } else {
      word.clear();
    }
  }
  return words;
}

}  // namespace

// Every way the consumer may have meant to answer, the most certain first.
void Engine::answer(const std::string& text, Repeat repeat) {
  const DialogNode& node = question();
  state().timer.reset();
  if (text.empty()) {
    if (repeat == Repeat::yes) show(node);
    arm_silence(node);
    return;
  }
  if (answer_ambiguous(text) || answer_by_choice(node, text)) return;
  const bool given_again = changing_ || !state().again.empty();
  if (!given_again && answer_aside(text)) return;
  if (answer_typed(node, text, repeat)) return;
  not_understood(node, ask::Verdict::not_understood, repeat);
}

// Two readings were offered; this picks one of them, or is read afresh.
bool Engine::answer_ambiguous(const std::string& text) {
  if (state().candidates.empty()) return false;
  const auto candidates = std::move(state().candidates);
  state().candidates.clear();
  const auto number = number_in(text);
  const std::string wanted = base::squash(text);
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (number != i + 1 && base::squash(candidates[i].label) != wanted) continue;
    const DialogNode& node = question();
    if (node.asset.type != AssetType::none && !node.next) {
      return answer_by_choice(node, candidates[i].value);
    }
    accept(node, candidates[i].value, candidates[i].value, RoadKind::next, 0, *node.next);
    return true;
  }
  return false;
}

std::vector<Engine::Choice> Engine::choices(const DialogNode& node) {
  std::vector<Choice> out;
  const auto add = [&](const flow::Option& option) {
    const size_t index = out.size();
    // The label of the default locale is kept, so that data does not depend on the language.
    out.push_back({index, fill(option.label[0], state()), option.target});
  };
  for (const flow::Option& option : node.asset.options) add(option);
  for (const flow::Card& card : node.asset.cards) {
    for (const flow::Option& button : card.buttons) add(button);
  }
  if (node.asset.source) {
    for (const Option& option : dynamic_options(*node.asset.source)) {
      out.push_back({out.size(), option.label, std::nullopt});
    }
  }
  return out;
}

// Whatever may be said for a choice: its labels in every language, its synonyms.
std::vector<std::string> Engine::names_of(const DialogNode& node, const Choice& choice) {
  const flow::Option* option = nullptr;
  size_t index = choice.index;
  if (index < node.asset.options.size()) {
    option = &node.asset.options[index];
  } else {
    index -= node.asset.options.size();
    for (const flow::Card& card : node.asset.cards) {
      if (option == nullptr && index < card.buttons.size()) option = &card.buttons[index];
      index -= std::min(index, card.buttons.size());
      if (option != nullptr) break;
    }
  }
  if (option == nullptr) return {choice.value};
  std::vector<std::string> names;
  for (const flow::Template& label : option->label) names.push_back(fill(label, state()));
  names.insert(names.end(), option->synonyms.begin(), option->synonyms.end());
  return names;
}

const Engine::Choice* Engine::choose(const DialogNode& node, const std::vector<Choice>& all,
                                     const std::string& text) {
  const std::string wanted = base::squash(text);
  for (const Choice& choice : all) {
    for (const std::string& name : names_of(node, choice)) {
      if (name == text || (!wanted.empty() && base::squash(name) == wanted)) return &choice;
    }
  }
  // A number stands for its place in the list, where it cannot be an answer of its own.
  const bool free_text_counts = !node.input_disabled && node.next && !node.ask;
  const auto number = number_in(text);
  if (!free_text_counts && number && *number >= 1 && *number <= all.size()) {
    return &all[*number - 1];
  }
  return nullptr;
}

// "Windows, Linux": every part must be a choice.
std::optional<std::string> Engine::choose_several(const DialogNode& node,
                                                  const std::vector<Choice>& all,
                                                  const std::string& text) {
  std::string parts = text;
  std::ranges::replace(parts, '\n', ',');
  std::string value;
  for (const std::string_view part : base::split(parts, ',')) {
    const auto trimmed = base::trim(part);
    if (trimmed.empty()) continue;
    const Choice* choice = choose(node, all, std::string(trimmed));
    if (choice == nullptr) return std::nullopt;
    value += (value.empty() ? "" : ", ") + choice->value;
  }
  if (value.empty()) return std::nullopt;
  return value;
}

bool Engine::answer_by_choice(const DialogNode& node, const std::string& text) {
  const auto all = choices(node);
  if (all.empty()) {
    const bool cancels = node.asset.type == AssetType::file_upload && node.next &&
                         std::ranges::any_of(node.asset.cancel_label, [&](const auto& label) {
                           return base::squash(fill(label, state())) == base::squash(text);
                         });
    if (!cancels) return false;
    accept(node, text, "cancel", RoadKind::next, 0, *node.next);
    return true;
  }
  const Choice* chosen = choose(node, all, text);
  if (chosen == nullptr && node.asset.multiple && node.next) {
    const auto several = choose_several(node, all, text);
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

ask::Rules Engine::rules_of(const DialogNode& node, const std::vector<Choice>& all) {
  ask::Rules rules = node.ask->rules;
  if (rules.type != ask::Type::choice || all.empty()) return rules;
  rules.choices.clear();
  for (const Choice& choice : all) rules.choices.push_back({choice.value, names_of(node, choice)});
  return rules;
}

// Free text, or a value of the type that was asked for. True when the message has been dealt with.
bool Engine::answer_typed(const DialogNode& node, const std::string& text, Repeat repeat) {
  const bool free_text_counts = !node.input_disabled && node.next.has_value();
  const bool is_choice = node.ask && node.ask->rules.type == ask::Type::choice;
  const bool may_interrupt = !node.nlu_disabled && state().again.empty() && !node.secure;
  if (!node.ask) {
    if (may_interrupt && interrupt(text)) return true;
    if (!free_text_counts) return false;
    accept(node, text, text, RoadKind::next, 0, *node.next);
    return true;
  }
  if (node.input_disabled) return false;
  // What takes any text would swallow every question of the consumer's.
  const bool takes_anything =
      node.ask->rules.type == ask::Type::text || node.ask->rules.type == ask::Type::address;
  if (takes_anything && may_interrupt && interrupt(text)) return true;
  const auto all = choices(node);
  const ask::Rules rules = rules_of(node, all);
  const ask::Reading reading = ask::read(rules, text, tag(), at_);
  switch (reading.verdict) {
    case ask::Verdict::accepted: {
      const auto chosen = std::ranges::find(all, reading.value, &Choice::value);
      if (is_choice && chosen != all.end() && chosen->target) {
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
  return may_interrupt && interrupt(text);
}

void Engine::accept(const DialogNode& node, const std::string& text, const std::string& value,
                    RoadKind kind, size_t index, flow::NodeNumber target) {
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
  if (program_.kept.contains(state().node)) {
    if (node.asset.type == AssetType::file_upload) {
      state().kept[state().node] =
          value == "cancel" ? json::object{{"cancelled", true}} : json::object{{"url", value}};
    } else {
      state().kept[state().node] = node.secure ? std::string(kMask) : value;
    }
  }
  if (state().history.size() >= kHistoryMax) state().history.erase(state().history.begin());
  state().history.push_back(std::move(answered));
  if (changing_) {
    changing_ = false;
    std::string what = node.ask ? filled(node.ask->subject) : "";
    if (what.empty()) what = program_.find(state().node)->name;
    if (what.empty()) what = node.variable;
    const auto type = node.ask ? node.ask->rules.type : ask::Type::text;
    std::string told = program_.text("changed", locale()).source();
    const std::string shown = node.secure ? std::string(kMask) : ask::show(type, value, tag());
    for (const auto& [place, words] :
         {std::pair{std::string("{what}"), what}, std::pair{std::string("{value}"), shown}}) {
      if (const auto at = told.find(place); at != std::string::npos) {
        told.replace(at, place.size(), words);
      }
    }
    say({.text = std::move(told)});
  }
  enter(go(kind, index, target));
}

void Engine::ask_which(std::vector<ask::Candidate> readings) {
  Message message{.text = shown(program_.text("which_one", locale()))};
  message.asset.kind = AssetKind::buttons;
  for (const ask::Candidate& reading : readings) {
    message.asset.options.push_back({.label = reading.label});
  }
  state().candidates = std::move(readings);
  say(std::move(message));
  arm_silence(question());
}

void Engine::not_understood(const DialogNode& node, ask::Verdict verdict, Repeat repeat) {
  if (repeat == Repeat::no) {
    arm_silence(node);
    return;
  }
  ++state().tries;
  changing_ = false;
  state().again.clear();
  if (!node.ask) {
    show(node);
    arm_silence(node);
    return;
  }
  const flow::Ask& ask = *node.ask;
  if (ask.tries_max > 0 && state().tries >= ask.tries_max && ask.on_fail) {
    enter(go(RoadKind::fail, 0, *ask.on_fail));
    return;
  }
  if (!ask.retries.empty()) {
    const auto attempt = std::min(static_cast<size_t>(state().tries), ask.retries.size());
    show_with(node, filled(ask.retries[attempt - 1]));
  } else {
    const bool range = verdict == ask::Verdict::out_of_range;
    std::string key = (range ? "range." : "retry.") + std::string(ask::to_string(ask.rules.type));
    if (!program_.texts.contains(key)) key = "retry." + std::string(ask::to_string(ask.rules.type));
    show_with(node, shown(program_.text(key, locale())));
  }
  arm_silence(node);
}

// A message matches an intent when it has every word of one of its utterances and little else;
// until an NLU takes over, the utterance with the most words wins.
std::optional<std::string> Engine::intent_of(const std::string& text) const {
  if (program_.intent_nodes.empty()) return std::nullopt;
  const auto said = words_of(text);
  std::optional<std::string> best;
  size_t best_words = 0;
  for (size_t i = 0; i < program_.intents.size(); ++i) {
    if (i != locale() && i != 0) continue;
    for (const flow::Intent& intent : program_.intents[i]) {
      if (!program_.intent_nodes.contains(intent.name)) continue;
      for (const std::string& utterance : intent.utterances) {
        const auto wanted = words_of(utterance);
        const bool all = std::ranges::all_of(wanted, [&](const std::string& word) {
          return std::ranges::find(said, word) != said.end();
        });
        if (!all || wanted.size() <= best_words || said.size() > 2 * wanted.size() + 2) continue;
        best = intent.name;
        best_words = wanted.size();
      }
    }
  }
  return best;
}

// True when the message leads away from the question: to an intent's node or, where free text is no
// answer either, to the out_of_scope one.
bool Engine::interrupt(const std::string& text) {
  const auto intent = intent_of(text);
  const DialogNode& node = question();
  const bool free_text_counts = !node.input_disabled && node.next.has_value();
  const auto out_of_scope = program_.intent_nodes.find(flow::kOutOfScope);
  if (intent) {
    interrupt_for(program_.intent_nodes.find(*intent)->second);
  } else if (!free_text_counts && !node.ask && out_of_scope != program_.intent_nodes.end()) {
    interrupt_for(out_of_scope->second);
  } else {
    return false;
  }
  return true;
}

void Engine::interrupt_for(flow::NodeNumber target) {
  auto& frames = state().frames;
  const auto is_open = [](const Frame& frame) { return frame.kind == Frame::Kind::interruption; };
  // The oldest question left open is given up first.
  if (std::ranges::count_if(frames, is_open) >= program_.interruptions_max) {
    const auto oldest = std::ranges::find_if(frames, is_open);
    if (oldest != frames.end()) frames.erase(oldest);
  }
  if (program_.interruptions_max > 0) {
    frames.push_back({Frame::Kind::interruption, state().node});
  }
  enter(target);
}

// After an earlier answer was changed, the answers behind it are given again, as long as the same
// questions come.
void Engine::give_again() {
  while (state().phase == Phase::waiting && !state().again.empty()) {
    const Answered next = state().again.front();
    if (next.node != state().node || next.text.empty() || changing_) {
      if (changing_) return;  // the question that is to be answered anew stands open
      state().again.clear();
      show(question());
      return;
    }
    state().again.erase(state().again.begin());
    steps_ = 0;
    const size_t left = state().again.size();
    answer(next.text, Repeat::no);
    if (state().again.size() > left) return;
  }
}

}  // namespace millrace::dialog
