#include <algorithm>

#include "trial/expected.hpp"

namespace millrace::trial {
namespace {

constexpr int kActionsMax = 100;  // in a row, without the consumer saying anything

class Player {
 public:
  Player(const flow::Program& program, const Test& test, Coverage& coverage,
         const dialog::Reader* reader)
      : program_(program), test_(test), coverage_(coverage), reader_(reader), at_(test.at) {
    const std::string seed = test.file + ":" + test.name;
    state_ = dialog::open_chat(program, {.chat = base::Id::derived("trial", seed),
                                         .consumer = base::Id::derived("trial-consumer", seed),
                                         .locale = test.locale,
                                         .user_data = test.user_data,
                                         .at = test.at});
    for (const auto& [name, value] : test.variables) state_.variables[name] = value;
  }

  Outcome run() {
    Outcome outcome;
    outcome.test = &test_;
    for (const Step& step : test_.steps) {
      outcome.line = step.line;
      std::visit([this](const auto& does) { take(does); }, step.does);
      if (!failure_.empty()) break;
    }
    if (failure_.empty()) expect_nothing_left("at the end of the test");
    outcome.passed = failure_.empty();
    outcome.failure = failure_;
    outcome.transcript = transcript_;
    return outcome;
  }

 private:
  void fail(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
  }

  void expect_nothing_left(std::string_view when) {
    if (!test_.strict || said_.empty()) return;
    fail("the bot said more than was expected " + std::string(when) + ": \"" +
         shown(said_.front()) + "\" (add it as an expect, or set strict: false)");
  }

  void take(const Start&) {
    advance(dialog::Started{});
    if (state_.phase == dialog::Phase::greeting) take(Wait{program_.opening_wait_ms});
  }

  void take(const Say& say) {
    expect_nothing_left("before \"" + say.text + "\" was said");
    if (!failure_.empty()) return;
    at_.ms += 1'000;
    transcript_ += "> " + say.text + "\n";
    dialog::Said said{"m" + std::to_string(++messages_), say.text, true};
    said.understood = dialog::understand(program_, state_, say.text, at_, reader_);
    advance(std::move(said));
  }

  void take(const Wait& wait) {
    const base::Timestamp until{at_.ms + wait.ms};
    while (failure_.empty() && state_.timer && state_.timer->due <= until) {
      at_ = std::max(at_, state_.timer->due);
      advance(dialog::TimerDue{*state_.timer});
    }
    at_ = until;
  }

  void take(const PageEvent& event) { advance(dialog::PageEvent{event.name, event.detail}); }

  void take(const AgentDoes& agent) {
    static const std::string kAgent = "agent";
    at_.ms += 1'000;
    switch (agent.what) {
      case AgentDoes::What::joins: return advance(dialog::AgentJoined{kAgent, "Agent"});
      case AgentDoes::What::leaves: return advance(dialog::AgentLeft{kAgent, ""});
      case AgentDoes::What::unavailable: return advance(dialog::NoAgent{});
      case AgentDoes::What::says:
        return advance(
            dialog::AgentSaid{"~agent:" + std::to_string(++messages_), kAgent, agent.text});
    }
  }

  void take(const ExpectHandOver& wanted) {
    if (!state_.agent) {
      fail("the chat is not handed over to an agent");
    } else if (!wanted.skill.empty() && state_.agent->skill != wanted.skill) {
      fail("the chat waits for an agent with the skill '" + state_.agent->skill + "', expected '" +
           wanted.skill + "'");
    }
  }

  void take(const ExpectMessage& step) {
    const Expected& wanted = step.expected;
    if (said_.empty()) {
      fail("the bot said nothing more; expected " + describe(wanted));
      return;
    }
    // Where not every message is expected, those before the right one are passed over.
    const size_t looked_at = test_.strict ? 1 : said_.size();
    for (size_t i = 0; i < looked_at; ++i) {
      if (!is_right(wanted, said_[i])) continue;
      said_.erase(said_.begin(), said_.begin() + static_cast<ptrdiff_t>(i) + 1);
      return;
    }
    std::string came;
    for (size_t i = 0; i < looked_at; ++i) {
      came += "\n     but came \"" + shown(said_[i]) + "\"";
    }
    if (looked_at == 1) came += difference(wanted, said_.front());
    fail("expected " + describe(wanted) + came);
  }

  void take(const ExpectCall& wanted) {
    if (calls_.empty()) {
      fail("no action was called; expected " + wanted.command);
      return;
    }
    const dialog::Call call = std::move(calls_.front());
    calls_.erase(calls_.begin());
    if (call.command != wanted.command || !contains(call.payload, wanted.payload)) {
      fail("expected a call of " + wanted.command + " with " + json::serialize(wanted.payload) +
           "\n     but came " + call.command + " with " + json::serialize(call.payload));
    }
  }

  void take(const ExpectVariables& wanted) {
    for (const auto& [name, value] : wanted.values) {
      const auto found = state_.variables.find(name);
      const auto secret = state_.secrets.find(name);
      const std::string is = found != state_.variables.end()  ? found->second
                             : secret != state_.secrets.end() ? std::string(dialog::kMask)
                                                              : "";
      if (is != value) fail(name + " is \"" + is + "\", expected \"" + value + "\"");
    }
  }

