// The days that a `data_series` asks for: `length` of them (1 to 100), to `ending_at`.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "braze/front/endpoint.hpp"

namespace millrace::braze {

// "2026-01-02", oldest first; an error is the message of a 400.
std::expected<std::vector<std::string>, std::string> series_days(const Call& call);
// {"data": [{"time", ...}], "message": "success"}; `fill` says the rest of a day.
Served series(Call& call, const std::function<void(int64_t day, json::object&)>& fill);

}  // namespace millrace::braze
