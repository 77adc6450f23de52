// The parts that events and purchases have in common, and the amounts of purchases (reference:
// users-track.md 7). Pure; each answers with what is wrong, in Braze's words where they are known.
#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"
#include "base/time.hpp"
#include "braze/braze.hpp"
#include "braze/front/diagnostics.hpp"

namespace millrace::braze {

// The `type` of an item error; nullopt when nothing is wrong.
using Complaint = std::optional<std::string>;

// A text, or an integer as its digits (users-track.md 5.8); nullopt when empty or anything else.
std::optional<std::string> text_or_integer(const json::object& item, std::string_view key);

// `time`, no later than `now`.
Complaint read_time(const json::object& item, base::Timestamp now, base::Timestamp& at,
                    Diagnostics& diagnostics);
// Takes them out of the item where nothing of them is left out.
Complaint read_properties(json::object& item, const SandboxOptions& options,
                          std::optional<json::object>& properties, Diagnostics& diagnostics);
// A code of ISO 4217, of whatever case.
bool is_currency(std::string_view text);
Complaint read_currency(const json::object& item, std::string& currency);
Complaint read_price(const json::object& item, double& price);
Complaint read_quantity(const json::object& item, int64_t& quantity);

}  // namespace millrace::braze
