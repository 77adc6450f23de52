// The schemas of Braze's recommended `ecommerce.*` events (reference: recommended-events.md 2), and
// the complaints in the words recorded of Braze. Pure.
#pragma once

#include <string_view>

#include "base/json.hpp"
#include "braze/rules/item_values.hpp"

namespace millrace::braze {

// nullopt for events that have no schema, and for those that keep to theirs.
Complaint check_ecommerce(std::string_view name, const json::object& event);

}  // namespace millrace::braze
