// Who is in a segment. A segment of the sandbox's has a `filter`: none for everybody, or any of
// {"custom_attribute": name, "equals": value}, {"field": name, "equals": value},
// {"event": name}, {"product": name}, {"external_ids": [...]}, {"all": [filters]}. Pure.
#pragma once

#include <string>

#include "base/json.hpp"
#include "profiles/profile.hpp"

namespace millrace::profiles {

bool is_in_segment(const json::object& segment, const Profile& profile);
// What is wrong with a filter; "" when nothing is.
std::string wrong_with_filter(const json::value& filter, int depth = 0);

}  // namespace millrace::profiles
