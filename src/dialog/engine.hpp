// One turn being taken. Runs nodes until the chat waits, calls, pauses or ends. For the files of
// this room only: engine.cpp has the inputs, steps.cpp the nodes, answers.cpp what an answer means,
// agents.cpp the hand-over to a person and back, asides.cpp what is said beside the point,
// shows.cpp what the consumer sees, silence.cpp the timers, calls.cpp the calls that take long and
// what is owed to others.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/natives.hpp"

namespace millrace::dialog {

class Engine {
 public:
  Engine(const flow::Program& program, State state, base::Timestamp at);
  base::Result<Turn> run(const Input& input) &&;

 private:
  State& state() { return turn_.state; }
  size_t locale() const { return turn_.state.locale; }
  const std::string& tag() const { return turn_.state.region; }
  const flow::DialogNode& question() const;  // the node where the chat waits

  // ---- inputs
  base::Result<void> take(const Started&);
  base::Result<void> take(const Said& said);
  base::Result<void> take(const CallEnded& ended);
  base::Result<void> take(const TimerDue& due);
  base::Result<void> take(const PageEvent& event);
  base::Result<void> take(const Adopted& adopted);
  base::Result<void> take(const EndRequested& request);
  base::Result<void> take(const AgentOffered& offered);
  base::Result<void> take(const AgentJoined& joined);
  base::Result<void> take(const AgentSaid& said);
  base::Result<void> take(const AgentLeft& left);
  base::Result<void> take(const NoAgent& nobody);
  void take_result(flow::NodeNumber number, const flow::ActionNode& action,
                   const json::object& result);
  void take_delivery(flow::NodeNumber number, const flow::ActionNode& action, json::object outcome);
  void leave_pending();
  void take_up_held_messages();
  void give_up_outgrown();
  void begin();

  // ---- nodes
  using Next = std::optional<flow::NodeNumber>;
  void enter(flow::NodeNumber number);
  Next step(const flow::DialogNode& node);
  Next step(const flow::ActionNode& node);
  Next step(const flow::BranchNode& node);
  Next step(const flow::SetNode& node);
  Next step(const flow::CallNode& node);
  Next step(const flow::ReturnNode& node);
  Next step(const flow::PauseNode& node);
  Next step_native(const flow::ActionNode& node);
  Next step_owing(const flow::ActionNode& node);
  Next go_back_to_caller();
  flow::NodeNumber go(flow::RoadKind kind, size_t index, flow::NodeNumber target);
  Next go_next(const std::optional<flow::NodeNumber>& next);
  void track(const flow::Node& node, std::string_view road);
  void owe_event(const Track& event);
  base::Result<flow::Value> evaluate(const flow::Expression& expression) const;
  void assign(const std::string& name, std::string value);
  bool fits(size_t bytes);
  // A failure takes the first road drawn for it, else the error handler, else it ends the chat with
  // an apology.
  void fail_action(const flow::ActionNode& action, std::initializer_list<std::string_view> roads,
                   std::string_view code, const std::string& message);
  void fail_flow(std::string message);
  void handle_error();
  void apologise();
  void end(std::string reason);

  // ---- answers
  // Whether a question is asked again when it has not been answered. What was said before the
  // question was seen does not call for that.
  enum class Repeat { no, yes };
  struct Choice {
    size_t index = 0;  // as flow::roads_of counts options
    std::string value;
    Next target;
  };
  void answer(const std::string& text, Repeat repeat);
  bool answer_ambiguous(const std::string& text);
  bool answer_by_choice(const flow::DialogNode& node, const std::string& text);
  bool answer_typed(const flow::DialogNode& node, const std::string& text, Repeat repeat);
  std::vector<Choice> choices(const flow::DialogNode& node);
  std::vector<std::string> names_of(const flow::DialogNode& node, const Choice& choice);
  const Choice* choose(const flow::DialogNode& node, const std::vector<Choice>& all,
                       const std::string& text);
  std::optional<std::string> choose_several(const flow::DialogNode& node,
                                            const std::vector<Choice>& all,
                                            const std::string& text);
  ask::Rules rules_of(const flow::DialogNode& node, const std::vector<Choice>& all);
  void accept(const flow::DialogNode& node, const std::string& text, const std::string& value,
              flow::RoadKind kind, size_t index, flow::NodeNumber target);
  void not_understood(const flow::DialogNode& node, ask::Verdict verdict, Repeat repeat);
  void ask_which(std::vector<ask::Candidate> readings);
  bool interrupt(const std::string& text);
  void interrupt_for(flow::NodeNumber target);
  std::optional<std::string> intent_of(const std::string& text) const;
  void give_again();

  // ---- asides
  bool answer_aside(const std::string& text);
  void go_back();
  void change(const ask::Aside& aside);
  std::optional<size_t> find_answered(const std::string& subject);
  void undo_from(size_t index);
  void cancel();
  void restart();
  void explain();
  void find_person();

  // ---- what the consumer sees
  void show(const flow::DialogNode& node);
  void show_with(const flow::DialogNode& node, std::string text);
  Asset asset_of(const flow::DialogNode& node);
  std::vector<Option> dynamic_options(const flow::AssetSource& source);
  void say(Message message);
  void say_text(std::string_view key);
  // Texts as they are shown: dates, numbers and choices in the consumer's language.
  std::string shown(const flow::Template& text) const;
  std::string shown_value(std::string_view variable) const;
  std::string filled(const flow::Localized& text) const;
  const flow::Localized& variant_of(const flow::DialogNode& node) const;

  // ---- silence
  void set_timer(TimerKind kind, int64_t after_ms);
  void arm_silence(const flow::DialogNode& node);
  void break_silence();
  const std::vector<flow::Reminder>& reminders_of(const flow::DialogNode& node) const;

  // ---- agents
  void ask_for_agent(flow::NodeNumber node, std::string skill);
  base::Result<void> check_seat(std::string_view agent) const;
  void nobody_came(flow::RoadKind kind);
  Seat give_back(HandOver::Step step, std::string why = {});
  Seat clear_seat(HandOver::Step step, std::string why);
  void go_on_without(const Seat& seat);

  // ---- calls that take long
  void arm_call(int64_t limit_ms);
  void tell_progress();
  void give_up_call();
  int64_t call_limit_ms() const;

  const flow::Program& program_;
  const base::Timestamp at_;
  Turn turn_;
  // Names a step of this turn for idempotency keys.
  std::string key_of_step() const;

  int steps_ = 0;
  int events_owed_ = 0;    // in this turn
  size_t made_bytes_ = 0;  // of the texts said and assigned in this turn
  bool outgrown_ = false;  // they are more than a turn may make
  int steps_before_ = 0;   // taken in this turn before an answer that was held was taken up
  bool handling_error_ = false;
  bool changing_ = false;  // the next accepted answer replaces an earlier one
};

}  // namespace millrace::dialog
