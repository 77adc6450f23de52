// What an action is handed: texts and payloads with the conversation's variables filled in, and the
// context. Pure; for the files of this room only.
#pragma once

#include <string>

#include "dialog/dialog.hpp"

namespace millrace::dialog {

// The text with every variable's value, for people to read: an unset one reads "None", a secret one
// is masked.
std::string fill(const flow::Template& text, const State& state);

// A variable as a payload has it, secrets included; "None" when it is not set.
std::string value_of(const State& state, std::string_view name);
// The member of a payload that a slot's path names; the path was made from the payload itself.
json::value& at_path(json::object& payload, const json::array& path);

// Parameter Input and Node Input as values. What only the environment knows is left empty and
// described in `env_values`.
json::object make_payload(const flow::ActionNode& node, const State& state,
                          json::array& env_values);

}  // namespace millrace::dialog
