// Facts and trails as they are kept: JSON with texts in place of words, so that the bytes depend on
// what is known and on nothing else.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "people/facts.hpp"

namespace millrace::people {

json::array write_stamp(Stamp stamp);
std::optional<Stamp> read_stamp(const json::value* kept);

json::object write_facts(const Facts& facts, const Words& words);
// Put together with what is there. Error: data_loss, with the member that is not understood.
base::Result<void> read_facts(const json::object& kept, Facts& into, Words& words);

json::object write_trail(const Trail& trail, const Words& words);
base::Result<void> read_trail(const json::object& kept, Trail& into, Words& words);

}  // namespace millrace::people
