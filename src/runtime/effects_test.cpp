// Who receives what a turn wants.
#include "runtime/effects.hpp"

#include <gtest/gtest.h>

namespace millrace::runtime {
namespace {

dialog::Turn turn_on(std::string channel) {
  dialog::Turn turn;
  turn.state.chat = base::Id::derived("chat", "1");
  turn.state.consumer = base::Id::derived("consumer", "1");
  turn.state.channel = std::move(channel);
  turn.state.address = "+44 20 7946 0958";
  // As a reminder, or an agent, says it: in answer to nothing.
  turn.effects.emplace_back(dialog::Say{7, {.text = "Still there?"}, 3, "", "", ""});
  turn.effects.emplace_back(dialog::Say{8, {.text = "Good day"}, 0, "~agent:1", "a1", "Grace"});
  return turn;
}

TEST(RuntimeEffects, WhatIsSaidOnAChannelThatIsPushedToIsOwedWhoeverSaysIt) {
  const auto rows = deliveries_of(turn_on("sms"), nullptr, {"sms"});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].kind, "channel.sms");
  EXPECT_EQ(rows[0].body.at("address"), "+44 20 7946 0958");
  EXPECT_EQ(rows[0].body.at("sequence"), 7);
  EXPECT_EQ(rows[0].body.at("message").at("text"), "Still there?");
  EXPECT_FALSE(rows[0].body.contains("agent"));
  EXPECT_EQ(rows[1].body.at("agent"), json::array({"a1", "Grace"}));
  EXPECT_NE(rows[0].key, rows[1].key);
  EXPECT_EQ(rows[0].key, deliveries_of(turn_on("sms"), nullptr, {"sms"})[0].key);
}

TEST(RuntimeEffects, WhatIsSaidOnOtherChannelsIsNot) {
  for (const char* channel : {"", "rest", "web"}) {
    EXPECT_TRUE(deliveries_of(turn_on(channel), nullptr, {"sms"}).empty()) << channel;
  }
}

}  // namespace
}  // namespace millrace::runtime
