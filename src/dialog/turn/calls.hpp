// What the chat waits for from outside: a script, a call that a script has left pending, or the
// outcome of a delivery; how long, and what the consumer is told meanwhile. For the files of this
// room only.
#pragma once

#include "dialog/turn/draft.hpp"
#include "dialog/turn/voice.hpp"
#include "dialog/turn/walk.hpp"

namespace millrace::dialog {

class Calls {
 public:
  // All outlive it.
  Calls(Draft& draft, Voice& voice, Walk& walk) : draft_(draft), voice_(voice), walk_(walk) {}

  // The script of the node where the chat stands.
  void begin();
  // The command of that node that owes something: goes on at once, or waits for its outcome.
  void owe(const flow::ActionNode& node);

  // not_found when nobody waits for it any more.
  base::Result<void> take(const CallEnded& ended);
  // The consumer is told that it takes a while.
  void tell_progress();
  // It has taken too long.
  void give_up();
  // The chat is the bot's again, and the call still under way.
  void wait_again();

 private:
  void take_result(flow::NodeNumber number, const flow::ActionNode& action,
                   const json::object& result);
  void take_delivery(flow::NodeNumber number, const flow::ActionNode& action, json::object outcome);
  void leave_pending();
  void wait_for(std::string key, flow::NodeNumber node);
  void arm(int64_t limit_ms);
  int64_t limit_ms() const;
  State& state() { return draft_.state(); }

  Draft& draft_;
  Voice& voice_;
  Walk& walk_;
};

}  // namespace millrace::dialog
