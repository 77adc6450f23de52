#include "trial/talk.hpp"

#include <algorithm>

namespace millrace::trial {
namespace {

using base::Code;
using base::fail;

constexpr int kActionsMax = 100;  // in one turn
const std::string kAgent = "agent";

// The road that an author drew first.
Stub usual_answer(const flow::Program& program, flow::NodeNumber number) {
  Stub stub;
  const flow::Node* node = program.find(number);
  const auto* action = node == nullptr ? nullptr : std::get_if<flow::ActionNode>(&node->does);
  if (action == nullptr) return stub;
  for (const std::string& output : action->outputs) stub.result[output] = "";
  if (!action->decision.empty()) {
    stub.result[action->decision] = action->roads.empty() ? "true" : action->roads.front().value;
  }
  return stub;
}

// Plays one move from a state.
class Mover {
 public:
  Mover(const flow::Program& program, const TalkOptions& options, const dialog::State& state,
        base::Timestamp at, std::map<std::string, size_t> answered, size_t said)
      : program_(program),
        options_(options),
        answered_(std::move(answered)),
        said_(said),
        before_(state.variables) {
    turn_.state = state;
    turn_.at = at;
  }

  base::Result<TalkTurn> run(const Move& move) {
    turn_.move = move;
    auto done = std::visit([this](const auto& what) { return take(what); }, move);
    if (!done) return std::unexpected(done.error());
    for (const auto& [name, value] : turn_.state.variables) {
      const auto was = before_.find(name);
      if (was == before_.end() || was->second != value) turn_.variables[name] = value;
    }
    for (const auto& [name, value] : before_) {
      if (!turn_.state.variables.contains(name)) turn_.variables[name] = std::nullopt;
    }
    if (const flow::Node* node = program_.find(turn_.state.node)) turn_.node = node->id;
    return std::move(turn_);
  }

 private:
  using Done = base::Result<void>;

  Done take(const Start&) {
    if (!options_.from.empty()) return advance(dialog::AgentLeft{kAgent, options_.from});
    auto done = advance(dialog::Started{});
    if (done && turn_.state.phase == dialog::Phase::greeting) {
      done = take(Wait{program_.opening_wait_ms});
    }
    return done;
  }
  Done take(const Say& say) {
    turn_.at.ms += 1'000;
    const auto read =
        dialog::understand(program_, turn_.state, say.text, turn_.at, options_.reader.get());
    return advance(dialog::Said{"m" + std::to_string(said_ + 1), say.text, true, {}, {}, read});
  }
  Done take(const Wait& wait) {
    const base::Timestamp until{turn_.at.ms + wait.ms};
    Done done;
    for (int i = 0; done && turn_.state.timer && turn_.state.timer->due <= until; ++i) {
      if (i == kActionsMax) return fail(Code::resource_exhausted, "too many timers in one turn");
      turn_.at = std::max(turn_.at, turn_.state.timer->due);
      done = advance(dialog::TimerDue{*turn_.state.timer});
    }
    turn_.at = until;
    return done;
  }
  Done take(const PageEvent& event) { return advance(dialog::PageEvent{event.name, event.detail}); }
  Done take(const AgentDoes& agent) {
    turn_.at.ms += 1'000;
    switch (agent.what) {
      case AgentDoes::What::joins: return advance(dialog::AgentJoined{kAgent, "Agent"});
      case AgentDoes::What::leaves: return advance(dialog::AgentLeft{kAgent, ""});
      case AgentDoes::What::unavailable: return advance(dialog::NoAgent{});
      case AgentDoes::What::says: break;
    }
    return advance(dialog::AgentSaid{"~agent:" + std::to_string(said_ + 1), kAgent, agent.text});
  }
  Done take(const Answer& answer) {
    if (!turn_.state.call) return fail(Code::failed_precondition, "no action is awaited");
    const std::string key = turn_.state.call->key;
    return advance(
        dialog::CallEnded{key, answer.stub.end, answer.stub.result, answer.stub.message});
  }

