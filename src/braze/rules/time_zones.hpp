// Which names of time zones Braze takes: IANA's, and those of Rails ("Eastern Time (US & Canada)").
#pragma once

#include <string_view>

namespace millrace::braze {

bool is_time_zone(std::string_view name);

}  // namespace millrace::braze
