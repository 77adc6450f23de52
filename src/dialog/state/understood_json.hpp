// What a model read, as JSON: in the record of a turn, and with a message that is held.
#pragma once

#include "base/json.hpp"
#include "dialog/state/members.hpp"
#include "dialog/understood.hpp"

namespace millrace::dialog {

json::object to_json(const Understood& understood);
// What is wrong with it is noted in `members`, of which it is the member of that name. nullopt when
// it is not there.
std::optional<Understood> understood_in(Members& members, std::string_view name);

// Bytes of texts that it holds.
size_t weight(const Understood& understood);

}  // namespace millrace::dialog
