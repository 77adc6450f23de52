// What a record says, in words that belong to the tests alone: the form on disk may change, what
// these give for what was once written may not.
#pragma once

#include "runtime/records/record.hpp"

namespace millrace::formats {

json::object describe(const dialog::State& state);
json::object describe(const dialog::Input& input);
json::array describe(const std::vector<runtime::ChatMessage>& messages);

}  // namespace millrace::formats