  template <typename What>
  Done advance(What what) {
    auto next = dialog::advance(program_, turn_.state, {turn_.at, std::move(what)});
    if (!next) return std::unexpected(next.error());
    for (const dialog::Taken& taken : next->taken) add_road(taken);
    for (const dialog::Remark& remark : next->remarks) {
      turn_.remarks.push_back(program_.find(remark.node)->id + ": " + remark.message);
    }
    turn_.state = std::move(next->state);
    Done done;
    for (dialog::Effect& effect : next->effects) {
      if (auto* say = std::get_if<dialog::Say>(&effect)) {
        if (say->agent.empty()) turn_.said.push_back(std::move(say->message));
      } else if (auto* track = std::get_if<dialog::Track>(&effect)) {
        turn_.tracked.push_back(std::move(*track));
      } else if (auto* call = std::get_if<dialog::Call>(&effect)) {
        turn_.calls.push_back({call->key, call->command, std::move(call->payload),
                               std::move(call->context), false, std::nullopt});
        done = answer_itself();
      } else if (auto* owe = std::get_if<dialog::Owe>(&effect)) {
        if (owe->command.empty()) continue;
        turn_.calls.push_back(
            {owe->key, owe->command, std::move(owe->body), {}, true, std::nullopt});
      } else if (std::holds_alternative<dialog::AwaitDelivery>(effect)) {
        done = answer_itself();
      }
      if (!done) return done;
    }
    return done;
  }

  void add_road(const dialog::Taken& taken) {
    const flow::Node* from = program_.find(taken.from);
    if (from == nullptr) return;
    for (const flow::Outgoing& road : flow::roads_of(*from)) {
      if (road.kind != taken.kind || road.index != taken.index) continue;
      const flow::Node* to = program_.find(road.target);
      turn_.roads.push_back({from->id, to == nullptr ? "" : to->id, road.label, road.kind});
      return;
    }
  }

  Done answer_itself() {
    if (!options_.answers_itself || !turn_.state.call) return {};
    if (++actions_ > kActionsMax) {
      return fail(Code::resource_exhausted, "more than 100 actions were called in one turn");
    }
    TalkCall& call = turn_.calls.back();
    const auto given = options_.actions.find(call.command);
    if (given == options_.actions.end() || given->second.empty()) {
      call.answer = usual_answer(program_, turn_.state.call->node);
    } else {
      size_t& next = answered_[call.command];
      call.answer = given->second[std::min(next, given->second.size() - 1)];
      ++next;
    }
    return take(Answer{*call.answer});
  }

