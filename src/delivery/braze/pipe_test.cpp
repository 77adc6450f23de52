// What the pipe puts into requests, and in which order.
#include <gtest/gtest.h>

#include "tests/support/braze_pipe.hpp"

namespace millrace::delivery::braze {
namespace {

TEST(DeliveryPipe, PutsManyUsersIntoOneRequestAndNeverMoreThanTheLimit) {
  PipeBench bench;
  for (int i = 1; i <= 100; ++i) {
    bench.pipe.add(event(i, "u" + std::to_string(i), "seen"));
  }
  const auto sendings = bench.all();
  ASSERT_EQ(sendings.size(), 2u);
  EXPECT_EQ(sendings[0].objects, 75u);
  EXPECT_EQ(sendings[1].objects, 25u);
  EXPECT_EQ(sendings[0].counting.size(), 75u);
  for (const auto& sending : sendings) bench.success(sending);
  for (int i = 1; i <= 100; ++i) EXPECT_EQ(bench.state(i), State::delivered);
  EXPECT_EQ(bench.pipe.rows(), 0u);
}

TEST(DeliveryPipe, ABodyStaysUnderItsLimit) {
  Limits limits;
  limits.bytes_max = 10'000;
  PipeBench bench({}, limits);
  const std::string long_text(3'000, 'x');
  for (int i = 1; i <= 9; ++i) {
    bench.pipe.add(track(i, "u" + std::to_string(i), R"("attributes":{"a":")" + long_text + "\"}"));
  }
  for (const auto& sending : bench.all()) EXPECT_LE(sending.body.size(), 10'000u);
  // What is too large by itself goes by itself.
  PipeBench other({}, limits);
  other.pipe.add(track(1, "u", R"("attributes":{"a":")" + std::string(20'000, 'x') + "\"}"));
  other.answer(other.one(), 413, "<html>");
  EXPECT_EQ(other.state(1), State::rejected);
}

TEST(DeliveryPipe, WritesIdentifiersOptionsAndDeliveryIds) {
  PipeBench bench;
  bench.pipe.add(track(5, "u", R"("options":{"_update_existing_only":true},
    "attributes":{"city":"Porto"},"events":[{"name":"e","time":"t","properties":{"x":1}}],
    "purchases":[{"product_id":"p","currency":"EUR","price":1,"time":"t"}])"));
  EXPECT_EQ(bench.one().body,
            R"({"attributes":[{"external_id":"u","_update_existing_only":true,"city":"Porto"}],)"
            R"("events":[{"external_id":"u","_update_existing_only":true,"name":"e","time":"t",)"
            R"("properties":{"x":1,"delivery_id":"k5#1"}}],)"
            R"("purchases":[{"external_id":"u","_update_existing_only":true,"product_id":"p",)"
            R"("currency":"EUR","price":1,"time":"t","properties":{"delivery_id":"k5#2"}}]})");
}

TEST(DeliveryPipe, JoinsAUsersAttributesAndTheLastOneWins) {
  PipeBench bench;
  bench.pipe.add(attribute(1, "u", "a", 1));
  bench.pipe.add(attribute(2, "u", "b", 2));
  bench.pipe.add(attribute(3, "u", "a", 3));
  const auto sending = bench.one();
  EXPECT_EQ(sending.body, R"({"attributes":[{"external_id":"u","a":3,"b":2}]})");
  EXPECT_TRUE(sending.counting.empty());
  bench.success(sending);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(bench.state(i), State::delivered);
}

TEST(DeliveryPipe, OperationsOnOneAttributeAreNotJoined) {
  PipeBench bench;
  bench.pipe.add(track(1, "u", R"("attributes":{"n":{"inc":1}})"));
  bench.pipe.add(track(2, "u", R"("attributes":{"n":{"inc":1}})"));
  bench.pipe.add(track(3, "u", R"("attributes":{"o":{"a":1},"_merge_objects":true})"));
  for (int i = 1; i <= 3; ++i) {
    const auto sending = bench.one();
    EXPECT_EQ(sending.objects, 1u);
    bench.success(sending);
    EXPECT_EQ(bench.state(i), State::delivered);
  }
}

TEST(DeliveryPipe, AttributesDoNotOvertakeAnEventBetweenThem) {
  PipeBench bench;
  bench.pipe.add(attribute(1, "u", "a", 1));
  bench.pipe.add(event(2, "u", "between"));
  bench.pipe.add(attribute(3, "u", "a", 2));
  const auto first = bench.one();
  EXPECT_TRUE(first.body.contains("\"a\":1"));
  EXPECT_TRUE(first.body.contains("between"));
  bench.success(first);
  EXPECT_EQ(bench.one().body, R"({"attributes":[{"external_id":"u","a":2}]})");
}

TEST(DeliveryPipe, OneRequestOfAUserIsUnderWayAtATime) {
  PipeBench bench;
  bench.pipe.add(attribute(1, "u", "a", 1));
  const auto first = bench.one();
  bench.pipe.add(event(2, "u", "later"));
  // The same person as another consumer, and that consumer under another name.
  bench.pipe.add(track(3, "u", R"("attributes":{"b":1})", "other consumer"));
  bench.pipe.add(track(4, "v", R"("attributes":{"b":1})", "other consumer"));
  EXPECT_TRUE(bench.all().empty());
  bench.pipe.add(event(5, "w", "free"));
  EXPECT_EQ(bench.one().objects, 1u);
  bench.success(first);
  bench.play();
  EXPECT_EQ(bench.state(4), State::delivered);
}

TEST(DeliveryPipe, IdentifyIsABarrierInItsConsumersOrder) {
  PipeBench bench;
  Row before = track(1, "x", R"("events":[{"name":"before","time":"t"}])", "c");
  before.body = R"({"user":{"user_alias":{"alias_name":"n","alias_label":"l"}},
    "events":[{"name":"before","time":"t"}]})";
  Row identify = track(2, "x", "", "c");
  identify.kind = "braze.identify";
  identify.body = R"({"external_id":"x","user_alias":{"alias_name":"n","alias_label":"l"}})";
  bench.pipe.add(before);
  bench.pipe.add(identify);
  bench.pipe.add(track(3, "x", R"("events":[{"name":"after","time":"t"}])", "c"));
  const auto first = bench.one();
  EXPECT_TRUE(first.body.contains("before"));
  bench.success(first);
  const auto second = bench.one();
  EXPECT_EQ(second.url, "/users/identify");
  EXPECT_EQ(second.body, R"({"aliases_to_identify":[{"external_id":"x","user_alias":)"
                         R"({"alias_name":"n","alias_label":"l"}}]})");
  bench.success(second);
  EXPECT_TRUE(bench.one().body.contains("after"));
}

TEST(DeliveryPipe, ACallStandsAloneAndItsAnswerIsKept) {
  PipeBench bench;
  Row call = track(1, "u", "");
  call.kind = "braze.call";
  call.body = R"({"method":"POST","path":"/canvas/trigger/send","body":{"canvas_id":"c"},
    "query":{"a b":["1","2"]}})";
  bench.pipe.add(call);
  bench.pipe.add(event(2, "v", "e"));
  const auto sendings = bench.all();
  ASSERT_EQ(sendings.size(), 2u);
  EXPECT_EQ(sendings[0].url, "/canvas/trigger/send?a%20b=1&a%20b=2");
  EXPECT_EQ(sendings[0].body, R"({"canvas_id":"c"})");
  bench.answer(sendings[0], 201, R"({"message":"success","dispatch_id":"d"})");
  const auto outcome = outcome_of(bench.state(1), bench.progress[1]);
  EXPECT_EQ(outcome.at("outcome").as_string(), "delivered");
  EXPECT_EQ(outcome.at("answer").at("dispatch_id").as_string(), "d");
}

