#include "dialog/turn/meaning.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "dialog/turn/intents.hpp"

namespace millrace::dialog {
namespace {

bool leads_somewhere(const flow::Program& program, const std::string& intent) {
  return program.intent_nodes.contains(intent) && intent != flow::kOutOfScope;
}

// Whether the model is sure enough of its first guess to leave this question for it.
bool is_sure(std::string_view text, const Understood& understood, const Place& place) {
  const int first = understood.guesses.front().permille;
  int wanted = place.question.threshold_permille;
  if (wanted == 0) wanted = place.program.understanding.threshold_permille;
  if (wanted > 0 ? first < wanted : !understood.is_in_scope) return false;
  if (!place.takes_anything) return true;
  // A single word is a name sooner than a wish; those that are wishes are utterances to the letter.
  const bool is_sentence = base::trim(text).find(' ') != std::string_view::npos;
  const bool is_said = wanted > 0 || first >= kSureOverAnswerPermille;
  return is_said && is_sentence && understood.known_permille >= kKnownOverAnswerPermille;
}

// Which of two the flow puts first; nullptr where it says nothing of them.
const std::string* preferred(const Place& place, const std::string& one, const std::string& other) {
  const auto& priorities = place.program.understanding.priorities;
  const auto found = priorities.find(flow_of(place.node));
  if (found == priorities.end()) return nullptr;
  for (const std::string& intent : found->second) {
    if (intent == one) return &one;
    if (intent == other) return &other;
  }
  return nullptr;
}

}  // namespace

std::string_view flow_of(const flow::Node& node) {
  const std::string_view id = node.id;
  const size_t dot = id.find('.');
  return dot == std::string_view::npos ? std::string_view() : id.substr(0, dot);
}

std::vector<std::string> intents_of(std::string_view text, const Understood* understood,
                                    const Place& place) {
  const auto words = understood == nullptr ? Match::has_words : Match::is_the_same;
  if (const auto named = intent_of(text, place.program, place.locale, words)) return {*named};
  if (understood == nullptr || understood->guesses.empty()) return {};
  if (!is_sure(text, *understood, place)) return {};
  const std::string& first = understood->guesses[0].intent;
  const bool has_second = understood->is_close && understood->guesses.size() > 1;
  const std::string& second = has_second ? understood->guesses[1].intent : first;
  if (has_second) {
    if (const auto* goes_first = preferred(place, first, second)) {
      if (leads_somewhere(place.program, *goes_first)) return {*goes_first};
    }
    // A question that takes any text is not left for what may be two things.
    if (place.takes_anything) return {};
  }
  if (!leads_somewhere(place.program, first)) return {};
  if (!has_second || !leads_somewhere(place.program, second)) return {first};
  return {first, second};
}

std::string spoken(std::string_view intent, const flow::Program& program, size_t locale) {
  for (const size_t index : {locale, size_t{0}}) {
    if (index >= program.intents.size()) continue;
    const auto found = std::ranges::find(program.intents[index], intent, &flow::Intent::name);
    if (found != program.intents[index].end() && !found->utterances.empty()) {
      return found->utterances.front();
    }
  }
  return std::string(intent);
}

}  // namespace millrace::dialog
