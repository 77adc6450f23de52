// What the built-in commands do (reference: studio-and-action-nodes.md 6.7, 6.8; docs/commands.md),
// as pure functions on what a chat knows. Their names and parameters stand in `flow/natives.hpp`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "flow/node.hpp"

namespace millrace::natives {

// All that a command may look at of its chat, which outlives the run.
struct Known {
  using Variables = std::map<std::string, std::string, std::less<>>;

  base::Id chat;
  base::Id consumer;
  std::string_view environment;   // "sandbox" or "live"
  std::string_view locale;        // the consumer's, for how dates and telephone numbers are written
  std::string_view last_message;  // of the consumer
  const Variables& variables;
  const Variables& secrets;  // variables asked for securely
  const json::object& user_data;
  const json::array& events;  // what pages told: [{"name", "detail"}], the oldest first
  const json::object& error;  // context['error'] while it is being handled
  base::LocalMoment now;      // where the consumer is
};

struct Result {
  std::string value;  // of the decision variable
  std::vector<std::pair<std::string, std::string>> assign;
  std::vector<std::string> reset;
  json::object outputs;  // besides the decision: for Node Input and dynamic assets
};

// Runs the command of a node whose `native` is set. `payload` is Parameter Input with its variables
// filled in.
Result run(const flow::ActionNode& node, const json::object& payload, const Known& known);

// A calendar day as a consumer writes it: 1990-12-31 anywhere; 31/12/1990 (also with '-' or '.')
// day first, except that in en and en-US a date that could be read both ways is refused.
std::optional<base::Date> parse_consumer_date(std::string_view text, std::string_view locale,
                                              base::Date today);

}  // namespace millrace::natives
