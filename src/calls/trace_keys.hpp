// How a store of traces is laid out: a trace stands under `t/<chat>/<time>/<number>`, and beside
// it, in order of age, an entry `o/<time>/<number>` or, when its effect is unknown,
// `u/<time>/<number>` whose value is "<size> <key of the trace>". The entries are what retention
// goes by.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/key_value.hpp"
#include "calls/calls.hpp"

namespace millrace::calls {

enum class Shelf { ordinary, unknown };

std::string trace_key(const CallTrace& trace, uint64_t number);
std::string shelf_key(Shelf shelf, base::Timestamp at, uint64_t number);
std::string_view shelf_prefix(Shelf shelf);
int64_t time_of_shelf_key(std::string_view key);

// What takes the traces of these chats out of a store, and the entries that lead to them.
base::Result<base::KeyValueBatch> removals_of_chats(base::KeyValueStore& store,
                                                    const std::set<std::string>& chats);

}  // namespace millrace::calls
