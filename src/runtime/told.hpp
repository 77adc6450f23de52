// What is told of a chat where nobody listens: a session of the Engagement API may ask for the
// events of its chat at an address of its own. The turn that makes an event happen owes it, so that
// it is told after a crash too. What events look like is the business of the edge they belong to.
#pragma once

#include <vector>

#include "base/json.hpp"
#include "runtime/runtime.hpp"

namespace millrace::runtime {

// Pure, and thread-safe.
class Teller {
 public:
  virtual ~Teller() = default;
  // The events of a turn in which the bot or an agent said `messages`, in order, each as it is to
  // be sent; `ends`: the chat is over for its consumer.
  virtual std::vector<json::object> events_of(const dialog::Turn& turn,
                                              const std::vector<ChatMessage>& messages,
                                              bool ends) const = 0;
};

}  // namespace millrace::runtime
