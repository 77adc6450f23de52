// A turn while it is being made: the state as it will be, what is to happen, the roads taken, and
// how much of it a turn may make. It runs no node: the parts of the engine write into it. For the
// files of this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialog/dialog.hpp"

namespace millrace::dialog {

class Draft {
 public:
  // The program outlives it.
  Draft(const flow::Program& program, State state, base::Timestamp at);

  const flow::Program& program() const { return program_; }
  base::Timestamp at() const { return at_; }
  // The same where the consumer is: in their own zone where the page told it, else in the
  // solution's.
  base::LocalMoment now() const;
  State& state() { return turn_.state; }
  const State& state() const { return turn_.state; }
  size_t locale() const { return turn_.state.locale; }
  // The node where the chat stands.
  const flow::Node& here() const { return *program_.find(turn_.state.node); }
  // The same, where the chat waits for an answer.
  const flow::DialogNode& question() const;

  // The consumer's message gets its number; `text` is what the turn keeps of it.
  int64_t hear(std::string text);
  // Only its mask is kept.
  void hide_what_was_heard() { turn_.said = kMask; }
  const std::string& heard_text() const { return turn_.said; }

  void add(Effect effect) { turn_.effects.push_back(std::move(effect)); }
  // Notes that the conversation took a road of the node where it stands, which leads to `target`.
  flow::NodeNumber go(flow::RoadKind kind, size_t index, flow::NodeNumber target);
  // Sets the chat's one timer. While an agent has the chat there is none but for the queue.
  void set_timer(TimerKind kind, int64_t after_ms);
  // The analytics event that the node tells of on that road ("" = on coming to it): noted, and owed
  // where solution.yaml says so.
  void track(const flow::Node& node, std::string_view road);
  void assign(const std::string& name, std::string value);
  // What went wrong at the node where the chat stands, and did not stop it.
  void remark(std::string message);

  // Nobody waits for an agent, or has one, from now on; who did until now, if anybody. `why` as
  // HandOver has it.
  std::optional<Seat> end_hand_over(HandOver::Step step, std::string why);

  // Counts what the flow makes. A turn that makes more than kTurnBytesMax is outgrown: it takes
  // nothing more, and Engine::run ends the chat.
  bool fits(size_t bytes);
  bool is_outgrown() const { return outgrown_; }
  // Lets go of everything that the flow has made.
  void give_up_what_was_made();

  // Counts a node; false when it is one too many, as in a circle.
  bool may_step();
  // An answer that was held is taken up in this turn: its nodes are counted anew.
  void begin_held_answer();
  // An answer is given again after an earlier one was changed.
  void begin_answer_again() { steps_ = 0; }
  // Names a step of this turn, as an idempotency key.
  std::string key_of_step() const;

  // A timer that was set on the way and stands still comes last.
  Turn finish() &&;

 private:
  void owe(const Track& event);

  const flow::Program& program_;
  const base::Timestamp at_;
  Turn turn_;
  int steps_ = 0;
  int steps_before_ = 0;   // taken in this turn before an answer that was held was taken up
  int events_owed_ = 0;    // in this turn
  size_t made_bytes_ = 0;  // of the texts said and assigned in this turn
  bool outgrown_ = false;
  bool timer_is_new_ = false;  // set in this turn
};

}  // namespace millrace::dialog
