// The members of a state's JSON that are more than a number or a text, each as it stands there. For
// state_json.cpp and state_change.cpp alone: a whole state and a change of one are made of the
// same.
#pragma once

#include <array>

#include "dialog/dialog.hpp"

namespace millrace::dialog::parts {

inline constexpr std::array<std::string_view, 6> kTimers{"opening",  "silence", "pause",
                                                         "progress", "limit",   "queue"};
inline constexpr std::array<std::string_view, 2> kFrames{"call", "interruption"};

json::object answer(const Answered& answered);
json::array answers(const std::vector<Answered>& answers);
json::object texts(const std::map<std::string, std::string, std::less<>>& texts);
json::array kept(const State& state);
json::object call(const PendingCall& call);
json::object agent(const Seat& seat);
json::object braze(const BrazeUser& user);
json::array frames(const State& state);
json::array which(const State& state);
json::object timer(const Timer& timer);
inline bool has_braze(const State& state) {
  return state.braze.alias_used || !state.braze.identifier.empty();
}

}  // namespace millrace::dialog::parts
