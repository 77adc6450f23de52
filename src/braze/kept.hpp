// What the sandbox keeps, by the names of the room that keeps it.
#pragma once

#include "profiles/audience.hpp"
#include "profiles/json_text.hpp"
#include "profiles/profile_store.hpp"

namespace millrace::braze {

using profiles::Alias;
using profiles::Counters;
using profiles::Creates;
using profiles::EventItem;
using profiles::Held;
using profiles::Identifier;
using profiles::kCustomAttributesMax;
using profiles::kTalliesMax;
using profiles::Profile;
using profiles::ProfileStore;
using profiles::PurchaseItem;
using profiles::PushToken;
using profiles::Tally;

using profiles::append_json;
using profiles::append_time;
using profiles::bytes_at_most;
using profiles::day_of;
using profiles::history_line;
using profiles::is_finite;
using profiles::is_in_segment;
using profiles::items_in;
using profiles::text_in;
using profiles::wrong_with_filter;

}  // namespace millrace::braze
