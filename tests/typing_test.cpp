// That a consumer writes, as those hear it who listen to the chat.
#include "runtime/typing.hpp"

#include <gtest/gtest.h>

#include "tests/simulation/example_world.hpp"

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

using RuntimeTyping = simulation::ExampleWorld;

TEST_F(RuntimeTyping, IsToldToWhoListensToTheChatButNotToWhomItCameThrough) {
  const auto session = open();
  const auto first = subscribe<Listening>(session);
  const auto second = subscribe<Listening>(session);
  const auto elsewhere = subscribe<Listening>(open());
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
