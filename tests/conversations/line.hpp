// A line of a .chat file that says what comes in, as an input of the engine.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "dialog/dialog.hpp"
#include "dialog/state/names.hpp"

namespace millrace::testing_support {

using What = decltype(dialog::Input::what);

// What happens on the side of the agents; `said` counts the messages that have ids.
inline std::optional<What> agent_input_of(std::string_view line, int& said) {
  const auto words = base::split(line, ' ');
  if (words[0] == "offered") return dialog::AgentOffered{"sales"};
  if (words[0] == "nobody") return dialog::NoAgent{};
  if (words.size() < 2 || !words[1].starts_with("agent-")) return std::nullopt;
  const std::string agent(words[1]);
  std::string rest(line.substr(std::min(line.size(), words[0].size() + agent.size() + 2)));
  if (words[0] == "joined") return dialog::AgentJoined{agent, std::move(rest)};
  if (words[0] == "left") return dialog::AgentLeft{agent, std::move(rest)};
  if (words[0] != "said") return std::nullopt;
  return dialog::AgentSaid{"~agent:" + std::to_string(++said), agent, std::move(rest)};
}

// nullopt for a line that is none of these: "> text", "! start", "! due", "! end", "! event NAME",
// those of agents, and "! END {result}" of the call under way.
inline std::optional<What> input_of(std::string_view line, const dialog::State& state, int& said) {
  if (line.starts_with("> ")) {
    return dialog::Said{"m" + std::to_string(++said), std::string(line.substr(2)), true};
  }
  if (!line.starts_with("! ")) return std::nullopt;
  const auto words = base::split(line.substr(2), ' ');
  if (words[0] == "start") return dialog::Started{};
  if (words[0] == "due") return dialog::TimerDue{state.timer.value_or(dialog::Timer{})};
  if (words[0] == "end") return dialog::EndRequested{std::string(dialog::kEndByConsumer)};
  if (words[0] == "event") return dialog::PageEvent{std::string(words[1]), {}};
  if (auto agent = agent_input_of(line.substr(2), said)) return agent;
  const auto end = dialog::kCallEnds.find(words[0]);
  if (!end) return std::nullopt;
  dialog::CallEnded ended{.key = state.call ? state.call->key : "none", .end = *end};
  if (const auto brace = line.find('{'); brace != std::string_view::npos) {
    ended.result = *json::parse_object(line.substr(brace));
  }
  return ended;
}

}  // namespace millrace::testing_support
