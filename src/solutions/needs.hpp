// What a solution would lack in one environment, before anything is owed there. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "solutions/solutions.hpp"

namespace millrace::solutions {

// The receivers that something is owed to: by nodes, as events, for hand-overs, or for a channel.
std::vector<std::string> owed_to(const flow::Program& program);

// `environment` is "sandbox" or "live"; `is_set` says of a variable whether the environment that
// looks has it. Warnings of variables and secrets that are not set here, and of keys that PARAMS
// has in another environment alone.
std::vector<flow::Problem> problems_in(const Loaded& loaded, std::string_view environment,
                                       const std::function<bool(const std::string&)>& is_set);

}  // namespace millrace::solutions
