// A conversation as a terminal shows it: what the bot says, with its choices numbered (ChatView);
// and, where the author wants to know, what the engine did (TurnTrace).
#pragma once

#include <string>
#include <vector>

#include "app/commands/writing/terminal.hpp"
#include "dialog/dialog.hpp"

namespace millrace::app {

class ChatView {
 public:
  explicit ChatView(Paint paint) : paint_(paint) {}

  // Lines, each with its end. The choices of the last message that has any answer to numbers.
  std::string shown(const dialog::Message& message, std::string_view speaker = "bot");
  // What a line means: a choice's label where it is a choice's number.
  std::string chosen(const std::string& line) const;
  void forget_choices() { choices_.clear(); }

 private:
  std::string choice(const dialog::Option& option);

  Paint paint_;
  std::vector<std::string> choices_;
};

// The turns of one chat, in their order.
class TurnTrace {
 public:
  explicit TurnTrace(Paint paint) : paint_(paint) {}

  // What a turn did: variables changed, branches taken, what could not be worked out, calls,
  // deliveries, events and timers.
  std::string traced(const dialog::Turn& turn, const dialog::State& state,
                     const flow::Program& program);

 private:
  std::string noted(const std::string& words) const;
  std::string changed_variables(const dialog::State& state);

  Paint paint_;
  std::map<std::string, std::string> variables_;  // as the turn before left them
};

}  // namespace millrace::app
