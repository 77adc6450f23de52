// One turn being taken: what comes in goes to the part that it is for. The draft is what is made;
// the voice says it; the walk runs nodes; questions, silence, calls and the desk are what the chat
// waits at, and asides are what is said beside the point. For the files of this room only.
#pragma once

#include "dialog/turn/asides.hpp"
#include "dialog/turn/calls.hpp"
#include "dialog/turn/desk.hpp"
#include "dialog/turn/draft.hpp"
#include "dialog/turn/questions.hpp"
#include "dialog/turn/silence.hpp"
#include "dialog/turn/voice.hpp"
#include "dialog/turn/walk.hpp"

namespace millrace::dialog {

class Engine {
 public:
  Engine(const flow::Program& program, State state, base::Timestamp at);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  base::Result<Turn> run(const Input& input) &&;

 private:
  base::Result<void> take(const Started&);
  base::Result<void> take(const Said& said);
  base::Result<void> take(const CallEnded& ended) { return calls_.take(ended); }
  base::Result<void> take(const TimerDue& due);
  base::Result<void> take(const PageEvent& event);
  base::Result<void> take(const Adopted& adopted);
  base::Result<void> take(const EndRequested& request);
  base::Result<void> take(const AgentOffered& offered) { return desk_.take(offered); }
  base::Result<void> take(const AgentJoined& joined) { return desk_.take(joined); }
  base::Result<void> take(const AgentSaid& said) { return desk_.take(said); }
  base::Result<void> take(const AgentLeft& left) { return desk_.take(left); }
  base::Result<void> take(const NoAgent& nobody) { return desk_.take(nobody); }
  base::Result<void> take(const Assigned& assigned);
  base::Result<void> keep_within_bounds(const Input& input);
  State& state() { return draft_.state(); }
  const flow::Program& program() const { return draft_.program(); }

  // Each refers to the others, so they go together and nowhere.
  Draft draft_;
  Voice voice_;
  Walk walk_;
  Calls calls_;
  Desk desk_;
  Silence silence_;
  Questions questions_;
  Asides asides_;
};

}  // namespace millrace::dialog
