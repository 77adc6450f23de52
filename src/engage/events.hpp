// What happens in a chat as the contract's events, {"type", "payload"}, the same for a socket and
// for a session that asked for its events at an address of its own (reference: engagement-api.md 4,
// 5).
#pragma once

#include "base/json.hpp"
#include "engage/tokens.hpp"
#include "runtime/told.hpp"

namespace millrace::engage {

// Payloads of `incoming:notice`. Of a step that is told by another event: an empty one.
json::object typing_json(bool is_typing, const Identity& identity);
// The same of the consumer, who is named as in the Type of the contract.
json::object consumer_typing_json(bool is_typing, const Identity& identity);
json::object ended_json(std::string_view reason, const Identity& identity);
json::object hand_over_json(const dialog::HandOver& step, const Identity& identity);

class WebhookEvents final : public runtime::Teller {
 public:
  std::vector<json::object> events_of(const dialog::Turn& turn,
                                      const std::vector<runtime::ChatMessage>& messages,
                                      bool ends) const override;
};

}  // namespace millrace::engage
