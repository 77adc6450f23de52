// What becomes of a turn's effects. Each function here visits every kind of effect by name, so that
// a further kind does not compile until somebody has said who receives it. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dialog/dialog.hpp"
#include "runtime/ports.hpp"

namespace millrace::runtime {

// Names of channels whose messages are sent to an address; what is said on the others is fetched
// (the REST channel's answer) or heard by who listens (the page).
using PushedChannels = std::set<std::string, std::less<>>;

// What the turn owes, in order; `program` may be nullptr for a chat whose version is gone. What is
// said in a chat on a channel that is pushed to, by the bot or an agent and whatever made them
// speak, is owed as "channel.NAME": {"channel", "address", "sequence", "message", "agent"?}.
std::vector<Delivery> deliveries_of(const dialog::Turn& turn, const flow::Program* program,
                                    const PushedChannels& pushed = {});

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
