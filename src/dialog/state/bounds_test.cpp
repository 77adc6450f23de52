// However much is said to a chat, told to it, returned to it or made by its own flow: its state
// stays within its bounds.
#include "dialog/state/bounds.hpp"
#include "flow/flow.hpp"

#include <gtest/gtest.h>

namespace millrace::dialog {
namespace {

flow::Program program(const std::string& nodes) {
  auto compiled = flow::compile(
      {{"solution.yaml", "name: Probe\n"}, {"flows/main.flow.yaml", "nodes:\n" + nodes}},
      {{"Probe"}, {}, {"Fetch"}});
  for (const flow::Problem& problem : compiled.problems) {
    if (problem.severity == flow::Severity::error) ADD_FAILURE() << problem.describe();
  }
  return std::move(*compiled.program);
}

State opened(const flow::Program& at) {
  const base::Id id = base::Id::derived("chat", "1");
  return open_chat(at, {.chat = id, .consumer = id, .locale = "en"});
}

std::string long_text(char c) {
  return std::string(16'000, c);
}

std::string twelve_questions() {
  std::string nodes;
  for (const char name : std::string("abcdefghijkl")) {
    nodes += std::string("  ") + name + ":\n    ask: More?\n    variable: V_" +
             static_cast<char>(name - 32) + "\n";
  }
  return nodes + "  bye:\n    say: Bye\n    end: true\n";
}

TEST(DialogBounds, ALongChatOfLongMessagesStaysWithinItsBounds) {
  const auto at = program("  more:\n    ask: More?\n    variable: MORE\n    next: more\n");
  State state = opened(at);
  for (int i = 0; i < 300; ++i) {
    auto turn = advance(at, state, {{i}, Said{std::to_string(i), long_text('a'), true}});
    ASSERT_TRUE(turn) << i << " " << turn.error().describe();
    state = std::move(turn->state);
    ASSERT_LE(weight(state), kStateBytesMax) << i;
  }
  EXPECT_LE(json::serialize(to_json(state)).size(), kStateBytesMax + 8'192);
  EXPECT_EQ(state.variables["MORE"], std::string(kMessageLengthMax, 'a'));
}

TEST(DialogBounds, AnEventOfAPageIsRefusedRatherThanEndingTheChat) {
  const auto at = program(twelve_questions());
  State state = opened(at);
  const auto tell = [&](std::string name, std::string text) {
    auto turn = advance(at, state, {{1}, PageEvent{std::move(name), {{"text", std::move(text)}}}});
    if (!turn) return turn.error().code;
    state = std::move(turn->state);
    return base::Code{};
  };
  const std::string fits(kEventDetailBytesMax - 64, 'd');
  EXPECT_EQ(tell("", "x"), base::Code::invalid_argument);
  EXPECT_EQ(tell(std::string(kEventNameMax + 1, 'n'), "x"), base::Code::invalid_argument);
  EXPECT_EQ(tell("n", std::string(kEventDetailBytesMax, 'd')), base::Code::invalid_argument);
  for (int i = 0; i < 200; ++i)
    ASSERT_EQ(tell(std::string(kEventNameMax, 'n'), fits), base::Code{});
  EXPECT_LE(state.events.size(), kEventsMax);
  for (int i = 0; i < 13; ++i) {
    auto turn = advance(at, state, {{i}, Said{std::to_string(i), long_text('a'), true}});
    if (turn && turn->state.phase != Phase::ended) state = std::move(turn->state);
  }
  ASSERT_EQ(state.phase, Phase::waiting);
  state.events.clear();
  EXPECT_EQ(tell("n", fits), base::Code::invalid_argument);
  EXPECT_EQ(state.phase, Phase::waiting);
}

TEST(DialogBounds, ShortAnswersCanBeGoneBackToAllTheWay) {
  const auto at = program("  more:\n    ask: More?\n    variable: MORE\n    next: more\n");
  State state = opened(at);
  for (int i = 0; i < 90; ++i) {
    state = advance(at, state, {{i}, Said{std::to_string(i), "answer", true}})->state;
  }
  EXPECT_EQ(state.history.size(), 89u);
}

TEST(DialogBounds, WhatDoesNotFitIsRefusedAndTheChatGoesOn) {
  const auto at = program(twelve_questions());
  State state = opened(at);
  const std::string emoji = [] {
    std::string text;
    for (size_t i = 0; i < kMessageLengthMax; ++i) text += "\U0001F600";
    return text;
  }();
  bool refused = false;
  for (int i = 0; i < 12; ++i) {
    auto turn = advance(at, state, {{i}, Said{std::to_string(i), emoji, true}});
    if (!turn) {
      EXPECT_EQ(turn.error().code, base::Code::invalid_argument);
      refused = true;
      break;
    }
    state = std::move(turn->state);
    ASSERT_LE(weight(state), kStateBytesMax);
  }
  EXPECT_TRUE(refused);
  const auto turn = advance(at, state, {{99}, Said{"s", "short", true}});
  ASSERT_TRUE(turn) << turn.error().describe();
  EXPECT_NE(turn->state.node, state.node);
}

TEST(DialogBounds, MessagesHeldWhileAnActionRunsCount) {
  const auto at = program(
      "  fetch:\n    do: Fetch\n    outputs: [ok]\n    decide: ok\n    on: {'true': bye, error: "
      "bye}\n"
      "  bye:\n    say: Bye\n    end: true\n");
  State state = opened(at);
  state = advance(at, state, {{0}, Said{"0", "hi", true}})->state;
  ASSERT_EQ(state.phase, Phase::calling);
  size_t taken = 0;
  for (int i = 0; i < 20; ++i) {
    auto turn = advance(at, state, {{i}, Said{std::to_string(i), long_text('h'), false}});
    if (!turn) break;
    ++taken;
    state = std::move(turn->state);
    ASSERT_LE(weight(state), kStateBytesMax);
  }
  EXPECT_GE(taken, 3u);
}

TEST(DialogBounds, AResultThatDoesNotFitTakesTheErrorRoad) {
  const auto at = program(
      "  fetch:\n    do: Fetch\n    outputs: [ok]\n    decide: ok\n"
      "    on: {'true': bye, error: sorry}\n"
      "  bye:\n    say: Bye\n    end: true\n"
      "  sorry:\n    say: Sorry\n    end: true\n");
  for (const size_t size : {size_t{10'000}, kStateBytesMax, size_t{4} << 20}) {
    State state = opened(at);
    state = advance(at, state, {{0}, Said{"0", "hi", true}})->state;
    json::object result{{"ok", "true"}, {"FULL", std::string(size, 'x')}};
    const auto turn =
        advance(at, state, {{1}, CallEnded{state.call->key, CallEnd::returned, result, {}}});
    ASSERT_TRUE(turn);
    EXPECT_LE(weight(turn->state), kStateBytesMax);
    EXPECT_EQ(turn->state.phase, Phase::ended);
    const auto& said = std::get<Say>(turn->effects.front());
    EXPECT_EQ(said.message.text, size < kStateBytesMax ? "Bye" : "Sorry") << size;
  }
}

TEST(DialogBounds, AFlowThatOutgrowsThemByItselfEndsWithAnApology) {
  const auto at = program(
      "  ask:\n    ask: More?\n    variable: A\n"
      "  grow:\n    set: {A: '= A + A'}\n    next: grow2\n"
      "  grow2:\n    set: {A: '= A + A'}\n    next: grow3\n"
      "  grow3:\n    set: {A: '= A + A'}\n    next: grow4\n"
      "  grow4:\n    set: {A: '= A + A'}\n    next: grow5\n"
      "  grow5:\n    set: {A: '= A + A'}\n    next: grow6\n"
      "  grow6:\n    set: {A: '= A + A'}\n    next: bye\n"
      "  bye:\n    say: Bye\n    end: true\n");
  State state = opened(at);
  state = advance(at, state, {{0}, Said{"0", "hi", true}})->state;
  const auto turn = advance(at, state, {{1}, Said{"1", long_text('g'), false}});
  ASSERT_TRUE(turn) << turn.error().describe();
  EXPECT_EQ(turn->state.phase, Phase::ended);
  EXPECT_EQ(turn->state.end_reason, kEndBotError);
  EXPECT_LE(weight(turn->state), kStateBytesMax);
}

TEST(DialogBounds, OfPageEventsTheOldestGo) {
  const auto at = program("  more:\n    ask: More?\n    variable: MORE\n    next: more\n");
  State state = opened(at);
  state = advance(at, state, {{0}, Said{"0", "hi", true}})->state;
  for (int i = 0; i < 50; ++i) {
    auto turn =
        advance(at, state, {{i}, PageEvent{"seen", {{"n", i}, {"text", std::string(8'000, 'e')}}}});
    ASSERT_TRUE(turn);
    state = std::move(turn->state);
    ASSERT_LE(weight(state), kStateBytesMax);
  }
}

}  // namespace
}  // namespace millrace::dialog
