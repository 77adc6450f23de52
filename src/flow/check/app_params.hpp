// What the text of app.py gives away, for the files of this room only.
#pragma once

#include <string>
#include <string_view>

#include "flow/parts.hpp"

namespace millrace::flow {

// Keys that stand in PARAMS, and environments that are one and the same.
void check_params(const std::string& text, Problems& problems);

// "{ API KEY }": a place that somebody was to fill in.
bool is_unreplaced(std::string_view value);

}  // namespace millrace::flow
