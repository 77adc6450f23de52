// What a message says beside an answer: an intent that leads away, one of two that the consumer has
// to decide between, and answers to questions that have not been asked yet.
#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "dialog/turn/choices.hpp"
#include "dialog/turn/meaning.hpp"
#include "dialog/turn/questions.hpp"

namespace millrace::dialog {

using flow::DialogNode;
using flow::NodeNumber;

namespace {

// The questions that an entity may answer before they are asked, in the order written.
std::vector<NodeNumber> asked_later(const flow::Program& program, const State& state,
                                    std::string_view flow, NodeNumber open) {
  std::vector<NodeNumber> out;
  for (const auto& [number, node] : program.nodes) {
    const auto* question = std::get_if<DialogNode>(&node.does);
    if (question == nullptr || question->entity.empty() || !question->waits) continue;
    if (question->secure || question->nlu_disabled || !question->next || number == open) continue;
    if (flow_of(node) != flow || state.ahead.contains(number)) continue;
    const auto value = state.variables.find(question->variable);
    const auto given = std::ranges::find(state.history, number, &Answered::node);
    const bool is_answered =
        given != state.history.end() || (value != state.variables.end() && !value->second.empty());
    if (!is_answered) out.push_back(number);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

// Leads away from the question: to an intent's node or, where free text is no answer either, to the
// out_of_scope one.
bool Questions::interrupt(const std::string& text) {
  const Place place{program(), draft_.here(), draft_.question(), draft_.locale(), takes_anything()};
  const auto intents = intents_of(text, understood_, place);
  if (intents.size() == 1) return interrupt_for(intents[0]);
  if (intents.size() > 1) {
    ask_meant(intents);
    return true;
  }
  if (takes_anything() || draft_.question().ask) return false;
  return interrupt_for(std::string(flow::kOutOfScope));
}

bool Questions::interrupt_for(const std::string& intent) {
  const auto node = program().intent_nodes.find(intent);
  if (node == program().intent_nodes.end()) return false;
  state().again.clear();
  keep_ahead(node->second);
  walk_.interrupt_for(node->second);
  return true;
}

void Questions::ask_meant(const std::vector<std::string>& intents) {
  Message message{.text = voice_.worded(program().text("which_one", draft_.locale()))};
  message.asset.kind = AssetKind::buttons;
  state().meant.clear();
  for (const std::string& intent : intents) {
    state().meant.push_back({intent, spoken(intent, program(), draft_.locale())});
    message.asset.options.push_back({.label = state().meant.back().label});
  }
  voice_.say(std::move(message));
  stands_open();
  silence_.arm(draft_.question());
}

// Two intents were offered; this picks one of them, or is read afresh.
bool Questions::answer_meant(const std::string& text) {
  if (giving_again_ || state().meant.empty()) return false;
  const auto meant = std::exchange(state().meant, {});
  const auto number = number_in(text);
  const std::string wanted = base::squash(text);
  for (size_t i = 0; i < meant.size(); ++i) {
    if (number != i + 1 && base::squash(meant[i].label) != wanted) continue;
    return interrupt_for(meant[i].value);
  }
  return false;
}

// What the question asks for, within a message that says more than that. Only then does the rest of
// the message answer other questions: a part of it counts once.
bool Questions::answer_by_entity(const DialogNode& node) {
  if (understood_ == nullptr || node.entity.empty() || !node.next) return false;
  const auto found = std::ranges::find(understood_->entities, node.entity, &Entity::name);
  if (found == understood_->entities.end()) return false;
  if (found->values.size() > 1 && node.ask) {
    std::vector<ask::Candidate> readings;
    for (const std::string& value : found->values) {
      if (!could_answer(node, value)) continue;
      readings.push_back({value, ask::show(node.ask->rules.type, value, state().region)});
    }
    if (readings.size() > 1) {
      keep_ahead(state().node);
      ask_which(std::move(readings));
      return true;
    }
  }
  for (const std::string& value : found->values) {
    if (!could_answer(node, value)) continue;
    std::string kept = value;
    flow::RoadKind road = flow::RoadKind::next;
    size_t index = 0;
    NodeNumber target = *node.next;
    if (node.ask) {
      const Choices choices(node, state());
      const auto reading = ask::read(choices.rules(), value, state().region, today(*node.ask));
      if (reading.verdict != ask::Verdict::accepted) continue;
      kept = reading.value;
      const Offer* chosen = choices.with_value(kept);
      if (chosen != nullptr && chosen->target) {
        road = flow::RoadKind::option;
        index = chosen->index;
        target = *chosen->target;
      }
    }
    keep_ahead(state().node);
    accept(node, value, kept, road, index, target);
    return true;
  }
  return false;
}

void Questions::keep_ahead(NodeNumber of) {
  if (understood_ == nullptr || understood_->entities.empty()) return;
  const flow::Node* node = program().find(of);
  if (node == nullptr) return;
  const auto* question = std::get_if<DialogNode>(&node->does);
  const bool is_open = question != nullptr && of == state().node;
  if (is_open && question->nlu_disabled) return;
  auto later = asked_later(program(), state(), flow_of(*node), is_open ? of : 0);
  bool is_taken = !is_open || question->entity.empty();  // by the question that stands open
  for (const Entity& entity : understood_->entities) {
    if (!is_taken && entity.name == question->entity) {
      is_taken = true;
      continue;
    }
    if (entity.values.size() != 1 || state().ahead.size() >= kAheadMax) continue;
    const auto wants = std::ranges::find_if(later, [&](NodeNumber number) {
      const auto& asks = std::get<DialogNode>(program().find(number)->does);
      return asks.entity == entity.name && could_answer(asks, entity.values[0]);
    });
    if (wants == later.end()) continue;
    state().ahead[*wants] = entity.values[0];
    later.erase(wants);
  }
}

// The open question was answered before it was asked. False where it was not, or is asked now.
bool Questions::give_ahead() {
  const auto found = state().ahead.find(state().node);
  if (found == state().ahead.end()) return false;
  const std::string text = std::move(found->second);
  state().ahead.erase(found);
  const size_t answers = state().history.size();
  const NodeNumber node = state().node;
  draft_.begin_answer_again();
  giving_again_ = true;
  answer(text, std::nullopt, Repeat::no);
  giving_again_ = false;
  const bool still_open = state().phase == Phase::waiting && state().node == node &&
                          state().history.size() == answers && !is_shown_;
  if (still_open) voice_.show(draft_.question());
  return !still_open;
}

}  // namespace millrace::dialog
