// What BrazeTrack, BrazeCall and an analytics event owe, as the codec reads it: identifiers,
// attributes, events and purchases (reference: braze/users-track.md 5 to 7). Pure.
#pragma once

#include <vector>

#include "delivery/kind.hpp"

namespace millrace::delivery::braze {

// How the consumer is known at Braze, as it is kept with the chat:
//   {"user": {what identified them last; {} while only the alias does},
//    "alias": sent under the alias, and not joined with that user yet}
Owing owe_call(const Occasion& occasion, const json::object& parameters, json::value& known_as);
// What joins the profile of the alias with theirs goes before or behind it.
Owing owe_track(const Occasion& occasion, const json::object& parameters, json::value& known_as);
std::optional<Owed> owe_event(const Occasion& occasion, const Event& event,
                              const Settings& settings, json::value& known_as);

// By what Braze may know the consumer: their id, which scripts give as external id, their alias,
// and what identified them last. Each an object of one identifier.
std::vector<json::object> names_of(const json::value& known_as, base::Id consumer);

}  // namespace millrace::delivery::braze
