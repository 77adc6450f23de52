// What inspection found out, kept with an installed version so that it need not be inspected again.
// For versions.cpp and deployments.cpp alone.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "flow/flow.hpp"

namespace millrace::solutions {

inline constexpr std::string_view kFactsFile = "facts.json";

std::string write_facts(const flow::AppFacts& facts);
// Without `kinds`.
base::Result<flow::AppFacts> read_facts(std::string_view text);

}  // namespace millrace::solutions
