// From node to node: what each kind of node does, the flows called and interrupted on the way back
// from which the chat goes on, and what becomes of a failure. It goes until the chat waits for an
// answer, a call, a moment or a person, or ends; who is waited for then belongs to the other parts.
// For the files of this room only.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "dialog/turn/draft.hpp"
#include "dialog/turn/voice.hpp"

namespace millrace::dialog {

class Calls;
class Desk;
class Questions;

class Walk {
 public:
  // Who the chat waits for; all outlive it.
  struct Stops {
    Questions& questions;
    Calls& calls;
    Desk& desk;
  };
  Walk(Draft& draft, Voice& voice, Stops stops) : draft_(draft), voice_(voice), stops_(stops) {}

  // From the flow's beginning.
  void begin();
  // From that node. While an agent has the chat the node is only noted, for when it comes back.
  void enter(flow::NodeNumber number);
  // Along a road of the node where the chat stands.
  void take(flow::RoadKind kind, size_t index, flow::NodeNumber target);
  // Along the action's road for that value; false when none is drawn.
  bool take_result(flow::NodeNumber number, const flow::ActionNode& action, std::string_view value);
  // To the next node; where none is named, to where this flow was called from, else to the end.
  void go_on(const std::optional<flow::NodeNumber>& next);
  void go_back_to_caller();
  // Leaves the open question for another node; at its flow's end the question is asked again.
  void interrupt_for(flow::NodeNumber target);

  // A failure takes the first road drawn for it, else the error handler, else it ends the chat with
  // an apology.
  void fail_action(const flow::ActionNode& action, std::initializer_list<std::string_view> roads,
                   std::string_view code, const std::string& message);
  void apologise();
  void end(std::string reason);

 private:
  using Next = std::optional<flow::NodeNumber>;
  Next step(const flow::DialogNode& node);
  Next step(const flow::ActionNode& node);
  Next step(const flow::BranchNode& node);
  Next step(const flow::SetNode& node);
  Next step(const flow::CallNode& node);
  Next step(const flow::ReturnNode& node);
  Next step(const flow::PauseNode& node);
  Next step_native(const flow::ActionNode& node);
  // Notes the road of that result, where there is one, and gives what it leads to.
  Next along_result(flow::NodeNumber number, const flow::ActionNode& action,
                    std::string_view value);
  Next next_or_caller(const std::optional<flow::NodeNumber>& next);
  Next caller();
  base::Result<flow::Value> evaluate(const flow::Expression& expression);
  // Whether the solution has a node for what goes wrong, and is not there already.
  bool handles_errors() const;
  void fail_flow(std::string message);
  void handle_error();

  State& state() { return draft_.state(); }
  const flow::Program& program() const { return draft_.program(); }

  Draft& draft_;
  Voice& voice_;
  Stops stops_;
  bool handling_error_ = false;
};

}  // namespace millrace::dialog
