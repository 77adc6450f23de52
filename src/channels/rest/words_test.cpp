#include "channels/rest/words.hpp"

#include <gtest/gtest.h>

namespace millrace::channels {
namespace {

json::object body(std::string_view text) {
  return *json::parse_object(text);
}

TEST(ChannelsRestWords, AreSaidOnTheRestChannelUnlessAnotherIsNamed) {
  const auto plain = read_words(body(R"({"sender": "ada", "message": "hi"})"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->from.sender, "ada");
  EXPECT_EQ(plain->from.channel, "rest");
  EXPECT_EQ(plain->message, "hi");
  EXPECT_EQ(plain->message_id, "");

  const auto named = read_words(body(
      R"({"sender": "1", "message": "", "channel": "sms", "message_id": 17, "locale": "pt-BR"})"));
  ASSERT_TRUE(named);
  EXPECT_EQ(named->from.channel, "sms");
  EXPECT_EQ(named->message_id, "17");
  EXPECT_EQ(named->locale, "pt-BR");
}

TEST(ChannelsRestWords, AreRefusedWithWhatIsWrong) {
  const auto wrong = [](std::string_view text) { return read_words(body(text)).error().message; };
  EXPECT_EQ(wrong(R"({"message": "hi"})"), "sender must be a text of 1 to 256 bytes");
  EXPECT_EQ(wrong(R"({"sender": "", "message": "hi"})"), "sender must be a text of 1 to 256 bytes");
  EXPECT_EQ(wrong(R"({"sender": "ada"})"), "message must be a text");
  EXPECT_EQ(wrong(R"({"sender": "ada", "message": "hi", "channel": []})"),
            "channel must be a text");
  EXPECT_EQ(wrong(R"({"sender": "ada", "message": "hi", "message_id": "~1"})"),
            "message_id must not begin with ~");
  const std::string longest(128, 'i');
  const auto with_id = [](const std::string& id) {
    return read_words({{"sender", "ada"}, {"message", "hi"}, {"message_id", id}});
  };
  EXPECT_TRUE(with_id(longest));
  EXPECT_EQ(with_id(longest + "i").error().message, "message_id is longer than 128 bytes");
}

// The limit is in characters, so that no language gets less.
TEST(ChannelsRestWords, MayHave4096Characters) {
  std::string text;
  for (int i = 0; i < 4096; ++i) text += "é";
  EXPECT_TRUE(read_words({{"sender", "ada"}, {"message", text}}));
  EXPECT_FALSE(read_words({{"sender", "ada"}, {"message", text + "é"}}));
}

TEST(ChannelsRestWords, NameSendersUnderAKey) {
  const auto two = body(R"({"one": {"sender": "ada", "channel": "sms"}, "other": "ada"})");
  const auto one = read_sender_under(two, "one");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->channel, "sms");
  EXPECT_EQ(read_sender_under(two, "other").error().message, "other must be {sender, channel}");
  EXPECT_FALSE(read_sender_under(two, "third"));
}

}  // namespace
}  // namespace millrace::channels
