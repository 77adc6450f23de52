// A chat in which the engine fails is parked, and nobody else is hurt: through the runtime's public
// header, in the simulated world, with an engine that throws at one node.
#include <gtest/gtest.h>

#include <cstdlib>

#include "dialog/turn/poison.hpp"
#include "runtime/runtime.hpp"
#include "tests/example.hpp"
#include "tests/fakes/runner.hpp"
#include "tests/simulation/calm_world.hpp"

#ifdef MILLRACE_BREAKABLE

namespace millrace {
namespace {

using base::Code;

class ParkingTest : public simulation::CalmWorld {
 protected:
  ParkingTest() {
    const auto program = testing_support::load_example();
    for (const char* hash : {"first", "second"}) {
      auto version = std::make_shared<flow::Program>(program);
      version->hash = hash;
      versions_.push_back(std::move(version));
    }
    solutions_.deploy(runtime::make_solution(versions_[0]));
    start();
    dialog::is_poisoned = [this](std::string_view) { return poisons_; };
  }
  ~ParkingTest() override { dialog::is_poisoned = nullptr; }

  void start() {
    restart();
    ASSERT_TRUE(runtime_->recover());
  }
  // Poisoned: the engine throws at every node that is entered meanwhile.
  base::Result<runtime::Answer> say(const std::string& sender, const std::string& text,
                                    bool poisoned = false) {
    poisons_ = poisoned;
    auto answer = converse(from(sender, sender + std::to_string(++said_), text));
    poisons_ = false;
    return answer;
  }