  const flow::Program& program_;
  const TalkOptions& options_;
  std::map<std::string, size_t> answered_;
  const size_t said_;
  const std::map<std::string, std::string, std::less<>> before_;
  TalkTurn turn_;
  int actions_ = 0;
};

bool is_same(const TalkTurn& a, const TalkTurn& b) {
  return a.said == b.said && a.node == b.node && a.state.phase == b.state.phase &&
         a.variables == b.variables;
}

}  // namespace

std::string_view road_word(flow::RoadKind kind) {
  switch (kind) {
    case flow::RoadKind::next: return "next";
    case flow::RoadKind::option: return "option";
    case flow::RoadKind::result: return "result";
    case flow::RoadKind::branch: return "branch";
    case flow::RoadKind::otherwise: return "otherwise";
    case flow::RoadKind::fail: return "fail";
    case flow::RoadKind::silence: return "silence";
    case flow::RoadKind::call: return "call";
    case flow::RoadKind::unavailable: return "unavailable";
    case flow::RoadKind::timeout: return "timeout";
  }
  return "next";
}

base::Result<Talk> Talk::begin(ProgramPtr program, TalkOptions options) {
  Talk talk(std::move(program), std::move(options));
  if (auto opened = talk.open(); !opened) return std::unexpected(opened.error());
  return talk;
}

base::Result<void> Talk::open() {
  turns_.clear();
  first_ =
      dialog::open_chat(*program_, {.chat = base::Id::derived("trial", options_.seed),
                                    .consumer = base::Id::derived("trial-consumer", options_.seed),
                                    .locale = options_.locale,
                                    .user_data = options_.user_data,
                                    .at = options_.at,
                                    .channel = options_.channel});
  for (const auto& [name, value] : options_.variables) first_.variables[name] = value;
  if (options_.from.empty()) return {};
  if (!program_->by_id.contains(options_.from)) {
    return fail(Code::not_found, "there is no such node", "from");
  }
  // As if an agent had the chat and gave it back there.
  first_.phase = dialog::Phase::with_agent;
  first_.agent.emplace();
  first_.agent->id = kAgent;
  return {};
}

base::Result<void> Talk::take(const Move& move) {
  if (turns_.size() >= kTalkTurnsMax) {
    return fail(Code::resource_exhausted, "the conversation has 200 turns; begin another");
  }
  const bool is_awaited = awaited() != nullptr;
  if (std::holds_alternative<Answer>(move) && !is_awaited) {
    return fail(Code::failed_precondition, "no action is awaited");
  }
  std::map<std::string, size_t> answered;
  size_t said = 0;
  for (const TalkTurn& turn : turns_) {
    if (!std::holds_alternative<Wait>(turn.move)) ++said;
    for (const TalkCall& call : turn.calls) {
      if (call.answer) ++answered[call.command];
    }
  }
  const dialog::State& state = turns_.empty() ? first_ : turns_.back().state;
  const base::Timestamp at = turns_.empty() ? options_.at : turns_.back().at;
  const bool is_first = turns_.empty();
  if (is_first && !options_.from.empty() && !std::holds_alternative<Start>(move)) {
    return fail(Code::failed_precondition, "what begins at a node begins with its start");
  }
  auto turn = Mover(*program_, options_, state, at, std::move(answered), said).run(move);
  if (!turn) return std::unexpected(turn.error());
  turn->number = static_cast<int>(turns_.size()) + 1;
  if (std::holds_alternative<Answer>(move)) {
    // Whatever awaited it now has it.
    for (auto each = turns_.rbegin(); each != turns_.rend(); ++each) {
      if (each->calls.empty() || each->calls.back().answer) continue;
      each->calls.back().answer = std::get<Answer>(move).stub;
      break;
    }
  }
  turns_.push_back(std::move(*turn));
  return {};
}

Wait Talk::until_timer() const {
  if (turns_.empty() || !turns_.back().state.timer) return {};
  return {std::max<int64_t>(0, turns_.back().state.timer->due.ms - turns_.back().at.ms)};
}

const TalkCall* Talk::awaited() const {
  if (turns_.empty() || !turns_.back().state.call) return nullptr;
  for (auto turn = turns_.rbegin(); turn != turns_.rend(); ++turn) {
    if (!turn->calls.empty()) return turn->calls.back().answer ? nullptr : &turn->calls.back();
  }
  return nullptr;
}

base::Result<void> Talk::go_back(int turn) {
  if (turn < 0 || static_cast<size_t>(turn) > turns_.size()) {
    return fail(Code::not_found, "there was no such turn", "turn");
  }
  turns_.resize(static_cast<size_t>(turn));
  // An answer that came later has not come.
  if (!turns_.empty() && turns_.back().state.call && !options_.answers_itself) {
    for (auto each = turns_.rbegin(); each != turns_.rend(); ++each) {
      if (each->calls.empty()) continue;
      each->calls.back().answer.reset();
      break;
    }
  }
  return {};
}

base::Result<std::optional<TalkDifference>> Talk::reload(ProgramPtr program) {
  Talk fresh(std::move(program), options_);
  if (auto opened = fresh.open(); !opened) return std::unexpected(opened.error());
  std::optional<TalkDifference> difference;
  for (const TalkTurn& turn : turns_) {
    if (auto done = fresh.take(turn.move); !done) return std::unexpected(done.error());
    if (is_same(turn, fresh.turns_.back())) continue;
    difference = {turn.number, turn, fresh.turns_.back()};
    break;
  }
  *this = std::move(fresh);
  return difference;
}

}  // namespace millrace::trial
