// What a webhook's receiver is sent, and what its answers mean for the row and the target.
#include <gtest/gtest.h>

#include "delivery/pipe.hpp"
#include "delivery/webhook/address.hpp"
#include "delivery/webhook/codec.hpp"
#include "delivery/webhook/kind.hpp"
#include "delivery/webhook/signature.hpp"

namespace millrace::delivery::webhook {
namespace {

using Kind = web::OutboundAnswer::Kind;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kOther = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

Row row_of(int64_t id, const std::string& consumer) {
  Row row;
  row.id = id;
  row.key = "k" + std::to_string(id);
  row.consumer = base::Id::derived("consumer", consumer);
  row.kind = "webhook.event";
  row.body = R"({"type":"event.tracked"})";
  return row;
}

class DeliveryWebhook : public testing::Test {
 protected:
  DeliveryWebhook() { use({kSecret}); }
  void use(std::vector<std::string> secrets) {
    ASSERT_TRUE(pipe_.set({{"url", {"https://crm.example.com/in"}}, {"secret", secrets}}));
  }
  std::vector<Sending> all() {
    std::vector<Sending> out;
    while (auto sending = pipe_.next(now_)) out.push_back(std::move(*sending));
    return out;
  }
  void answer(const Sending& sending, int status, std::vector<web::Header> headers = {}) {
    pipe_.answered(sending.number, {Kind::answered, {status, std::move(headers), "oops"}, ""}, now_,
                   7);
    read_effects();
  }
  void read_effects() {
    for (RowUpdate& update : pipe_.take_effects().updates) states_[update.id] = update.state;
  }
  static std::string header_of(const Sending& sending, std::string_view name) {
    for (const web::Header& one : sending.headers) {
      if (one.name == name) return one.value;
    }
    return "";
  }