  std::vector<std::shared_ptr<const flow::Program>> versions_;
  bool poisons_ = false;
  int said_ = 0;
};

TEST_F(ParkingTest, ATurnThatThrowsParksItsChatAndAnswersInternal) {
  ASSERT_TRUE(say("alice", "hi"));
  const size_t records = disk_.kept().begin()->second.size();
  const auto refused = say("alice", "Ada", true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::internal);
  EXPECT_EQ(runtime_->parked_chats(), 1u);
  ASSERT_EQ(disk_.parked().size(), 1u);
  const runtime::ParkedChat& parked = disk_.parked().begin()->second;
  EXPECT_EQ(parked.solution, versions_[0]->solution);
  EXPECT_EQ(parked.version, "first");
  EXPECT_FALSE(parked.node.empty());
  EXPECT_EQ(parked.what, "std::logic_error");
  EXPECT_EQ(disk_.kept().begin()->second.size(), records) << "a part of the turn was stored";
  // Nothing is tried again until there is a reason to.
  EXPECT_EQ(say("alice", "Ada").error().code, Code::internal);
  EXPECT_EQ(disk_.kept().begin()->second.size(), records);
}

TEST_F(ParkingTest, ADeployTriesAgainAndWhatGoesOnIsParkedNoMore) {
  ASSERT_TRUE(say("alice", "hi"));
  ASSERT_FALSE(say("alice", "Ada", true));
  solutions_.deploy(runtime::make_solution(versions_[1]));
  runtime_->deployed(versions_[1]->solution);
  EXPECT_TRUE(say("alice", "Ada"));
  EXPECT_EQ(runtime_->parked_chats(), 0u);
  EXPECT_TRUE(disk_.parked().empty());
}

TEST_F(ParkingTest, TheNextRunTriesAgainAndFailsNoStart) {
  ASSERT_TRUE(say("alice", "hi"));
  ASSERT_FALSE(say("alice", "Ada", true));
  for (int run = 0; run < 3; ++run) {
    start();
    EXPECT_TRUE(say("bob" + std::to_string(run), "hi"));
    EXPECT_EQ(runtime_->parked_chats(), 1u);
    EXPECT_EQ(say("alice", "Ada", true).error().code, Code::internal);
  }
  start();
  EXPECT_TRUE(say("alice", "Ada"));
  EXPECT_TRUE(disk_.parked().empty());
}

TEST_F(ParkingTest, AFirstTurnThatThrowsLeavesNothing) {
  EXPECT_EQ(say("alice", "hi", true).error().code, Code::internal);
  EXPECT_EQ(runtime_->parked_chats(), 0u);
  EXPECT_TRUE(disk_.kept().empty());
  EXPECT_TRUE(say("alice", "hi"));
}

TEST_F(ParkingTest, AFirstTurnThatThrowsLeavesTheChatBeforeItAsItWas) {
  const auto begun = say("alice", "hi");
  ASSERT_TRUE(await<void>([&](auto done) {
    runtime_->end(base::Id::derived("rest", "alice"), begun->receipt.chat, "consumer",
                  std::move(done));
  }));
  EXPECT_EQ(say("alice", "hi", true).error().code, Code::internal);
  EXPECT_EQ(runtime_->parked_chats(), 0u);
  EXPECT_TRUE(disk_.parked().empty());
  EXPECT_TRUE(say("alice", "hi"));
}

TEST_F(ParkingTest, AParkedChatCanBeEnded) {
  const auto begun = say("alice", "hi");
  ASSERT_TRUE(begun);
  ASSERT_FALSE(say("alice", "Ada", true));
  EXPECT_TRUE(await<void>([&](auto done) {
    runtime_->end(base::Id::derived("rest", "alice"), begun->receipt.chat, "consumer",
                  std::move(done));
  }));
  EXPECT_EQ(runtime_->parked_chats(), 0u);
  EXPECT_TRUE(say("alice", "hi"));
}

TEST_F(ParkingTest, AResultThatTheEngineThrowsOnIsCalledForAgainAfterADeploy) {
  ASSERT_TRUE(say("alice", "hi"));
  for (const char* text : {"Ada", "Lovelace", "ada@example.com", "1990-12-10", "London"}) {
    ASSERT_TRUE(say("alice", text)) << text;
  }
  // The throwing begins once the call is under way.
  std::optional<base::Result<runtime::Answer>> answer;
  runtime_->converse(
      {base::Id::derived("rest", "alice"), std::nullopt,
       runtime::SessionRequest{solutions_.fallback()->app_id, "en", {}}, "last", "Linux"},
      [&](auto given) { answer.emplace(std::move(given)); });
  while (back_end_.effects().empty() && schedule_.run_one()) {
  }
  poisons_ = true;
  while (!answer && schedule_.run_one()) {
  }
  ASSERT_FALSE(*answer);
  EXPECT_EQ(answer->error().code, Code::internal);
  EXPECT_EQ(runtime_->parked_chats(), 1u);
  poisons_ = false;
  solutions_.deploy(runtime::make_solution(versions_[1]));
  runtime_->deployed(versions_[1]->solution);
  run_for(10'000);
  EXPECT_EQ(runtime_->parked_chats(), 0u);
  for (const auto& [key, times] : back_end_.effects()) EXPECT_EQ(times, 1) << key;
}

TEST_F(ParkingTest, ACallUnderWayIsNotMadeASecondTimeBesideItself) {
  fakes::Runner holding;
  actions_ = &holding;
  start();
  for (const char* text : {"hi", "Ada", "Lovelace", "ada@example.com", "1990-12-10", "London"}) {
    ASSERT_TRUE(say("alice", text)) << text;
  }
  runtime_->say(from("alice", "last", "Linux"), [](auto) {});
  run_for(100);
  ASSERT_EQ(holding.calls.size(), 1u);
  poisons_ = true;
  holding.end({.kind = runtime::CallOutcome::returned, .result = {{"success", "true"}}});
  run_for(100);
  poisons_ = false;
  ASSERT_EQ(runtime_->parked_chats(), 1u);
  for (const size_t version : {1, 0, 1}) {
    solutions_.deploy(runtime::make_solution(versions_[version]));
    runtime_->deployed(versions_[version]->solution);
    run_for(100);
    EXPECT_EQ(holding.calls.size(), 2u);
  }
  EXPECT_TRUE(holding.calls[1].uncertain);
  EXPECT_EQ(holding.calls[1].idempotency_key, holding.calls[0].idempotency_key);
  holding.end({.kind = runtime::CallOutcome::returned, .result = {{"success", "true"}}});
  run_for(100);
  EXPECT_EQ(runtime_->parked_chats(), 0u);
}

// MILLRACE_TURNS=100000 for the whole of it.
TEST_F(ParkingTest, ManyTurnsOfOthersPassBesideAPoisonedChat) {
  const char* given = std::getenv("MILLRACE_TURNS");
  const int turns = given == nullptr ? 2'000 : std::atoi(given);
  ASSERT_TRUE(say("alice", "hi"));
  ASSERT_FALSE(say("alice", "Ada", true));
  for (int turn = 0; turn < turns; ++turn) {
    if (turn % 500 == 0) start();
    if (turn % 10 == 0) {
      ASSERT_EQ(say("alice", "Ada", true).error().code, Code::internal);
    }
    ASSERT_TRUE(say("person" + std::to_string(turn / 4), turn % 4 == 0 ? "hi" : "Ada"));
  }
  EXPECT_EQ(runtime_->parked_chats(), 1u);
}

}  // namespace
}  // namespace millrace

#endif
