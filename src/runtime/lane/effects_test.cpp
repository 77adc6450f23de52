// Who receives what a turn wants.
#include "runtime/lane/effects.hpp"

#include <gtest/gtest.h>

#include "delivery/webhook/kind.hpp"

namespace millrace::runtime {
namespace {

using Step = dialog::HandOver::Step;

constexpr base::Timestamp kNow{1'735'689'600'000};

flow::Program program() {
  flow::Program out;
  out.solution = "hotel";
  out.receivers["webhook:gateway"].kind = &delivery::webhook::kind();
  out.receivers["webhook:desk"].kind = &delivery::webhook::kind();
  out.pushed["sms"] = "webhook:gateway";
  out.pushed["kiosk"] = "webhook:gateway";
  out.hand_overs = "webhook:desk";
  return out;
}

dialog::Turn turn_on(std::string channel) {
  dialog::Turn turn;
  turn.state.chat = base::Id::derived("chat", "1");
  turn.state.consumer = base::Id::derived("consumer", "1");
  turn.state.environment = "live";
  turn.state.channel = std::move(channel);
  turn.state.address = "+44 20 7946 0958";
  turn.state.turn = 5;
  return turn;
}

// As a reminder, or an agent, says it: in answer to nothing of the consumer's.
dialog::Turn saying_on(std::string channel) {
  dialog::Turn turn = turn_on(std::move(channel));
  turn.effects.emplace_back(dialog::Say{7, {.text = "Still there?"}, 3, "", "", ""});
  turn.effects.emplace_back(dialog::Say{8, {.text = "Good day"}, 0, "~agent:1", "a1", "Grace"});
  return turn;
}

const json::object& data_of(const Delivery& row) {
  return row.body.at("data").as_object();
}

TEST(RuntimeEffects, WhatIsSaidOnAChannelWithAReceiverIsOwedWhoeverSaysIt) {
  const auto rows = deliveries_of(saying_on("sms"), program(), kNow);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].receiver, "webhook:gateway");
  EXPECT_EQ(rows[0].kind, "webhook.message");
  EXPECT_EQ(rows[0].solution, "hotel");
  EXPECT_EQ(rows[0].environment, "live");
  EXPECT_EQ(rows[0].body.at("type"), "message.said");
  EXPECT_EQ(rows[0].body.at("timestamp"), "2025-01-01T00:00:00.000Z");
  const json::object& data = data_of(rows[0]);
  EXPECT_EQ(data.at("channel"), "sms");
  EXPECT_EQ(data.at("address"), "+44 20 7946 0958");
  EXPECT_EQ(data.at("sequence"), 7);
  EXPECT_EQ(data.at("messages").at(0).at("text"), "Still there?");
  EXPECT_EQ(json::get_string(data, "chat"), base::Id::derived("chat", "1").to_string());
  EXPECT_FALSE(data.contains("agent"));
  EXPECT_EQ(data_of(rows[1]).at("agent").at("name"), "Grace");
  EXPECT_FALSE(data_of(rows[1]).contains("reply_to"));
  EXPECT_NE(rows[0].key, rows[1].key);
  EXPECT_EQ(rows[0].key, deliveries_of(saying_on("sms"), program(), kNow)[0].key);
}

TEST(RuntimeEffects, WhatIsSaidOnOtherChannelsIsOwedToNobody) {
  for (const char* channel : {"", "rest", "web"}) {
    EXPECT_TRUE(deliveries_of(saying_on(channel), program(), kNow).empty()) << channel;
  }
  flow::Program silent = program();
  silent.pushed.clear();
  EXPECT_TRUE(deliveries_of(saying_on("sms"), silent, kNow).empty());
}

TEST(RuntimeEffects, AMessageIsAsItsChannelCanShowItAndSaysWhatItAnswers) {
  dialog::Message message{.text = "**Which** one?"};
  message.asset.kind = dialog::AssetKind::buttons;
  message.asset.options = {{.label = "Red"}, {.label = "Blue"}};
  const auto shown_on = [&](const char* channel) {
    dialog::Turn turn = turn_on(channel);
    turn.effects.emplace_back(dialog::Say{
        7, message, 3, "m1\x1f" + base::Id::derived("test", "another").to_string(), "", ""});
    const auto rows = deliveries_of(turn, program(), kNow);
    EXPECT_EQ(rows.size(), 1u);
    EXPECT_EQ(data_of(rows.at(0)).at("reply_to"), "m1");
    return data_of(rows.at(0)).at("messages").at(0).as_object();
  };
  EXPECT_EQ(json::serialize(shown_on("kiosk")),
            R"({"text":"**Which** one?","buttons":[{"title":"Red","payload":"Red"},)"
            R"({"title":"Blue","payload":"Blue"}]})")
      << "one that nobody knows has what REST has";
  const json::object sms = shown_on("sms");
  EXPECT_FALSE(sms.contains("buttons"));
  EXPECT_TRUE(json::get_string(sms, "text")->contains("1. Red")) << json::serialize(sms);
}

TEST(RuntimeEffects, EachStepOfAHandOverIsOwedToWhomSolutionYamlNames) {
  dialog::Turn turn = turn_on("web");
  turn.effects.emplace_back(
      dialog::HandOver{Step::unanswered, "front desk", "", "", {kNow.ms - 60'000}, "timeout"});
  turn.effects.emplace_back(dialog::HandOver{Step::asked, "manager", "", "", kNow});
  const auto rows = deliveries_of(turn, program(), kNow);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].receiver, "webhook:desk");
  EXPECT_EQ(rows[0].kind, "webhook.handover");
  EXPECT_EQ(rows[0].body.at("type"), "handover.unanswered");
  EXPECT_EQ(data_of(rows[0]).at("skill"), "front desk");
  EXPECT_EQ(data_of(rows[0]).at("since"), "2024-12-31T23:59:00.000Z");
  EXPECT_EQ(data_of(rows[0]).at("why"), "timeout");
  EXPECT_EQ(rows[1].body.at("type"), "handover.asked");
  EXPECT_FALSE(data_of(rows[1]).contains("why"));
  EXPECT_NE(rows[0].key, rows[1].key);
}

TEST(RuntimeEffects, AHandOverIsOwedToNobodyWhereNobodyIsNamed) {
  flow::Program silent = program();
  silent.hand_overs.clear();
  dialog::Turn turn = turn_on("web");
  turn.effects.emplace_back(dialog::HandOver{Step::asked, "manager", "", "", kNow});
  EXPECT_TRUE(deliveries_of(turn, silent, kNow).empty());
}

}  // namespace
}  // namespace millrace::runtime
