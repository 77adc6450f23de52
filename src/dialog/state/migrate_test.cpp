#include <gtest/gtest.h>

#include "dialog/dialog.hpp"
#include "flow/flow.hpp"

namespace millrace::dialog {
namespace {

flow::Program program(const std::string& nodes) {
  auto compiled = flow::compile(
      {{"solution.yaml", "name: Probe\n"}, {"flows/main.flow.yaml", "nodes:\n" + nodes}},
      {{"Probe"}, {}, {}});
  for (const flow::Problem& problem : compiled.problems) ADD_FAILURE() << problem.describe();
  return std::move(*compiled.program);
}

// A chat that waits at main.city.
State waiting(const flow::Program& at) {
  const base::Id id = base::Id::derived("chat", "1");
  State state = open_chat(at, {.chat = id, .consumer = id, .locale = "en"});
  auto turn = advance(at, state, {{}, Said{"1", "hi", true}});
  EXPECT_TRUE(turn);
  EXPECT_EQ(turn->state.phase, Phase::waiting);
  return turn->state;
}

constexpr const char* kCity = "  city:\n    ask: Which city?\n    variable: CITY\n";
constexpr const char* kBye = "  bye:\n    say: Bye {CITY}\n    end: true\n";

TEST(DialogMigrate, FindsTheNodeByItsIdWhereverItStands) {
  const auto old = program(std::string(kCity) + kBye);
  const auto fresh =
      program(std::string("  first:\n    ask: First?\n    variable: FIRST\n") + kCity + kBye);
  const auto moved = migrate(old, fresh, waiting(old));
  ASSERT_TRUE(moved);
  EXPECT_EQ(fresh.find(moved->node)->id, "main.city");
}

TEST(DialogMigrate, RefusesANodeThatIsGone) {
  const auto old = program(std::string(kCity) + kBye);
  const auto fresh = program("  bye:\n    say: Bye\n    end: true\n");
  EXPECT_EQ(migrate(old, fresh, waiting(old)).error().code, base::Code::failed_precondition);
}

// Found by reading: a rename to a node that asks nothing left the chat waiting at it for ever.
TEST(DialogMigrate, RefusesANodeThatHasBecomeAnotherKind) {
  const auto old = program(std::string(kCity) + kBye);
  for (const char* kind : {"    say: No question\n", "    set: {CITY: Rome}\n"}) {
    for (const char* name : {"  city:\n", "  town:\n    was: city\n"}) {
      const auto fresh =
          program(name + std::string(kind) + "  bye:\n    say: Bye\n    end: true\n");
      EXPECT_FALSE(migrate(old, fresh, waiting(old))) << name << kind;
    }
  }
}

}  // namespace
}  // namespace millrace::dialog
