// What becomes of a turn's effects. Each function here visits every kind of effect by name, so that
// a further kind does not compile until somebody has said who receives it. Pure.
#pragma once

#include <string>
#include <vector>

#include "dialog/dialog.hpp"
#include "runtime/ports.hpp"
#include "runtime/told.hpp"

namespace millrace::runtime {

// What the turn owes, in order: what it owes by itself, what is said on a channel that
// solution.yaml gives a receiver (flow::Program::pushed), by the bot or an agent and whatever made
// them speak, and the steps of a hand-over where a receiver is told of them (hand_overs). What is
// said on other channels is fetched (the REST channel's answer) or heard by who listens (the page).
// docs/webhooks.md has what the last two look like.
// A chat of the page that has an address asked for its events there (flow::Program::webhook_mode):
// they come last, as the teller makes them.
std::vector<Delivery> deliveries_of(const dialog::Turn& turn, const flow::Program& program,
                                    base::Timestamp at, const Teller* teller = nullptr);

// What is to be done once the turn is durable. Points into the turn.
struct ToDo {
  std::vector<const dialog::Call*> calls;
  std::vector<const dialog::AwaitDelivery*> awaited;
  std::vector<const dialog::HandOver*> handed_over;
  std::vector<const dialog::TellAgent*> to_agent;
  const dialog::Ended* ended = nullptr;
};
ToDo to_do(const dialog::Turn& turn);

// Puts into the turn's record what is read back from it: what was said, tracked and owed.
void write_effects(const dialog::Turn& turn, json::object& record);

}  // namespace millrace::runtime
