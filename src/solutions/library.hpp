// Scripts of the published library that are shipped with Millrace.
#pragma once

#include <string>
#include <vector>

#include "flow/flow.hpp"

namespace millrace::solutions {

// Adds the scripts that the flows name and the solution does not have itself. Returns their names.
std::vector<std::string> add_library_scripts(flow::Files& files);

}  // namespace millrace::solutions
