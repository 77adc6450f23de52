// What becomes of a turn's effects. Each function here visits every kind of effect by name, so that
// a further kind does not compile until somebody has said who receives it. Pure.
#pragma once

#include <vector>

#include "dialog/dialog.hpp"
#include "runtime/ports.hpp"

namespace millrace::runtime {

// What the turn owes, in order; `program` may be nullptr for a chat whose version is gone.
std::vector<Delivery> deliveries_of(const dialog::Turn& turn, const flow::Program* program);

// What is to be done once the turn is durable. Points into the turn.
struct ToDo {
  std::vector<const dialog::Call*> calls;
  std::vector<const dialog::AwaitDelivery*> awaited;
  const dialog::Ended* ended = nullptr;
};
ToDo to_do(const dialog::Turn& turn);

// Puts into the turn's record what is read back from it: what was said, tracked and owed.
void write_effects(const dialog::Turn& turn, json::object& record);

}  // namespace millrace::runtime