TEST(DeliveryPipe, WhatCanNeverBeSentIsADeadLetterAtOnce) {
  PipeBench bench;
  Row row = track(1, "u", "");
  for (const char* body : {"", "[]", "{}", R"({"user":{"external_id":""}})",
                           R"({"user":{"user_alias":{"alias_name":"half"}}})",
                           R"({"user":{"external_id":"u"},"events":{}})",
                           R"({"user":{"external_id":"u"},"events":[1]})"}) {
    row.body = body;
    ++row.id;
    bench.pipe.add(row);
    bench.read_effects();
    EXPECT_EQ(bench.state(row.id), State::rejected) << body;
  }
  row.kind = "braze.call";
  for (const char* path : {"", "/", "//host/x", "/a b", "/a/../b", "http://x/"}) {
    row.body = json::serialize(json::object{{"path", path}});
    ++row.id;
    bench.pipe.add(row);
    bench.read_effects();
    EXPECT_EQ(bench.state(row.id), State::rejected) << path;
  }
  EXPECT_TRUE(bench.all().empty());
}

TEST(DeliveryPipe, LeavesOutWhatHasNotChangedButNeverAnOperation) {
  PipeBench bench;
  bench.pipe.add(track(1, "u", R"("attributes":{"a":1,"b":2,"n":{"inc":1},"l":{"add":["x"]}})"));
  bench.play();
  bench.pipe.add(track(2, "u", R"("attributes":{"a":1,"b":3,"n":{"inc":1},"l":{"add":["x"]}})"));
  EXPECT_EQ(bench.one().body,
            R"({"attributes":[{"external_id":"u","b":3,"n":{"inc":1},"l":{"add":["x"]}}]})");
}

