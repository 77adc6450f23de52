// The runtime through its public header, in the simulated world with nothing failing: who is
// refused, who hears what, and what is read back.
#include "runtime/runtime.hpp"

#include <gtest/gtest.h>

#include "tests/example.hpp"
#include "tests/simulation/example_world.hpp"

namespace millrace {
namespace {

using base::Code;

class Listening final : public runtime::Subscriber {
 public:
  void said(const std::vector<runtime::ChatMessage>& messages) override {
    for (const auto& message : messages) heard += "said " + message.content.text + "\n";
  }
  void started() override { heard += "started\n"; }
  void typing(bool is_typing) override { heard += is_typing ? "typing\n" : "not typing\n"; }
  void ended(std::string_view reason) override { heard += "ended " + std::string(reason) + "\n"; }
  void lost() override { heard += "lost\n"; }
  std::string heard;
};

class RuntimeTest : public simulation::ExampleWorld {
 protected:
  base::Result<void> start(const runtime::Session& session) {
    return await<void>(
        [&](auto done) { runtime_->start(session.consumer, session.chat, std::move(done)); });
  }
  base::Result<runtime::Receipt> say(const runtime::Session& session, const std::string& id,
                                     const std::string& text) {
    return await<runtime::Receipt>([&](auto done) {
      runtime_->say({session.consumer, session.chat, std::nullopt, id, text}, std::move(done));
    });
  }
  base::Result<runtime::Snapshot> snapshot(const runtime::Session& session) {
    return await<runtime::Snapshot>(
        [&](auto done) { runtime_->snapshot(session.consumer, session.chat, 0, std::move(done)); });
  }
};

TEST_F(RuntimeTest, AnswersARepeatWithTheRecordedAnswer) {
  const auto first = converse(from("ada", "1", "hi"));
  ASSERT_TRUE(first);
  converse(from("ada", "2", "Ada"));
  restart();
  const auto again = converse(from("ada", "1", "hi"));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->receipt.repeated);
  EXPECT_EQ(again->receipt.message, first->receipt.message);
  ASSERT_EQ(again->messages.size(), first->messages.size());
  EXPECT_EQ(again->messages.back().content.text, first->messages.back().content.text);
  EXPECT_NE(converse(from("ada", "3", "Lovelace"))->messages.back().content.text.find("email"),
            std::string::npos)
      << "the repeat must not have taken a turn";
}

TEST_F(RuntimeTest, TellsNobodyWhatWasSaidUnderAnIdThatWasAnotherTexts) {
  converse(from("ada", "1", "hi"));
  converse(from("ada", "2", "my card is 4111 1111 1111 1111"));
  for (const bool read_back : {false, true}) {
    if (read_back) restart();
    for (const char* text : {"whatever", "", "?", "my card is 4111 1111 1111 1112"}) {
      EXPECT_EQ(converse(from("ada", "2", text)).error().code, Code::already_exists) << text;
    }
    EXPECT_TRUE(converse(from("ada", "2", "my card is 4111 1111 1111 1111"))) << read_back;
  }
}

TEST_F(RuntimeTest, KnowsAThousandMessagesAndReadsNoMoreThanTheLastState) {
  for (int i = 0; i < 1'200; ++i) converse(from("ada", std::to_string(i), "hi"));
  restart();
  const auto& kept = disk_.kept().at(base::Id::derived("rest", "ada"));
  EXPECT_LT(std::ranges::count_if(kept, [](const auto& record) { return record.whole; }), 300);
  EXPECT_TRUE(converse(from("ada", "1100", "hi"))->receipt.repeated);
  EXPECT_TRUE(converse(from("ada", "700", "hi"))->receipt.repeated);
  EXPECT_FALSE(converse(from("ada", "10", "hi"))->receipt.repeated);
}

TEST_F(RuntimeTest, ReadsAChatPageByPage) {
  restart({.page_records_max = 7});
  const auto session = open();
  ASSERT_TRUE(start(session));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(say(session, std::to_string(i), "oi"));
  std::vector<int64_t> seen;
  int64_t before = 0;
  int pages = 0;
  do {
    const auto page = await<runtime::Snapshot>([&](auto done) {
      runtime_->snapshot(session.consumer, session.chat, before, std::move(done));
    });
    ASSERT_TRUE(page);
    EXPECT_EQ(page->state.chat, session.chat);
    std::vector<int64_t> sequences;
    for (const auto& message : page->messages) sequences.push_back(message.sequence);
    EXPECT_TRUE(std::ranges::is_sorted(sequences));
    seen.insert(seen.begin(), sequences.begin(), sequences.end());
    before = page->before;
    ++pages;
  } while (before != 0 && pages < 100);
  EXPECT_GT(pages, 4);
  std::vector<int64_t> wanted;
  for (int64_t i = 1; i <= snapshot(session)->state.sequence; ++i) wanted.push_back(i);
  EXPECT_EQ(seen, wanted);
  const auto stranger = open();
  EXPECT_EQ(await<runtime::Snapshot>([&](auto done) {
              runtime_->snapshot(stranger.consumer, stranger.chat, 1'000'000, std::move(done));
            })->messages.size(),
            0u);
}

TEST_F(RuntimeTest, BoundsHowManyReadOneChatAtOnce) {
  const auto session = open();
  ASSERT_TRUE(start(session));
  int read = 0;
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    runtime_->snapshot(session.consumer, session.chat, 0, [&](auto page) {
      ++(page ? read : refused);
      if (!page) {
        EXPECT_EQ(page.error().code, Code::resource_exhausted);
      }
    });
  }
  run_for(2'000);
  EXPECT_EQ(read + refused, 100);
  EXPECT_GT(read, 0);
  EXPECT_GT(refused, 0);
}

TEST_F(RuntimeTest, AChatThatWaitsForTimeToPassNeedNotBeInMemory) {
  restart({.hot_consumers_max = 3});
  std::vector<runtime::Session> sessions;
  for (int i = 0; i < 60; ++i) {
    sessions.push_back(open());
    ASSERT_TRUE(start(sessions.back()));
  }
  EXPECT_LT(runtime_->hot_consumers(), 20u);
  run_for(5'000);
  for (const auto& session : sessions) {
    EXPECT_EQ(snapshot(session)->messages.size(), 2u) << "the bot should have begun by itself";
  }
}

TEST_F(RuntimeTest, BoundsTheBytesThatAllInMemoryHold) {
  restart({.hot_bytes_max = 64 << 10});
  const std::string long_name(4'000, 'x');
  for (int i = 0; i < 100; ++i) {
    converse(from("p" + std::to_string(i), "1", "hi"));
    converse(from("p" + std::to_string(i), "2", long_name));
  }
  EXPECT_LT(runtime_->hot_consumers(), 30u);
}

TEST_F(RuntimeTest, OneListenerThatAsksAgainIsToldOnce) {
  const auto session = open();
  const auto listening = subscribe<Listening>(session);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(await<dialog::Phase>([&](auto done) {
      runtime_->subscribe(session.consumer, session.chat, listening, std::move(done));
    }));
  }
  ASSERT_TRUE(start(session));
  run_for(10);
  EXPECT_EQ(listening->heard, "started\n");
}

TEST_F(RuntimeTest, TakesMessagesWithoutAnIdEachAsATurn) {
  converse(from("ada", "", "hi"));
  converse(from("ada", "", "hi"));
  EXPECT_NE(converse(from("ada", "", "Ada"))->messages.back().content.text.find("last name"),
            std::string::npos);
}

TEST_F(RuntimeTest, TellsListenersInOrderAndOnlyTheirOwnChat) {
  const auto session = open();
  const auto other = open();
  const auto listening = subscribe<Listening>(session);
  const auto elsewhere = subscribe<Listening>(other);
  ASSERT_TRUE(start(session));
  ASSERT_TRUE(say(session, "1", "oi"));
  run_for(10);
  EXPECT_EQ(listening->heard,
            "started\nsaid Olá! Eu sou a Milla. Seis perguntas rápidas e seu perfil fica pronto.\n"
            "said Qual é o seu **primeiro nome**?\n");
  EXPECT_EQ(elsewhere->heard, "");
}

TEST_F(RuntimeTest, OpensByItselfWhenNobodySpeaksAlsoAfterARestart) {
  const auto session = open();
  ASSERT_TRUE(start(session));
  restart();
  ASSERT_TRUE(runtime_->recover());
  run_for(2'000);
  EXPECT_EQ(snapshot(session)->messages.size(), 2u);
}

TEST_F(RuntimeTest, RefusesWhatComesAtTheWrongMoment) {
  const auto session = open();
  EXPECT_EQ(say(session, "1", "oi").error().code, Code::failed_precondition);
  ASSERT_TRUE(start(session));
  EXPECT_EQ(start(session).error().code, Code::already_exists);
  runtime::Session stranger = session;
  stranger.chat = base::Id::derived("chat", "none");
  EXPECT_EQ(say(stranger, "1", "oi").error().code, Code::not_found);
  EXPECT_EQ(snapshot(stranger).error().code, Code::not_found);
  const auto no_app = await<runtime::Session>(
      [&](auto done) { runtime_->open_session({base::Id{}, "", {}}, std::move(done)); });
  EXPECT_EQ(no_app.error().code, Code::not_found);
  EXPECT_EQ(converse(from("ada", std::string(200, 'x'), "hi")).error().code,
            Code::invalid_argument);
}

TEST_F(RuntimeTest, BoundsAConsumersMailbox) {
  restart({.mailbox_max = 4});
  int refused = 0;
  int answered = 0;
  for (int i = 0; i < 20; ++i) {
    runtime_->converse(from("ada", std::to_string(i), "hi"), [&](auto answer) {
      if (answer) {
        ++answered;
      } else if (answer.error().code == Code::resource_exhausted) {
        ++refused;
      }
    });
  }
  run_for(5'000);
  EXPECT_EQ(answered + refused, 20);
  EXPECT_GT(refused, 0);
  EXPECT_GT(answered, 0);
}

TEST_F(RuntimeTest, ReadsBackThoseItHadToForget) {
  restart({.hot_consumers_max = 3});
  for (int i = 0; i < 50; ++i) converse(from("p" + std::to_string(i), "1", "hi"));
  EXPECT_LT(runtime_->hot_consumers(), 20u);
  for (int i = 0; i < 50; ++i) {
    const auto answer = converse(from("p" + std::to_string(i), "2", "Ada"));
    ASSERT_TRUE(answer);
    EXPECT_NE(answer->messages.back().content.text.find("last name"), std::string::npos) << i;
  }
}

TEST_F(RuntimeTest, ForgetsIdleConsumersAfterAWhile) {
  restart({.idle_max = std::chrono::milliseconds(1'000)});
  converse(from("ada", "1", "hi"));
  EXPECT_EQ(runtime_->hot_consumers(), 1u);
  run_for(40'000);
  EXPECT_EQ(runtime_->hot_consumers(), 0u);
}

TEST_F(RuntimeTest, DrainFinishesWhatHasBegunAndRefusesWhatIsNew) {
  for (const char* text : {"hi", "Ada", "Lovelace", "ada@example.com", "1990-12-10", "London"}) {
    ASSERT_TRUE(converse(from("ada", text, text)));
  }
  std::string said;
  bool idle = false;
  runtime_->converse(from("ada", "last", "Linux"), [&](auto answer) {
    said = answer ? answer->messages.back().content.text : answer.error().message;
  });
  run_for(8);
  runtime_->drain([&] { idle = true; });
  run_for(1'000);
  EXPECT_TRUE(idle);
  EXPECT_NE(said.find("Thanks Ada"), std::string::npos) << said;
  EXPECT_EQ(converse(from("eve", "1", "hi")).error().code, Code::unavailable);
}

TEST_F(RuntimeTest, KeepsAChatOnTheVersionItBeganWith) {
  converse(from("ada", "1", "hi"));
  auto newer = std::make_shared<flow::Program>(testing_support::load_example());
  newer->hash = "newer";
  std::get<flow::DialogNode>(newer->nodes.at(20).does).messages[0][0] =
      flow::parse_template("NEW last name?");
  solutions_.deploy(runtime::make_solution(newer));
  EXPECT_EQ(converse(from("ada", "2", "Ada"))->messages.back().content.text.find("NEW"),
            std::string::npos);
  converse(from("bob", "1", "hi"));
  EXPECT_NE(converse(from("bob", "2", "Bob"))->messages.back().content.text.find("NEW"),
            std::string::npos);
}

TEST_F(RuntimeTest, GoesOnWithTheSurveyOnceAChatIsComplete) {
  const auto compile = [](const std::string& name, const std::string& more,
                          const std::string& question) {
    auto compiled = flow::compile(
        {{"solution.yaml", "name: " + name + "\n" + more},
         {"flows/main.flow.yaml", "nodes:\n  ask:\n    ask: " + question +
                                      "\n    variable: IT\n  bye:\n    say: Bye from " + name +
                                      "\n    end: true\n"}},
        {{name}, {}, {}});
    for (const flow::Problem& problem : compiled.problems) ADD_FAILURE() << problem.describe();
    return std::make_shared<const flow::Program>(std::move(*compiled.program));
  };
  const auto shop =
      runtime::make_solution(compile("Shop", "survey: Rating\n", "What do you want?"));
  solutions_.deploy(shop);
  solutions_.deploy(runtime::make_solution(compile("Rating", "", "How was it?")));
  const auto say = [&](const std::string& id, const std::string& text) {
    auto request = from("zoe", id, text);
    request.begin->app = shop.app_id;
    std::string all;
    const auto answer = converse(std::move(request));
    for (const auto& message : answer->messages) all += message.content.text + "|";
    return all;
  };
  EXPECT_EQ(say("1", "hi"), "What do you want?|");
  EXPECT_EQ(say("2", "a lamp"), "Bye from Shop|How was it?|");
  EXPECT_EQ(say("3", "fine"), "Bye from Rating|");
}

}  // namespace
}  // namespace millrace
