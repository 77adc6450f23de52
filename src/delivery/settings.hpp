// What solution.yaml says of a receiver.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::delivery {

// Settings by name; one may have several values. As written they may hold ${env:NAME} and
// ${secret:NAME}; a codec is given them filled in.
using Settings = std::map<std::string, std::vector<std::string>, std::less<>>;
// The first value; "" when there is none.
std::string_view setting(const Settings& settings, std::string_view name);

}  // namespace millrace::delivery
