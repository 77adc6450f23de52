// Taking a live chat from one version of its solution to another.
#include <algorithm>

#include "dialog/dialog.hpp"

namespace millrace::dialog {
namespace {

using base::Code;
using base::fail;

// Where a node of one version stands in another.
class Places {
 public:
  Places(const flow::Program& from, const flow::Program& to) : from_(from), to_(to) {
    for (const auto& [number, node] : to.nodes) {
      if (node.was.empty()) continue;
      // Without its flow's name it means one of the same flow.
      const size_t dot = node.id.find('.');
      const bool is_whole = node.was.contains('.') || dot == std::string::npos;
      renamed_.emplace(is_whole ? node.was : node.id.substr(0, dot + 1) + node.was, number);
    }
  }

  std::optional<flow::NodeNumber> find(flow::NodeNumber number) const {
    const flow::Node* old = from_.find(number);
    if (old == nullptr) return std::nullopt;
    std::optional<flow::NodeNumber> place;
    if (const auto renamed = renamed_.find(old->id); renamed != renamed_.end()) {
      place = renamed->second;
    } else if (const auto same = to_.by_id.find(old->id); same != to_.by_id.end()) {
      place = same->second;
    }
    const flow::Node* fresh = place ? to_.find(*place) : nullptr;
    return fresh != nullptr && is_same_kind(*old, *fresh) ? place : std::nullopt;
  }

 private:
  // A node that has become another kind of thing cannot be gone on with.
  static bool is_same_kind(const flow::Node& old, const flow::Node& fresh) {
    if (old.does.index() != fresh.does.index()) return false;
    const auto* before = std::get_if<flow::DialogNode>(&old.does);
    return before == nullptr || before->waits == std::get<flow::DialogNode>(fresh.does).waits;
  }

  const flow::Program& from_;
  const flow::Program& to_;
  std::map<std::string, flow::NodeNumber, std::less<>> renamed_;
};

void move_answers(std::vector<Answered>& answers, const Places& places) {
  std::erase_if(answers, [&](Answered& answered) {
    const auto place = places.find(answered.node);
    if (place) answered.node = *place;
    return !place;
  });
}

}  // namespace

base::Result<State> migrate(const flow::Program& from, const flow::Program& to, State state) {
  const Places places(from, to);
  const auto gone = [&](flow::NodeNumber number) {
    const flow::Node* node = from.find(number);
    return fail(Code::failed_precondition,
                "node " + (node == nullptr ? std::to_string(number) : node->id) +
                    " is not in the new version",
                state.chat.to_string());
  };
  const bool stands_somewhere = state.phase == Phase::waiting || state.phase == Phase::paused;
  if (stands_somewhere) {
    const auto place = places.find(state.node);
    if (!place) return gone(state.node);
    state.node = *place;
  } else if (state.phase == Phase::calling || state.phase == Phase::ended || state.agent) {
    return fail(Code::failed_precondition, "the chat is not at rest", state.chat.to_string());
  }
  for (Frame& frame : state.frames) {
    const auto place = places.find(frame.node);
    if (!place) return gone(frame.node);
    frame.node = *place;
  }
  move_answers(state.history, places);
  move_answers(state.again, places);
  std::map<flow::NodeNumber, json::value> kept;
  for (auto& [number, value] : state.kept) {
    if (const auto place = places.find(number)) kept.emplace(*place, std::move(value));
  }
  state.kept = std::move(kept);
  std::map<flow::NodeNumber, std::string> ahead;
  for (auto& [number, text] : state.ahead) {
    if (const auto place = places.find(number)) ahead.emplace(*place, std::move(text));
  }
  state.ahead = std::move(ahead);
  state.meant.clear();  // of the intents that were
  state.locale = to.choose_locale(from.locales[state.locale]);
  return state;
}

State begin_again(const flow::Program& to, const State& state) {
  State fresh = open_chat(to, {.chat = state.chat,
                               .consumer = state.consumer,
                               .environment = state.environment,
                               .locale = state.region,
                               .user_data = state.user_data,
                               .at = state.created_at,
                               .channel = state.channel,
                               .address = state.address});
  fresh.turn = state.turn;
  fresh.sequence = state.sequence;
  fresh.events = state.events;
  fresh.global_props = state.global_props;
  return fresh;
}

}  // namespace millrace::dialog
