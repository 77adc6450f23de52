#include "dialog/state/bounds.hpp"

#include "dialog/state/understood_json.hpp"

namespace millrace::dialog {
namespace {

// What a name, a number or a link of a container counts besides its text.
constexpr size_t kMemberBytes = 16;

size_t weight_of(const Answered& answered) {
  return kMemberBytes + answered.text.size() + (answered.before ? answered.before->size() : 0);
}

size_t weight_of(const std::vector<Answered>& answers) {
  size_t bytes = 0;
  for (const Answered& answered : answers) bytes += weight_of(answered);
  return bytes;
}

size_t weight_of(const std::map<std::string, std::string, std::less<>>& texts) {
  size_t bytes = 0;
  for (const auto& [name, text] : texts) bytes += kMemberBytes + name.size() + text.size();
  return bytes;
}

}  // namespace

size_t weight_of(const json::object& object) {
  size_t bytes = 0;
  for (const auto& member : object) bytes += member.key().size() + weight_of(member.value());
  return bytes;
}

size_t weight_of(const json::value& value) {
  if (const auto* object = value.if_object()) return kMemberBytes + weight_of(*object);
  if (const auto* text = value.if_string()) return kMemberBytes + text->size();
  size_t bytes = kMemberBytes;
  if (const auto* array = value.if_array()) {
    for (const json::value& item : *array) bytes += weight_of(item);
  }
  return bytes;
}

size_t weight_of(const Message& message) {
  const auto of = [](const Option& option) {
    return kMemberBytes + option.label.size() + option.description.size() + option.image.size() +
           option.url.size();
  };
  size_t bytes = kMemberBytes + message.text.size();
  for (const Option& option : message.asset.options) bytes += of(option);
  for (const Card& card : message.asset.cards) {
    bytes += kMemberBytes + card.title.size() + card.description.size() + card.image.size();
    for (const Option& option : card.buttons) bytes += of(option);
  }
  return bytes;
}

size_t weight(const State& state) {
  size_t bytes = weight_of(state.variables) + weight_of(state.secrets) + state.last_message.size() +
                 state.channel.size() + state.address.size() + weight_of(state.history) +
                 weight_of(state.again) + weight_of(state.user_data) +
                 weight_of(state.global_props) + weight_of(state.error);
  if (state.agent) {
    bytes += state.agent->skill.size() + state.agent->id.size() + state.agent->name.size();
  }
  for (const auto& [kind, known] : state.known_as) bytes += kind.size() + weight_of(known);
  for (const auto& [node, value] : state.kept) bytes += weight_of(value);
  for (const json::value& event : state.events) bytes += weight_of(event);
  for (const HeldMessage& message : state.held) {
    bytes += kMemberBytes + message.input_id.size() + message.text.size();
    if (message.understood) bytes += weight(*message.understood);
  }
  for (const auto& [node, text] : state.ahead) bytes += kMemberBytes + text.size();
  for (const auto* readings : {&state.candidates, &state.meant}) {
    for (const ask::Candidate& candidate : *readings) {
      bytes += kMemberBytes + candidate.value.size() + candidate.label.size();
    }
  }
  return bytes;
}

void shed(State& state) {
  size_t bytes = weight_of(state.history);
  auto kept = state.history.begin();
  while (kept != state.history.end() && bytes > kHistoryBytesMax) bytes -= weight_of(*kept++);
  state.history.erase(state.history.begin(), kept);
  bytes = 0;
  for (const json::value& event : state.events) bytes += weight_of(event);
  auto event = state.events.begin();
  while (event != state.events.end() && bytes > kEventsBytesMax) bytes -= weight_of(*event++);
  state.events.erase(state.events.begin(), event);
}

}  // namespace millrace::dialog
