#include "natives/commands.hpp"

#include <algorithm>

namespace millrace::natives {

std::string Call::text(std::string_view key) const {
  const auto* found = payload.if_contains(key);
  return found == nullptr ? std::string() : json::to_text(*found);
}

std::string Call::variable(std::string_view name) const {
  const auto found = known.variables.find(name);
  if (found != known.variables.end()) return found->second;
  const auto secret = known.secrets.find(name);
  return secret == known.secrets.end() ? std::string() : secret->second;
}

std::string Call::text_or_variable(std::string_view key) const {
  const std::string given = text(key);
  const bool is_filled_in = std::ranges::any_of(node.slots, [&](const flow::PayloadSlot& slot) {
    return slot.path.size() == 1 && slot.path[0].is_string() && slot.path[0].get_string() == key;
  });
  return !is_filled_in && flow::is_variable_name(given) ? variable(given) : given;
}

Result run(const flow::ActionNode& node, const json::object& payload, const Known& known) {
  const Call call{node, payload, known};
  for (const auto kind :
       {variable_command, routing_command, text_command, date_command, event_command}) {
    if (const Command command = kind(*node.native)) return command(call);
  }
  return {"error", {}, {}, {}};
}

}  // namespace millrace::natives
