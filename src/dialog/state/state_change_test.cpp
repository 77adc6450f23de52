// A change made member by member takes the one state's JSON to the other's, and is no longer than
// the one that comparing the two gives.
#include "dialog/state/state_change.hpp"

#include <gtest/gtest.h>

#include <random>

#include "base/json_change.hpp"

namespace millrace::dialog {
namespace {

// Alters one thing of a state, out of few values, so that the same ones come again.
class Alterer {
 public:
  explicit Alterer(uint64_t seed) : random_(seed) {}

  int below(int bound) { return static_cast<int>(random_() % static_cast<uint64_t>(bound)); }
  std::string text() {
    return below(3) == 0 ? "" : std::string(1, static_cast<char>('a' + below(4)));
  }
  std::string name() { return std::string(1, static_cast<char>('p' + below(5))); }
  json::object object() {
    json::object out;
    for (int i = below(4); i > 0; --i) {
      out[name()] =
          below(3) == 0 ? json::value(json::object{{name(), text()}}) : json::value(text());
    }
    return out;
  }

  void alter(State& state) {
    switch (below(8)) {
      case 0: return alter_numbers(state);
      case 1: return alter_texts(state);
      case 2: return alter_map(state.variables);
      case 3: return alter_map(state.secrets);
      case 4: return alter_answers(below(2) == 0 ? state.history : state.again);
      case 5: return alter_lists(state);
      case 6: return alter_objects(state);
      default: return alter_optionals(state);
    }
  }

 private:
  void alter_numbers(State& state) {
    switch (below(9)) {
      case 0: state.phase = static_cast<Phase>(below(8)); break;
      case 1: state.node = static_cast<flow::NodeNumber>(below(4)); break;
      case 2: state.locale = static_cast<size_t>(below(3)); break;
      case 3: state.tries = below(3); break;
      case 4: state.reminders = below(3); break;
      case 5: state.streak = below(3); break;
      case 6: ++state.turn; break;
      case 7: ++state.sequence; break;
      default: state.surveyed = below(2) == 0; break;
    }
  }
  void alter_texts(State& state) {
    switch (below(8)) {
      case 0: state.program = text(); break;
      case 1:
        state.environment = text();
        state.channel = text();
        state.address = text();
        break;
      case 2: state.region = text(); break;
      case 3: state.last_message = text(); break;
      case 4: state.answering = text(); break;
      case 5: state.end_reason = text(); break;
      case 6: state.chat = base::Id::derived("chat", text()); break;
      default: state.created_at.ms = below(3); break;
    }
  }
  void alter_map(std::map<std::string, std::string, std::less<>>& map) {
    const std::string key = name();
    below(3) == 0 ? static_cast<void>(map.erase(key)) : static_cast<void>(map[key] = text());
  }
  void alter_answers(std::vector<Answered>& answers) {
    const int how = below(6);
    if (how == 0) answers.clear();
    if (how == 1 && !answers.empty()) answers.erase(answers.begin());
    if (how == 2 && !answers.empty()) answers.pop_back();
    if (how < 3) return;
    Answered one{static_cast<flow::NodeNumber>(below(3)), text(), std::nullopt,
                 static_cast<size_t>(below(2))};
    if (below(2) == 0) one.before = text();
    answers.push_back(std::move(one));
  }
  void alter_lists(State& state) {
    switch (below(6)) {
      case 4:
        if (state.meant.size() > 2) state.meant.clear();
        state.meant.push_back({text(), text()});
        break;
      case 5:
        below(3) == 0 ? static_cast<void>(state.ahead.erase(below(3)))
                      : static_cast<void>(state.ahead[below(3)] = text());
        break;
      case 0:
        if (state.frames.size() > 2) state.frames.clear();
        state.frames.push_back({static_cast<Frame::Kind>(below(2)), below(3)});
        break;
      case 1:
        if (state.candidates.size() > 2) state.candidates.clear();
        state.candidates.push_back({text(), text()});
        break;
      case 2:
        if (state.events.size() > 2) state.events.erase(state.events.begin());
        state.events.emplace_back(json::object{{"name", text()}, {"detail", object()}});
        break;
      default:
        if (state.held.size() > 2) state.held.clear();
        state.held.push_back({text(), text()});
        break;
    }
  }
  void alter_objects(State& state) {
    switch (below(5)) {
      case 0: state.user_data = object(); break;
      case 1: state.global_props = object(); break;
      case 2: state.error = object(); break;
      case 3: {
        const std::string receiver = below(2) == 0 ? "one" : "another";
        if (below(3) == 0) {
          state.known_as.erase(receiver);
        } else {
          state.known_as[receiver] = object();
        }
        break;
      }
      default:
        if (state.kept.size() > 2) state.kept.clear();
        state.kept[static_cast<flow::NodeNumber>(below(4))] = object();
        break;
    }
  }
  void alter_optionals(State& state) {
    state.call.reset();
    state.timer.reset();
    if (below(2) == 0) {
      state.call = PendingCall{text(), below(3), {below(3)}, below(2) == 0, below(2) == 0};
    }
    if (below(2) == 0) state.timer = Timer{static_cast<TimerKind>(below(6)), {below(3)}};
    state.agent.reset();
    if (below(2) == 0) {
      state.agent = Seat{below(3), text(), {below(3)}, text(), text(), {below(3)}, {}};
      if (below(2) == 0) state.agent->back = below(3);
    }
  }

  std::mt19937_64 random_;
};

TEST(DialogStateChange, GivesWhatComesAfterAndIsNoLongerThanComparing) {
  Alterer alterer(7);
  State state;
  size_t quick_bytes = 0;
  size_t slow_bytes = 0;
  for (int round = 0; round < 20'000; ++round) {
    State next = state;
    for (int i = alterer.below(7); i > 0; --i) alterer.alter(next);
    const json::object slow = json::change_of(to_json(state), to_json(next));
    const json::object quick = change_of(state, next);
    quick_bytes += json::serialize(quick).size();
    slow_bytes += json::serialize(slow).size();
    json::object applied = to_json(state);
    ASSERT_TRUE(json::apply_change(applied, quick)) << round;
    ASSERT_EQ(applied, to_json(next)) << round;
    ASSERT_EQ(same_sealed_part(state, next), sealed_part(state) == sealed_part(next)) << round;
    state = std::move(next);
  }
  EXPECT_LE(quick_bytes, slow_bytes);
}

// Found by reading a journal: a name that sorts first made the record hold every variable.
TEST(DialogStateChange, AVariableMoreIsAllThatIsWritten) {
  State before;
  before.variables = {{"CITY", "Rome"}, {"NAME", "Ada"}};
  before.kept = {{5, "kept"}};
  State after = before;
  after.variables["AGE"] = "36";
  after.kept[1] = "more";
  EXPECT_EQ(json::serialize(change_of(before, after)),
            R"({"/":{"vars":{"=":{"AGE":"36"}},"kept":{"=":{"1":"more"}}}})");
}

}  // namespace
}  // namespace millrace::dialog
