// Where a webhook may be.
#pragma once

#include <string>
#include <string_view>

namespace millrace::delivery::webhook {

// Why deliveries cannot go there, for people; "" when they can: https anywhere, http to the own
// machine and network only. What ${...} stands for cannot be judged before it is filled in.
std::string wrong_with_address(std::string_view url);

// Whether `url` is `base` or lies below it: the same scheme, host and port, spelled the same, and a
// path that begins with that of `base` and leads nowhere else.
bool is_below(std::string_view url, std::string_view base);

}  // namespace millrace::delivery::webhook
