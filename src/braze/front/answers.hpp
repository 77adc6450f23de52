// The shapes of Braze's answers (reference: users-track.md 8). Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/web/web.hpp"
#include "braze/rules/track_rules.hpp"

namespace millrace::braze {

inline constexpr std::string_view kNothingValid =
    "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.";

// [{"type", "input_array", "index"}, ...]
json::array errors_json(const std::vector<ItemError>& errors);
// Numbers in it are written as people do.
web::Response json_answer(int status, const json::object& body);
// {"message": ...}
web::Response message_response(int status, std::string_view message);
// 400 when nothing of a track request is valid.
web::Response nothing_valid(const TrackRequest& request);
// 201 for what was accepted; a counter only for arrays of which something was.
web::Response accepted(const TrackRequest& request);

}  // namespace millrace::braze
