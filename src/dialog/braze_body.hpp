// What BrazeTrack and BrazeCall owe, as the sender takes it: identifiers, attributes, events and
// purchases, with every variable filled in (reference: braze/users-track.md 5 to 7). Pure.
#pragma once

#include <vector>

#include "dialog/dialog.hpp"

namespace millrace::dialog {

// `braze` is brought up to date: who the consumer is known as after these. In order; the last one
// is what the node is about, those before and behind it join the profile of the alias with theirs.
struct OwedList {
  std::vector<Owe> items;
  size_t main = 0;  // index of the one whose outcome counts
};
OwedList owed_by(const flow::ActionNode& node, const State& state, const std::string& key,
                 base::Timestamp at, BrazeUser& braze);

}  // namespace millrace::dialog
