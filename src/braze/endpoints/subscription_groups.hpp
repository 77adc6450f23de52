// The state of subscription groups on profiles.
#pragma once

#include "braze/front/endpoint.hpp"

namespace millrace::braze {

// "subscribed", "unsubscribed", or "" when the profile never had one.
std::string group_state(const Profile& profile, std::string_view group_id);
// By external_id, a group's state goes for the others with the same e-mail address too
// (users-track.md 6.1): those are brought to what `held` has.
base::Result<void> share_groups(World& world, Held& held, base::Timestamp now);
void set_group(World& world, Held& held, std::string_view group_id, std::string_view state,
               base::Timestamp now);

}  // namespace millrace::braze
