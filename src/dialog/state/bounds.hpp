// How many bytes of other people's making a state holds, and what of it can be let go when that
// is too much. Pure; for the engine, and for whoever keeps states in memory.
#pragma once

#include "dialog/dialog.hpp"

namespace millrace::dialog {

// Bytes of a JSON value's texts and names, and a little for each member.
size_t weight_of(const json::value& value);
size_t weight_of(const json::object& object);
size_t weight_of(const Message& message);

// Lets go of what is a convenience, the oldest first, until each part is within its own bound:
// answers that could be gone back to, and page events.
void shed(State& state);

}  // namespace millrace::dialog
