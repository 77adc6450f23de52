// Between the bot and a person: the chat waits for an agent, an agent has it, the bot has it back.
// While one waits or talks the bot is silent: what it would go on with by itself is noted
// (Walk::enter) and taken up when the chat comes back. For the files of this room only.
#pragma once

#include <string>
#include <string_view>

#include "dialog/turn/calls.hpp"
#include "dialog/turn/draft.hpp"
#include "dialog/turn/voice.hpp"
#include "dialog/turn/walk.hpp"

namespace millrace::dialog {

class Desk {
 public:
  // All outlive it.
  Desk(Draft& draft, Voice& voice, Walk& walk, Calls& calls)
      : draft_(draft), voice_(voice), walk_(walk), calls_(calls) {}

  // `node`: that hands over; 0 when somebody outside does.
  void ask_for_agent(flow::NodeNumber node, std::string skill);

  // Refused as dialog::advance says, and with invalid_argument where a name is too long.
  base::Result<void> take(const AgentOffered& offered);
  base::Result<void> take(const AgentJoined& joined);
  base::Result<void> take(const AgentSaid& said);
  base::Result<void> take(const AgentLeft& left);
  base::Result<void> take(const NoAgent& nobody);
  // The road of that kind, else the other one, else the consumer is told and the bot goes on.
  void nobody_came(flow::RoadKind kind);

 private:
  base::Result<void> check_seat(std::string_view agent) const;
  Seat give_back(HandOver::Step step, std::string why = {});
  void go_on_without(const Seat& seat);
  State& state() { return draft_.state(); }

  Draft& draft_;
  Voice& voice_;
  Walk& walk_;
  Calls& calls_;
};

}  // namespace millrace::dialog
