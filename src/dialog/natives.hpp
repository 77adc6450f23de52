// What the built-in commands do (reference: studio-and-action-nodes.md 6.7, 6.8; docs/commands.md),
// as pure functions on variables.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialog/dialog.hpp"

namespace millrace::dialog {

struct NativeResult {
  std::string value;  // of the decision variable
  std::vector<std::pair<std::string, std::string>> assign;
  std::vector<std::string> reset;
  json::object outputs;  // besides the decision: for Node Input and dynamic assets
};

// `payload` is Parameter Input with its variables filled in. `locale` is the consumer's, for how
// dates and telephone numbers are written.
NativeResult run_native(const flow::ActionNode& node, const json::object& payload,
                        const State& state, std::string_view locale, base::Timestamp at);

// A calendar day as a consumer writes it: 1990-12-31 anywhere; 31/12/1990 (also with '-' or '.')
// day first, except that in en and en-US a date that could be read both ways is refused.
std::optional<base::Date> parse_consumer_date(std::string_view text, std::string_view locale);

}  // namespace millrace::dialog
