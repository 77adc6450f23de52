// That a consumer writes, as those hear it who listen to the chat.
#include "runtime/typing.hpp"

#include <gtest/gtest.h>

#include "tests/example.hpp"
#include "tests/simulation/calm_world.hpp"

namespace millrace {
namespace {

class Listening final : public runtime::Subscriber {
 public:
  void said(const std::vector<runtime::ChatMessage>&) override {}
  void started() override {}
  void typing(bool) override {}
  void consumer_typing(bool is_typing) override { heard += is_typing ? "types " : "rests "; }
  void ended(std::string_view) override {}
  void lost() override {}
  std::string heard;
};

class RuntimeTyping : public simulation::CalmWorld {
 protected:
  RuntimeTyping() {
    static const auto program =
        std::make_shared<const flow::Program>(testing_support::load_example());
    solutions_.deploy(runtime::make_solution(program));
    restart();
  }

  runtime::Session open() {
    return *await<runtime::Session>([&](auto done) {
      runtime_->open_session({solutions_.fallback()->app_id, "pt-BR", {}}, std::move(done));
    });
  }
  std::shared_ptr<Listening> subscribe(const runtime::Session& session) {
    auto listening = std::make_shared<Listening>();
    EXPECT_TRUE(await<dialog::Phase>([&](auto done) {
      runtime_->subscribe(session.consumer, session.chat, listening, std::move(done));
    }));
    return listening;
  }
};

TEST_F(RuntimeTyping, IsToldToWhoListensToTheChatButNotToWhomItCameThrough) {
  const auto session = open();
  const auto first = subscribe(session);
  const auto second = subscribe(session);
  const auto elsewhere = subscribe(open());
  runtime_->type(session.consumer, session.chat, true, first);
  run_for(10);
  runtime_->type(session.consumer, session.chat, false);
  runtime_->type(session.consumer, base::Id::derived("chat", "none"), true);
  runtime_->type(base::Id::derived("consumer", "none"), session.chat, true);
  run_for(10);
  EXPECT_EQ(first->heard, "rests ");
  EXPECT_EQ(second->heard, "types rests ");
  EXPECT_EQ(elsewhere->heard, "");
}

TEST(RuntimeTypingNews, IsTheLastWordOfEachChatOnceAndForgottenWhereNobodyTakesIt) {
  runtime::Typing typing;
  const auto ada = base::Id::derived("chat", "ada");
  typing.note(ada, true);
  typing.note(ada, false);
  EXPECT_EQ(typing.take(), (runtime::Typing::Chats{{ada, false}}));
  EXPECT_TRUE(typing.take().empty());
  for (size_t i = 0; i < 2 * runtime::Typing::kChatsMax; ++i) {
    typing.note(base::Id::derived("chat", std::to_string(i)), true);
  }
  EXPECT_EQ(typing.take().size(), runtime::Typing::kChatsMax);
}

}  // namespace
}  // namespace millrace
