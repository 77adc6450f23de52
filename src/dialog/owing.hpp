// What a command that owes something to an outside system is handed, and what it owes then. Pure;
// for the files of this room only.
#pragma once

#include "dialog/dialog.hpp"

namespace millrace::dialog {

// Parameter Input filled in, without what has no value.
json::object owed_parameters(const flow::ActionNode& node, const State& state);

// As an effect; `command` is "" for what only goes with it.
Owe owe_of(delivery::Owed owed, std::string receiver, std::string command);

}  // namespace millrace::dialog
