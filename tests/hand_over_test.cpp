// Agents through the runtime's public header, in the simulated world with nothing failing: who has
// the chat, who hears what, what is read back after a restart in each phase.
#include <gtest/gtest.h>

#include "dialog/state/names.hpp"
#include "runtime/records/record.hpp"
#include "tests/example.hpp"
#include "tests/simulation/calm_world.hpp"

namespace millrace {
namespace {

using base::Code;

class Hearing final : public runtime::Subscriber {
 public:
  void said(const std::vector<runtime::ChatMessage>& messages) override {
    for (const auto& message : messages) told += message.content.text + "\n";
  }
  void started() override {}
  void typing(bool) override {}
  void ended(std::string_view reason) override { told += "ended " + std::string(reason) + "\n"; }
  void lost() override {}
  void handed_over(const dialog::HandOver& step) override {
    told += std::string(dialog::kHandOverSteps(step.step)) + " " + step.name + "\n";
  }
  void heard(const runtime::ChatMessage& message) override {
    told += "to the agent: " + message.content.text + "\n";
  }
  std::string told;
};

class RuntimeAgents : public simulation::CalmWorld {
 protected:
  RuntimeAgents() {
    static const auto program = std::make_shared<const flow::Program>(testing_support::load_desk());
    solutions_.deploy(runtime::make_solution(program));
    restart();
    session_ = *await<runtime::Session>([&](auto done) {
      runtime_->open_session({solutions_.fallback()->app_id, "en", {}}, std::move(done));
    });
    EXPECT_TRUE(await<void>(
        [&](auto done) { runtime_->start(session_.consumer, session_.chat, std::move(done)); }));
  }

  void restart() {
    CalmWorld::restart();
    ASSERT_TRUE(runtime_->recover());
  }

  base::Result<runtime::Receipt> say(const std::string& id, const std::string& text) {
    return await<runtime::Receipt>([&](auto done) {
      runtime_->say({session_.consumer, session_.chat, std::nullopt, id, text}, std::move(done));
    });
  }
  base::Result<void> join(const std::string& agent) {
    return await<void>([&](auto done) {
      runtime_->agent_join(session_.consumer, session_.chat, {agent, "Grace"}, std::move(done));
    });
  }
  base::Result<runtime::Receipt> agent_says(const std::string& id, const std::string& text) {
    return await<runtime::Receipt>([&](auto done) {
      runtime_->agent_say({session_.consumer, session_.chat, "a1", id, text}, std::move(done));
    });
  }
  base::Result<void> leave(const std::string& to = "") {
    return await<void>([&](auto done) {
      runtime_->agent_leave(session_.consumer, session_.chat, "a1", to, std::move(done));
    });
  }
  runtime::Snapshot snapshot() {
    return *await<runtime::Snapshot>([&](auto done) {
      runtime_->snapshot(session_.consumer, session_.chat, 0, std::move(done));
    });
  }
  std::string last_said() { return snapshot().messages.back().content.text; }
  void hand_over() {
    ASSERT_TRUE(say("1", "Ada"));
    ASSERT_TRUE(say("2", "something else"));
  }

