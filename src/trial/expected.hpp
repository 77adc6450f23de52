// What a test expects, held against what came. For the files of this room only.
#pragma once

#include <string>

#include "trial/trial.hpp"

namespace millrace::trial {

// A message as transcripts show it: its text, and its choices in brackets.
std::string shown(const dialog::Message& message);

// Whether `part` is in `whole`: every member of an object, every item of a list in its order,
// everything else exactly.
bool contains(const json::value& whole, const json::value& part);

bool is_right(const Expected& wanted, const dialog::Message& message);
std::string describe(const Expected& wanted);
// From where on a text is not the one that was expected, when the two begin alike; else "".
std::string difference(const Expected& wanted, const dialog::Message& message);

}  // namespace millrace::trial