  Pipe pipe_{Rules{}, std::make_unique<WebhookCodec>()};
  base::Timestamp now_{1'700'000'000'500};
  std::map<int64_t, State> states_;
};

TEST_F(DeliveryWebhook, SignsAsTheSpecificationsOwnExampleSays) {
  const auto key = key_of(kSecret);
  ASSERT_TRUE(key);
  EXPECT_EQ(signature(std::vector{*key}, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                      R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_F(DeliveryWebhook, RefusesSecretsThatAreNone) {
  for (const char* secret : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                             "whsec_c2hvcnQ=", "whsec_****************************************"}) {
    const auto key = key_of(secret);
    ASSERT_FALSE(key) << secret;
    EXPECT_FALSE(key.error().describe().contains("MfKQ"));
  }
  EXPECT_FALSE(pipe_.set({{"url", {"https://crm.example.com"}}, {"secret", {"plain"}}}));
  EXPECT_FALSE(pipe_.set({{"url", {"https://crm.example.com"}}}));
}

TEST_F(DeliveryWebhook, APostIsOneRowUnderItsKeyAndSignedWithEverySecret) {
  use({kSecret, kOther});
  pipe_.add(row_of(1, "ana"));
  const auto sendings = all();
  ASSERT_EQ(sendings.size(), 1u);
  const Sending& sending = sendings[0];
  EXPECT_EQ(sending.method, "POST");
  EXPECT_EQ(sending.url, "https://crm.example.com/in");
  EXPECT_EQ(sending.body, R"({"type":"event.tracked"})");
  EXPECT_EQ(header_of(sending, "webhook-id"), "k1");
  EXPECT_EQ(header_of(sending, "webhook-timestamp"), "1700000000");
  const std::vector<std::string> keys{*key_of(kSecret), *key_of(kOther)};
  EXPECT_EQ(header_of(sending, "webhook-signature"),
            signature(keys, "k1", 1'700'000'000, sending.body));
  EXPECT_TRUE(sending.counting.empty()) << "the receiver drops repeats: nothing is marked";
  answer(sending, 204);
  EXPECT_EQ(states_[1], State::delivered);
}

TEST_F(DeliveryWebhook, OneConsumersRowsFollowOneAnotherAndOthersDoNotWait) {
  pipe_.add(row_of(1, "ana"));
  pipe_.add(row_of(2, "ana"));
  pipe_.add(row_of(3, "ben"));
  const auto first = all();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(header_of(first[0], "webhook-id"), "k1");
  EXPECT_EQ(header_of(first[1], "webhook-id"), "k3");
  answer(first[0], 500);
  EXPECT_TRUE(all().empty()) << "the second has to wait for the first";
  now_.ms += 60'000;
  auto again = all();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(header_of(again[0], "webhook-id"), "k1");
  answer(again[0], 200);
  again = all();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(header_of(again[0], "webhook-id"), "k2");
}

TEST_F(DeliveryWebhook, MessagesToOneAddressFollowOneAnotherWhoeverStandsBehindIt) {
  const auto message_to = [](int64_t id, const std::string& consumer, const std::string& address) {
    Row row = row_of(id, consumer);
    const Occasion occasion{row.key, row.consumer, base::Id::derived("t", "c"), {0}};
    auto owed = kind().tell(occasion, "message.said", {{"channel", "sms"}, {"address", address}});
    row.kind = owed.kind;
    row.body = json::serialize(owed.body);
    return row;
  };
  pipe_.add(message_to(1, "ana", "+1"));
  pipe_.add(message_to(2, "ben", "+1"));
  pipe_.add(message_to(3, "cem", "+2"));
  const auto first = all();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(header_of(first[0], "webhook-id"), "k1");
  EXPECT_EQ(header_of(first[1], "webhook-id"), "k3");
  answer(first[0], 200);
  EXPECT_EQ(header_of(all().at(0), "webhook-id"), "k2");
}

TEST_F(DeliveryWebhook, StepsOfAHandOverAreSentAsTheyAreOwed) {
  Row row = row_of(1, "ana");
  const Occasion occasion{row.key, row.consumer, base::Id::derived("t", "c"), {1'000}};
  const auto owed = kind().tell(occasion, "handover.asked", {{"skill", "sales"}});
  EXPECT_EQ(owed.kind, "webhook.handover");
  row.kind = owed.kind;
  row.body = json::serialize(owed.body);
  EXPECT_EQ(WebhookCodec().summary(row), "1 handover.asked");
  pipe_.add(std::move(row));
  const auto sent = json::parse_object(all().at(0).body);
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->at("type"), "handover.asked");
  EXPECT_EQ(sent->at("timestamp"), "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(sent->at("data").at("skill"), "sales");
  EXPECT_EQ(json::to_text(sent->at("data").at("chat")), occasion.chat.to_string());
}

TEST_F(DeliveryWebhook, WhatMayHaveArrivedIsSentAgainAsOftenAsItTakes) {
  pipe_.add(row_of(1, "ana"));
  for (int i = 0; i < 100; ++i) {
    const auto sendings = all();
    ASSERT_EQ(sendings.size(), 1u) << i;
    EXPECT_EQ(header_of(sendings[0], "webhook-id"), "k1");
    pipe_.answered(sendings[0].number, {Kind::unknown, {}, "timed out"}, now_, 7);
    read_effects();
    now_.ms += 60'000;
  }
  EXPECT_FALSE(states_.contains(1)) << "neither held nor given up";
  answer(all().at(0), 200);
  EXPECT_EQ(states_[1], State::delivered);
}

TEST_F(DeliveryWebhook, WaitsAsLongAsItIsTold) {
  pipe_.add(row_of(1, "ana"));
  pipe_.add(row_of(2, "ben"));
  auto sendings = all();
  answer(sendings.at(0), 429, {{"Retry-After", "120"}});
  answer(sendings.at(1), 503, {{"retry-after", "240"}});
  now_.ms += 239'000;
  EXPECT_TRUE(all().empty());
  now_.ms += 1'000;
  EXPECT_FALSE(all().empty());
}

TEST_F(DeliveryWebhook, AnyOther4xxIsADeadLetterAndTheNextGoes) {
  pipe_.add(row_of(1, "ana"));
  pipe_.add(row_of(2, "ana"));
  answer(all().at(0), 422);
  EXPECT_EQ(states_[1], State::rejected);
  answer(all().at(0), 200);
  EXPECT_EQ(states_[2], State::delivered);
}

TEST_F(DeliveryWebhook, GoneStopsTheTargetUntilSomebodyResumesIt) {
  pipe_.add(row_of(1, "ana"));
  answer(all().at(0), 410);
  EXPECT_TRUE(pipe_.is_stopped());
  now_.ms += 30 * int64_t{86'400'000};
  EXPECT_TRUE(all().empty()) << "it is not even probed";
  EXPECT_FALSE(states_.contains(1)) << "and kept";
  pipe_.resume();
  answer(all().at(0), 200);
  EXPECT_EQ(states_[1], State::delivered);
}

TEST(DeliveryWebhookAddress, HttpIsForInside) {
  for (const char* good : {"https://crm.example.com/in", "http://127.0.0.1:81/", "http://localhost",
                           "http://172.16.0.9/x", "http://crm.internal:8080", "${env:CRM_URL}",
                           "https://${env:CRM_HOST}/in", "http://[::1]:9/"}) {
    EXPECT_EQ(wrong_with_address(good), "") << good;
  }
  for (const char* bad :
       {"", "http://crm.example.com", "ftp://crm", "https://", "https:///x", "http://172.40.0.9/",
        "http://127.0.0.1.example.com/", "https://user@crm.example.com", "crm.example.com"}) {
    EXPECT_NE(wrong_with_address(bad), "") << bad;
  }
}

TEST(DeliveryWebhookKind, OwesTheEventsThatTheReceiverWants) {
  const Occasion occasion{"c:1:e1",
                          base::Id::derived("t", "consumer"),
                          base::Id::derived("t", "c"),
                          {1'700'000'000'000}};
  json::value known;
  const auto owed = kind().track(occasion, {"signed_up", {{"plan", "gold"}}}, {}, known);
  ASSERT_TRUE(owed);
  EXPECT_EQ(owed->key, "c:1:e1");
  EXPECT_EQ(owed->kind, "webhook.event");
  EXPECT_EQ(owed->body.at("data").at("name"), "signed_up");
  EXPECT_EQ(owed->body.at("data").at("properties").at("plan"), "gold");
  EXPECT_EQ(owed->body.at("timestamp"), "2023-11-14T22:13:20.000Z");
  EXPECT_FALSE(kind().track(occasion, {"other", {}}, {{"events", {"signed_up"}}}, known));
  EXPECT_TRUE(known.is_null());
}

TEST_F(DeliveryWebhook, SendsAnEventOfAChatToTheChatsOwnAddress) {
  Row row = row_of(1, "ada");
  row.kind = kEngagementKind;
  row.body = R"({"url":"https://crm.example.com/in/7","event":{"type":"chat:ready","payload":{}}})";
  pipe_.add(row);
  const auto sent = all();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].url, "https://crm.example.com/in/7");
  EXPECT_EQ(sent[0].body, R"({"type":"chat:ready","payload":{}})");
  EXPECT_FALSE(header_of(sent[0], "webhook-signature").empty());
}

TEST_F(DeliveryWebhook, SendsNoEventOutsideItsUrl) {
  Row row = row_of(1, "ada");
  row.kind = kEngagementKind;
  row.body = R"({"url":"https://evil.example/","event":{"type":"chat:ready"}})";
  pipe_.add(row);
  EXPECT_TRUE(all().empty());
  read_effects();
  EXPECT_EQ(states_[1], State::rejected);
}

TEST(DeliveryWebhookAddress, LiesBelowAnotherOnlyWhenItIsSpelledSo) {
  const std::string base = "https://a.example/in";
  for (const char* url : {"https://a.example/in", "https://a.example/in/", "https://a.example/in/7",
                          "https://a.example/in?x=1"}) {
    EXPECT_TRUE(is_below(url, base)) << url;
  }
  for (const char* url :
       {"https://a.example/", "https://a.example/inner", "http://a.example/in/7",
        "https://a.example.evil/in", "https://b@a.example/in/7", "https://a.example/in/../x",
        "https://a.example/in/%2E%2e/x", "https://a.example/in/%2fx", "https://a.example/in\\x",
        "https://a.example/in/#", "https://a.example/in/ x", "https://a.example/in/\n", ""}) {
    EXPECT_FALSE(is_below(url, base)) << url;
  }
  EXPECT_FALSE(is_below("https://a.example/in&x", "https://a.example/in"));
  EXPECT_FALSE(is_below("https://a.example/in&x=1", "https://a.example/in"));
  EXPECT_TRUE(is_below("https://a.example/in?k=1&x=1", "https://a.example/in?k=1"));
  EXPECT_FALSE(is_below("https://a.example.evil/", "https://a.example"));
  EXPECT_FALSE(is_below("https://a.example:8443/", "https://a.example"));
  EXPECT_TRUE(is_below("https://a.example/x", "https://a.example/"));
}

}  // namespace
}  // namespace millrace::delivery::webhook
