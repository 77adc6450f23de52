#include "dialog/turn/desk.hpp"

namespace millrace::dialog {

using base::Code;
using base::fail;
using base::Result;
using flow::RoadKind;

namespace {

Result<void> check_agent(const std::string& id, const std::string& name) {
  if (id.empty() || id.size() > kAgentIdMax || name.size() > kAgentNameMax) {
    return fail(Code::invalid_argument,
                "an agent's id has 1 to " + std::to_string(kAgentIdMax) + " bytes, the name " +
                    std::to_string(kAgentNameMax) + " at most",
                "agent");
  }
  return {};
}

}  // namespace

void Desk::ask_for_agent(flow::NodeNumber node, std::string skill) {
  state().agent = Seat{node, std::move(skill), draft_.at(), {}, {}, {}, {}};
  state().phase = Phase::queued;
  state().held.clear();  // said to the agent by now
  state().candidates.clear();
  state().meant.clear();
  state().answering.clear();
  state().timer.reset();
  draft_.set_timer(TimerKind::queue, draft_.program().agent_wait_limit_ms);
  draft_.add(HandOver{HandOver::Step::asked, state().agent->skill, {}, {}, draft_.at()});
}

Result<void> Desk::take(const AgentOffered& offered) {
  const Phase phase = state().phase;
  if (phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  if (state().agent) return fail(Code::already_exists, "an agent was asked for already");
  if (offered.skill.size() > kAgentNameMax) {
    return fail(Code::invalid_argument, "the skill is too long", "skill");
  }
  ask_for_agent(0, offered.skill);
  if (phase == Phase::opened || phase == Phase::greeting)
    state().agent->back = draft_.program().start;
  if (phase == Phase::paused) {
    state().agent->back = std::get<flow::PauseNode>(draft_.program().find(state().node)->does).next;
  }
  return {};
}

Result<void> Desk::take(const AgentJoined& joined) {
  if (auto right = check_agent(joined.agent, joined.name); !right) return right;
  if (state().phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  if (state().phase == Phase::with_agent) {
    return fail(Code::already_exists, "an agent has this chat already");
  }
  if (state().phase != Phase::queued) {
    return fail(Code::failed_precondition, "the chat does not wait for an agent");
  }
  state().phase = Phase::with_agent;
  state().timer.reset();
  Seat& seat = *state().agent;
  seat.id = joined.agent;
  seat.name = joined.name;
  seat.joined_at = draft_.at();
  draft_.add(HandOver{HandOver::Step::joined, seat.skill, seat.id, seat.name, seat.asked_at});
  return {};
}

Result<void> Desk::check_seat(std::string_view agent) const {
  if (draft_.state().phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  if (draft_.state().phase != Phase::with_agent || draft_.state().agent->id != agent) {
    return fail(Code::failed_precondition, "this agent does not have the chat");
  }
  return {};
}

Result<void> Desk::take(const AgentSaid& said) {
  if (auto right = check_seat(said.agent); !right) return right;
  Message message{.text = heard(said.text)};
  if (message.text.empty()) return fail(Code::invalid_argument, "there is nothing said", "text");
  const Seat& seat = *state().agent;
  draft_.add(Say{++state().sequence, std::move(message), 0, said.input_id, seat.id, seat.name});
  return {};
}

Result<void> Desk::take(const AgentLeft& left) {
  if (auto right = check_seat(left.agent); !right) return right;
  std::optional<flow::NodeNumber> to;
  if (!left.to.empty()) {
    const auto found = draft_.program().by_id.find(left.to);
    if (found == draft_.program().by_id.end()) {
      return fail(Code::invalid_argument, "there is no node '" + left.to + "'", "to");
    }
    to = found->second;
  }
  const Seat seat = give_back(HandOver::Step::left);
  if (to) {
    state().call.reset();
    walk_.enter(*to);
    return {};
  }
  const auto* node = draft_.program().find(seat.node);
  std::optional<flow::NodeNumber> next;
  if (node != nullptr) next = std::get<flow::DialogNode>(node->does).next;
  if (next) {
    state().node = seat.node;
    walk_.take(RoadKind::next, 0, *next);
  } else {
    go_on_without(seat);
  }
  return {};
}

Result<void> Desk::take(const NoAgent&) {
  if (state().phase == Phase::ended) return fail(Code::not_found, "the chat has ended");
  if (state().phase != Phase::queued) {
    return fail(Code::failed_precondition, "the chat does not wait for an agent");
  }
  nobody_came(RoadKind::unavailable);
  return {};
}

void Desk::nobody_came(RoadKind kind) {
  const bool timed_out = kind == RoadKind::timeout;
  const Seat seat = give_back(HandOver::Step::unanswered, timed_out ? "timeout" : "unavailable");
  const auto* node = draft_.program().find(seat.node);
  if (node != nullptr) {
    const auto& [unavailable, timeout] = std::get<flow::DialogNode>(node->does).hand_over;
    const auto& own = timed_out ? timeout : unavailable;
    const auto& other = timed_out ? unavailable : timeout;
    if (own || other) {
      const RoadKind otherwise = timed_out ? RoadKind::unavailable : RoadKind::timeout;
      const RoadKind taken = own ? kind : otherwise;
      state().node = seat.node;
      walk_.take(taken, 0, own ? *own : *other);
      return;
    }
  }
  voice_.say_text("human.none");
  go_on_without(seat);
}

// The bot has the chat again, and does not know yet what to say.
Seat Desk::give_back(HandOver::Step step, std::string why) {
  state().timer.reset();
  state().answering.clear();
  state().streak = 0;
  return *draft_.end_hand_over(step, std::move(why));
}

// What was under way goes on; the question that stands open is asked again; where none does, all
// has been said.
void Desk::go_on_without(const Seat& seat) {
  if (state().call) {
    calls_.wait_again();
    return;
  }
  if (seat.back) {
    walk_.enter(*seat.back);
    return;
  }
  const flow::Node* here = seat.node == 0 ? draft_.program().find(state().node) : nullptr;
  const auto* question = here == nullptr ? nullptr : std::get_if<flow::DialogNode>(&here->does);
  if (question != nullptr && question->waits) {
    walk_.enter(state().node);
  } else {
    walk_.go_back_to_caller();
  }
}

}  // namespace millrace::dialog
