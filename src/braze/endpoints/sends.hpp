// Campaigns, Canvases and messages sent to people (reference: other-endpoints.md 7). Nothing leaves
// the sandbox: that a message was sent stands in the history of whom it went to.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "braze/front/endpoint.hpp"
#include "braze/rules/track_rules.hpp"

namespace millrace::braze {

struct Recipient {
  Identifier who;
  Creates creates = Creates::no;
  std::optional<AttributesItem> attributes;
};

struct Send {
  std::string kind;  // "campaign", "canvas", "message"
  std::string id;    // of the campaign or Canvas; "" for messages
  std::string name;
  std::string dispatch_id;
  std::vector<Recipient> recipients;
  bool is_broadcast = false;
};

// Whom a request is for, checked; the error is the message of a 400. Triggers name them under
// `recipients`, messages/send under `external_user_ids` and `user_aliases`.
enum class People { of_triggers, of_messages };
std::expected<Send, std::string> read_send(const json::object& body, People people);

// 32 hexadecimal digits.
std::string new_dispatch_id(base::Random& random);
Effect deliver(Send send, const SandboxOptions& options);

// What is wrong with the properties of a trigger; "" when nothing is.
std::string wrong_with_properties(const json::object& body);

}  // namespace millrace::braze