TEST(DeliveryPipe, ARowOfWhichNothingHasChangedNeedsNoRequest) {
  PipeBench bench;
  bench.pipe.add(attribute(1, "w", "a", 1));
  bench.play();
  bench.pipe.add(attribute(2, "w", "a", 1));
  bench.play();
  EXPECT_EQ(bench.state(2), State::delivered);
  EXPECT_EQ(bench.braze.requests, 1u);
  // After a while it is not believed any more: others write to the profile, too.
  bench.now.ms += Limits().unchanged_for_ms;
  bench.pipe.add(attribute(3, "w", "a", 1));
  EXPECT_EQ(bench.one().objects, 1u);
}

TEST(DeliveryPipe, ARowOfManyObjectsGoesInSeveralRequestsInOrder) {
  PipeBench bench;
  std::string events;
  for (int i = 0; i < 200; ++i) {
    events += i == 0 ? "" : ",";
    events += R"({"name":"e)" + std::to_string(i) + R"(","time":"t"})";
  }
  bench.pipe.add(track(1, "u", R"("attributes":{"a":1},"events":[)" + events + "]"));
  bench.play();
  EXPECT_EQ(bench.state(1), State::delivered);
  EXPECT_EQ(bench.braze.requests, 3u);
  ASSERT_EQ(bench.braze.events["u"].size(), 200u);
  EXPECT_EQ(bench.braze.events["u"][199], "e199");
}

TEST(DeliveryPipe, DroppedRowsAreNotSent) {
  PipeBench bench;
  bench.pipe.add(event(1, "u", "first"));
  const auto sending = bench.one();
  bench.pipe.add(event(2, "u", "second"));
  bench.pipe.drop(event(2, "u", "second"));
  bench.pipe.drop(event(1, "u", "first"));  // under way: it is not sent again
  bench.answer(sending, 503, "");
  bench.now.ms += 60'000;
  EXPECT_TRUE(bench.all().empty());
  EXPECT_EQ(bench.state(1), State::dropped);
  EXPECT_EQ(bench.state(2), State::dropped);
  EXPECT_EQ(bench.pipe.rows(), 0u);
}

}  // namespace
}  // namespace millrace::delivery::braze
