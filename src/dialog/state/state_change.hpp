// What has changed from one state of a chat to the next, without making either into JSON: only the
// members that are not the same are.
#pragma once

#include "dialog/dialog.hpp"

namespace millrace::dialog {

// What takes to_json(before) to to_json(after), but for the order in which members come: of tables
// (variables, what is kept of nodes) only what is not the same, wherever it sorts.
json::object change_of(const State& before, const State& after);
// Whether sealed_part() of both is the same.
bool same_sealed_part(const State& before, const State& after);

}  // namespace millrace::dialog