  void take(const ExpectEvent& wanted) {
    for (const dialog::Track& track : tracked_) {
      if (track.name == wanted.name && contains(track.properties, wanted.properties)) return;
    }
    std::string came;
    for (const dialog::Track& track : tracked_) {
      came += "\n     came " + track.name + " " + json::serialize(track.properties);
    }
    fail("expected the event " + wanted.name + " " + json::serialize(wanted.properties) +
         (came.empty() ? "\n     but none came" : came));
  }

  void take(const ExpectEnd& wanted) {
    if (state_.phase != dialog::Phase::ended) {
      const flow::Node* node = program_.find(state_.node);
      fail("the chat has not ended; it " +
           (node == nullptr ? std::string("has not begun") : "stands at node " + node->id));
    } else if (!wanted.reason.empty() && state_.end_reason != wanted.reason) {
      fail("the chat ended with " + state_.end_reason + ", expected " + wanted.reason);
    }
  }

  template <typename What>
  void advance(What what) {
    auto turn = dialog::advance(program_, state_, {at_, std::move(what)});
    if (!turn) {
      fail(turn.error().message);
      return;
    }
    coverage_.add(*turn);
    state_ = std::move(turn->state);
    for (dialog::Effect& effect : turn->effects) {
      if (auto* say = std::get_if<dialog::Say>(&effect)) {
        transcript_ += "< " + shown(say->message) + "\n";
        if (!say->agent.empty()) continue;  // the test's own words
        said_.push_back(std::move(say->message));
      } else if (auto* track = std::get_if<dialog::Track>(&effect)) {
        tracked_.push_back(std::move(*track));
      } else if (auto* call = std::get_if<dialog::Call>(&effect)) {
        answer(std::move(*call));
      } else if (const auto* owe = std::get_if<dialog::Owe>(&effect)) {
        take(*owe);
      } else if (const auto* awaited = std::get_if<dialog::AwaitDelivery>(&effect)) {
        answer({.key = awaited->key, .command = calls_.back().command}, Told::yes);
      }
    }
  }

  // What is owed counts as a call of the command that owes it. What goes with that follows by
  // itself.
  void take(const dialog::Owe& owe) {
    if (owe.command.empty()) return;
    transcript_ += "= " + owe.command + "\n";
    calls_.push_back({.key = owe.key, .command = owe.command, .payload = owe.body});
  }

  enum class Told { no, yes };
  void answer(dialog::Call call, Told told = Told::no) {
    if (told == Told::no) transcript_ += "= " + call.command + "\n";
    const auto stubs = test_.actions.find(call.command);
    if (stubs == test_.actions.end() || stubs->second.empty()) {
      const auto& node = std::get<flow::ActionNode>(program_.find(state_.node)->does);
      const std::string value = node.roads.empty() ? "true" : node.roads.front().value;
      fail(call.command +
           " was called and the test does not say what it answers; add\n     actions: {" +
           call.command + ": {" + node.decision + ": '" + value + "'}}");
      return;
    }
    if (++actions_ > kActionsMax) {
      fail("more than " + std::to_string(kActionsMax) + " actions were called");
      return;
    }
    size_t& next = answered_[call.command];
    const Stub& stub = stubs->second[std::min(next, stubs->second.size() - 1)];
    ++next;
    const std::string key = call.key;
    if (told == Told::no) calls_.push_back(std::move(call));
    advance(dialog::CallEnded{key, stub.end, stub.result, stub.message});
  }

  const flow::Program& program_;
  const Test& test_;
  Coverage& coverage_;
  const dialog::Reader* reader_;
  base::Timestamp at_;
  dialog::State state_;
  std::vector<dialog::Message> said_;  // not expected yet
  std::vector<dialog::Call> calls_;    // not looked at yet
  std::vector<dialog::Track> tracked_;
  std::map<std::string, size_t> answered_;
  std::string transcript_, failure_;
  int messages_ = 0;
  int actions_ = 0;
};

}  // namespace

Coverage::Coverage(const flow::Program& program) : program_(&program) {
  for (const auto& [number, node] : program.nodes) roads_all_ += flow::roads_of(node).size();
}

void Coverage::add(const dialog::Turn& turn) {
  const auto see = [&](flow::NodeNumber number) {
    if (program_->find(number) != nullptr) nodes_.insert(number);
  };
  for (const dialog::Taken& taken : turn.taken) {
    see(taken.from);
    roads_.insert({taken.from, taken.kind, taken.index});
    for (const flow::Outgoing& road : flow::roads_of(*program_->find(taken.from))) {
      if (road.kind == taken.kind && road.index == taken.index) see(road.target);
    }
  }
  see(turn.state.node);
}

void Coverage::add(const Coverage& other) {
  nodes_.insert(other.nodes_.begin(), other.nodes_.end());
  roads_.insert(other.roads_.begin(), other.roads_.end());
}

double Coverage::percent() const {
  if (roads_all_ == 0) {
    return nodes_all() == 0
               ? 100
               : 100.0 * static_cast<double>(nodes_seen()) / static_cast<double>(nodes_all());
  }
  return 100.0 * static_cast<double>(roads_seen()) / static_cast<double>(roads_all_);
}

Outcome run(const flow::Program& program, const Test& test, Coverage& coverage,
            const dialog::Reader* reader) {
  return Player(program, test, coverage, reader).run();
}

}  // namespace millrace::trial
