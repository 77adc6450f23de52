// What an accepted users/track request does: attributes, then events, then purchases, as Braze
// does.
#pragma once

#include "braze/front/endpoint.hpp"
#include "braze/rules/track_rules.hpp"

namespace millrace::braze {

base::Result<void> apply_track(const TrackRequest& request, const SandboxOptions& options,
                               World& world, base::Timestamp now, Diagnostics& diagnostics);

// One attributes item; the profile it means, nullptr when there is none and none was made.
base::Result<Held*> apply_attributes(const AttributesItem& item, const SandboxOptions& options,
                                     World& world, base::Timestamp now, Diagnostics& diagnostics);

}  // namespace millrace::braze
