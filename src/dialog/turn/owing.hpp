// What a command that owes something to an outside system is handed, and what it owes then. Pure;
// for the files of this room only.
#pragma once

#include "dialog/dialog.hpp"

namespace millrace::dialog {

// Parameter Input filled in, without what has no value.
json::object owed_parameters(const flow::ActionNode& node, const State& state);

// Hands `make` how receivers of that kind know the consumer, to read and to change; what is null
// after that is not kept.
template <typename Make>
auto with_known(State& state, std::string_view kind, Make make) {
  const auto known = state.known_as.try_emplace(std::string(kind)).first;
  auto made = make(known->second);
  if (known->second.is_null()) state.known_as.erase(known);
  return made;
}

// As an effect; `command` is "" for what only goes with it.
Owe owe_of(delivery::Owed owed, std::string receiver, std::string command);

}  // namespace millrace::dialog