  runtime::Session session_;
};

TEST_F(RuntimeAgents, TalkInPlaceOfTheBotAndGiveTheChatBackAlsoAfterARestartInEachPhase) {
  hand_over();
  restart();
  EXPECT_EQ(snapshot().state.phase, dialog::Phase::queued);
  ASSERT_TRUE(say("3", "hello?"));
  ASSERT_TRUE(join("a1"));
  restart();
  ASSERT_TRUE(agent_says("m1", "Good day"));
  ASSERT_TRUE(say("4", "at last"));
  restart();
  const auto page = snapshot();
  EXPECT_EQ(page.state.phase, dialog::Phase::with_agent);
  const auto& message = page.messages[page.messages.size() - 2];
  EXPECT_EQ(message.side, runtime::Side::agent);
  EXPECT_EQ(message.agent_name, "Grace");
  EXPECT_EQ(message.content.text, "Good day");
  EXPECT_EQ(last_said(), "at last") << "the bot is silent";
  ASSERT_TRUE(leave());
  restart();
  EXPECT_EQ(last_said(), "Good that this is settled, Ada.");
  EXPECT_EQ(snapshot().state.phase, dialog::Phase::ended);
}

TEST_F(RuntimeAgents, SayOnceWhatTheySendTwice) {
  hand_over();
  ASSERT_TRUE(join("a1"));
  const auto first = agent_says("m1", "Good day");
  ASSERT_TRUE(first);
  restart();
  const auto again = agent_says("m1", "Good day");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->message, first->message);
  EXPECT_EQ(again->sequence, first->sequence);
  EXPECT_EQ(agent_says("m1", "Something else").error().code, Code::already_exists);
  EXPECT_TRUE(say("m1", "ids of agents and of consumers are told apart"));
  EXPECT_EQ(last_said(), "ids of agents and of consumers are told apart");
}

TEST_F(RuntimeAgents, AreHeardAndHearInOrder) {
  ASSERT_TRUE(say("1", "Ada"));
  auto hearing = std::make_shared<Hearing>();
  ASSERT_TRUE(await<dialog::Phase>([&](auto done) {
    runtime_->subscribe(session_.consumer, session_.chat, hearing, std::move(done));
  }));
  ASSERT_TRUE(say("2", "something else"));
  ASSERT_TRUE(join("a1"));
  ASSERT_TRUE(say("3", "hello"));
  ASSERT_TRUE(agent_says("m1", "Good day"));
  ASSERT_TRUE(leave("main.late"));
  EXPECT_EQ(hearing->told,
            "I will ask a colleague.\nasked \njoined Grace\nto the agent: hello\nGood day\n"
            "left Grace\nEverybody is busy. We will call you.\nended killbot_via_graph_flag\n");
}

TEST_F(RuntimeAgents, OfTwoAtTheSameMomentOneHasTheChat) {
  hand_over();
  std::vector<base::Result<void>> joined;
  for (const char* agent : {"a1", "a2"}) {
    runtime_->agent_join(session_.consumer, session_.chat, {agent, agent},
                         [&](auto done) { joined.push_back(std::move(done)); });
  }
  runtime_->say({session_.consumer, session_.chat, std::nullopt, "3", "hi"}, [](auto) {});
  run_for(1'000);
  ASSERT_EQ(joined.size(), 2u);
  EXPECT_NE(joined[0].has_value(), joined[1].has_value());
  const auto& refused = joined[0] ? joined[1] : joined[0];
  EXPECT_EQ(refused.error().code, Code::already_exists);
}

TEST_F(RuntimeAgents, WhoDoNotComeInTimeAreNotWaitedForAlsoAfterARestart) {
  hand_over();
  restart();
  run_for(60'000);
  EXPECT_EQ(snapshot().state.phase, dialog::Phase::queued);
  run_for(61'000);
  EXPECT_EQ(last_said(), "Everybody is busy. We will call you.");
  EXPECT_EQ(join("a1").error().code, Code::not_found);
}

TEST_F(RuntimeAgents, HaveTheChatWhileAnActionOfTheBotsEnds) {
  ASSERT_TRUE(say("1", "Ada"));
  ASSERT_TRUE(say("2", "An order"));
  ASSERT_TRUE(await<void>([&](auto done) {
    runtime_->offer_to_agent(session_.consumer, session_.chat, "orders", std::move(done));
  }));
  ASSERT_TRUE(join("a1"));
  restart();
  run_for(1'000);
  ASSERT_TRUE(agent_says("m1", "I have it here"));
  EXPECT_EQ(last_said(), "I have it here");
  EXPECT_FALSE(snapshot().state.call) << "its result has been taken";
  EXPECT_EQ(agent_says("m2", std::string(100'000, ' ')).error().code, Code::invalid_argument);
  ASSERT_TRUE(leave());
  EXPECT_EQ(snapshot().state.phase, dialog::Phase::waiting);
}

const std::string kDesk = "name: Desk\nasides: {human: {to: help.desk}}\n";

// The desk of the conversations, which tells of its hand-overs, or of none.
class RuntimeHandOversOwed : public simulation::CalmWorld {
 protected:
  void serve(const std::string& settings) {
    solutions_.deploy(runtime::make_solution(
        std::make_shared<const flow::Program>(testing_support::load_desk(kDesk + settings))));
    restart();
    session_ = *await<runtime::Session>([&](auto done) {
      runtime_->open_session({solutions_.fallback()->app_id, "en", {}}, std::move(done));
    });
    ASSERT_TRUE(await<void>(
        [&](auto done) { runtime_->start(session_.consumer, session_.chat, std::move(done)); }));
    for (const char* text : {"Ada", "something else"}) {
      ASSERT_TRUE(await<runtime::Receipt>([&](auto done) {
        runtime_->say({session_.consumer, session_.chat, std::nullopt, text, text},
                      std::move(done));
      }));
    }
  }
  // What is owed by the consumer's turns, from disk.
  std::vector<std::string> owed() {
    std::vector<std::string> out;
    for (const auto& record : disk_.kept().at(session_.consumer)) {
      for (const auto& row : record.deliveries) {
        const auto& data = row.body.at("data").as_object();
        std::string line(row.body.at("type").as_string());
        line += " " + std::string(data.at("skill").as_string());
        if (data.contains("why")) line += " " + std::string(data.at("why").as_string());
        if (data.contains("agent")) {
          line += " " + std::string(data.at("agent").at("id").as_string());
        }
        out.push_back(std::move(line));
      }
    }
    return out;
  }
  template <typename F>
  void take(F call) {
    ASSERT_TRUE(await<void>(std::move(call)));
  }

  runtime::Session session_;
};

constexpr const char* kNotify =
    "agents: {notify: 'webhook:desk', wait_limit: 2m}\n"
    "webhooks: {desk: {url: 'https://desk.example.com/in', secret: '${secret:DESK}'}}\n";

TEST_F(RuntimeHandOversOwed, ComeToTheReceiverThatSolutionYamlNamesStepByStep) {
  serve(kNotify);
  take([&](auto done) {
    runtime_->agent_join(session_.consumer, session_.chat, {"a1", "Grace"}, std::move(done));
  });
  take([&](auto done) {
    runtime_->agent_leave(session_.consumer, session_.chat, "a1", "", std::move(done));
  });
  EXPECT_EQ(owed(), (std::vector<std::string>{"handover.asked sales", "handover.joined sales a1",
                                              "handover.left sales a1"}));
}

TEST_F(RuntimeHandOversOwed, SayThatNobodyCameAndWhy) {
  serve(kNotify);
  run_for(3 * 60'000);
  EXPECT_EQ(owed(), (std::vector<std::string>{"handover.asked sales",
                                              "handover.unanswered sales timeout"}));
}

TEST_F(RuntimeHandOversOwed, SayThatTheConsumerHasGoneMeanwhile) {
  serve(kNotify);
  take(
      [&](auto done) { runtime_->end(session_.consumer, session_.chat, "left", std::move(done)); });
  EXPECT_EQ(owed(),
            (std::vector<std::string>{"handover.asked sales", "handover.ended sales left"}));
}

TEST_F(RuntimeHandOversOwed, AreNoRowsWhereNobodyIsNamed) {
  serve("agents: {wait_limit: 2m}\n");
  run_for(3 * 60'000);
  EXPECT_EQ(owed(), std::vector<std::string>{});
}

}  // namespace
}  // namespace millrace
