// What the pipe makes of each end of a request.
#include <gtest/gtest.h>

#include "tests/support/braze_pipe.hpp"

namespace millrace::delivery::braze {
namespace {

using Fault = ModelBraze::Fault;
using Kind = web::OutboundAnswer::Kind;

constexpr const char* kSuccess = R"({"message":"success"})";

std::string_view outcome(const PipeBench& bench, int64_t row) {
  static std::string text;
  text = outcome_of(bench.state(row), bench.progress.at(row)).at("outcome").as_string();
  return text;
}

// One event for each of so many users.
void add_events(PipeBench& bench, int users, const std::string& name) {
  for (int i = 1; i <= users; ++i) bench.pipe.add(event(i, "u" + std::to_string(i), name));
}

TEST(DeliveryPipe, RefusedObjectsAreDeadLettersAndTheRestIsNotSentAgain) {
  PipeBench bench;
  bench.pipe.add(event(1, "u1", "good"));
  bench.pipe.add(event(2, "u2", "bad one"));
  bench.pipe.add(track(3, "u3", R"("events":[{"name":"fine","time":"t"},
    {"name":"bad two","time":"t"}])"));
  bench.play();
  EXPECT_EQ(bench.braze.requests, 1u);
  EXPECT_EQ(bench.state(1), State::delivered);
  EXPECT_EQ(bench.state(2), State::rejected);
  EXPECT_EQ(bench.state(3), State::rejected);
  EXPECT_EQ(outcome(bench, 2), "rejected");
  EXPECT_EQ(outcome(bench, 3), "partial");
  EXPECT_TRUE(bench.progress[2].contains("'name' is not valid"));
}

TEST(DeliveryPipe, JoinedAttributesThatAreRefusedAreTriedApart) {
  PipeBench bench;
  bench.pipe.add(attribute(1, "u", "good", 1));
  bench.pipe.add(attribute(2, "u", "bad", 2));
  bench.pipe.add(attribute(3, "u", "fine", 3));
  bench.pipe.add(event(4, "v", "other"));
  bench.play();
  EXPECT_EQ(bench.state(1), State::delivered);
  EXPECT_EQ(bench.state(2), State::rejected);
  EXPECT_EQ(bench.state(3), State::delivered);
  EXPECT_EQ(bench.braze.attributes["u"].size(), 2u);
}

TEST(DeliveryPipe, AllRefusedInA400AreDeadLetters) {
  PipeBench bench;
  add_events(bench, 5, "bad");
  bench.play();
  EXPECT_EQ(bench.braze.requests, 1u);
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(bench.state(i), State::rejected);
}

TEST(DeliveryPipe, AnUnexplained400IsSearchedForWhatSpoilsIt) {
  PipeBench bench;
  add_events(bench, 39, "good");
  bench.pipe.add(event(40, "u40", "poison"));
  for (int i = 41; i <= 75; ++i) {
    bench.pipe.add(event(i, "u" + std::to_string(i), "good"));
  }
  bench.play();
  for (int i = 1; i <= 75; ++i) {
    EXPECT_EQ(bench.state(i), i == 40 ? State::rejected : State::delivered) << i;
  }
  EXPECT_LE(bench.braze.requests, 17u);
}

TEST(DeliveryPipe, ATargetThatRefusesEverythingGetsABoundedNumberOfRequests) {
  PipeBench bench;
  add_events(bench, 75, "poison");
  bench.play();
  EXPECT_LE(bench.braze.requests, 2u * 17u);
  for (int i = 1; i <= 75; ++i) EXPECT_EQ(bench.state(i), State::rejected);
}

TEST(DeliveryPipe, TooLargeIsSplitDownToTheOneThatIs) {
  PipeBench bench;
  add_events(bench, 8, "e");
  size_t requests = 0;
  for (auto sendings = bench.all(); !sendings.empty(); sendings = bench.all()) {
    for (const auto& sending : sendings) {
      ++requests;
      const bool is_huge = sending.body.contains("\"u3\"");
      bench.answer(sending, is_huge ? 413 : 201, is_huge ? "<html>" : kSuccess);
    }
  }
  for (int i = 1; i <= 8; ++i) {
    EXPECT_EQ(bench.state(i), i == 3 ? State::rejected : State::delivered) << i;
  }
  EXPECT_EQ(requests, 7u);
}

TEST(DeliveryPipe, AConfigurationErrorStopsItKeepsTheQueueAndProbesSlowly) {
  PipeBench bench;
  add_events(bench, 10, "e");
  bench.answer(bench.one(), 401, R"({"message":"Invalid API key: SECRET-KEY"})");
  EXPECT_TRUE(bench.pipe.is_stopped());
  ASSERT_EQ(bench.notices.size(), 1u);
  EXPECT_FALSE(bench.notices[0].text.contains("SECRET-KEY"));
  EXPECT_TRUE(bench.all().empty());
  EXPECT_EQ(bench.pipe.rows(), 10u);
  EXPECT_EQ(bench.pipe.wake_at(bench.now).ms, bench.now.ms + Rules().probe_ms);
  bench.now.ms += Rules().probe_ms;
  bench.answer(bench.one(), 401, "");
  EXPECT_TRUE(bench.all().empty());
  bench.pipe.resume();
  bench.play();
  for (int i = 1; i <= 10; ++i) EXPECT_EQ(bench.state(i), State::delivered);
}

TEST(DeliveryPipe, ACallsWrongPathStopsOnlyTheCall) {
  PipeBench bench;
  Row call = track(1, "u", "");
  call.kind = "braze.call";
  call.body = R"({"path":"/no/such","body":{}})";
  bench.pipe.add(call);
  bench.answer(bench.one(), 404, R"({"message":"Invalid URL"})");
  EXPECT_FALSE(bench.pipe.is_stopped());
  EXPECT_EQ(bench.state(1), State::rejected);
  EXPECT_EQ(outcome(bench, 1), "config_error");
}

TEST(DeliveryPipe, AnUnknownOutcomeHoldsEventsAndSendsAttributesAgain) {
  PipeBench bench;
  const std::string parts = R"("attributes":{"a":1,"n":{"inc":1}},
    "events":[{"name":"e","time":"t"}])";
  bench.pipe.add(track(1, "u", parts));
  bench.pipe.add(attribute(2, "v", "a", 1));
  const auto sending = bench.one();
  EXPECT_EQ(sending.counting, (std::vector<ObjectRef>{{1, 0}, {1, 1}}));
  bench.finish(sending, {Kind::unknown, {}, "reset"});
  EXPECT_EQ(bench.state(1), State::waiting);
  bench.now.ms += 60'000;
  const auto again = bench.one();
  EXPECT_EQ(again.body, R"({"attributes":[{"external_id":"u","a":1},{"external_id":"v","a":1}]})");
  EXPECT_TRUE(again.counting.empty());
  bench.success(again);
  EXPECT_EQ(bench.state(1), State::held);
  EXPECT_EQ(bench.state(2), State::delivered);
  EXPECT_EQ(outcome(bench, 1), "unknown");
  // A person decides that it is to be sent again: what counts, and only that, flagged.
  Row row = track(1, "u", parts);
  row.progress = bench.progress[1];
  bench.pipe.retry(row);
  const auto decided = bench.one();
  EXPECT_TRUE(decided.body.starts_with(R"({"attributes":[{"external_id":"u","n":{"inc":1}}])"));
  EXPECT_TRUE(decided.body.contains("\"e\""));
  bench.success(decided);
  EXPECT_EQ(bench.state(1), State::delivered);
  EXPECT_TRUE(outcome_of(State::delivered, bench.progress[1]).contains("possible_duplicates"));
}

TEST(DeliveryPipe, WhereToldToItSendsTheUnknownAgainAndFlagsIt) {
  Rules rules;
  rules.ambiguous = Ambiguous::resend;
  PipeBench bench(rules);
  bench.pipe.add(event(1, "u", "e"));
  bench.finish(bench.one(), {Kind::unknown, {}, "reset"});
  EXPECT_TRUE(bench.progress[1].contains("\"twice\":[0]"));  // on record before it leaves again
  bench.now.ms += 60'000;
  bench.play();
  EXPECT_EQ(bench.state(1), State::delivered);
  EXPECT_TRUE(outcome_of(State::delivered, bench.progress[1]).contains("possible_duplicates"));
}

TEST(DeliveryPipe, WhatWasUnderWayAtACrashMayHaveHappened) {
  PipeBench bench;
  Row row = track(1, "u", R"("events":[{"name":"a","time":"t"},{"name":"b","time":"t"}])");
  bench.pipe.suppose_sent(row, {{1, 0}, {1, 77}});
  bench.read_effects();
  row.progress = bench.progress[1];
  bench.pipe.add(row);
  const auto sending = bench.one();
  EXPECT_FALSE(sending.body.contains("\"a\""));
  bench.success(sending);
  EXPECT_EQ(bench.state(1), State::held);
}

TEST(DeliveryPipe, AnOddAnswerNeverRepeatsEventsForEver) {
  Rules rules;
  rules.ambiguous = Ambiguous::resend;
  rules.ambiguous_max = 3;
  PipeBench bench(rules);
  bench.pipe.add(event(1, "u", "e"));
  for (int i = 0; i < 100 && bench.state(1) == State::waiting; ++i) {
    bench.play(Fault::odd_body);
    bench.now.ms += 60'000;
  }
  EXPECT_EQ(bench.state(1), State::held);
  EXPECT_EQ(bench.braze.requests, 4u);
}

TEST(DeliveryPipe, KeepsToTheWindowThatRateLimitsName) {
  Rules rules;
  rules.flights_max = 4;
  PipeBench bench(rules);
  add_events(bench, 400, "e");
  const auto reset = std::to_string(bench.now.ms / 1'000 + 3);
  const auto sendings = bench.all();
  ASSERT_EQ(sendings.size(), 4u);
  bench.answer(sendings[0], 201, kSuccess,
               {{"X-RateLimit-Remaining", "4"}, {"X-RateLimit-Reset", reset}});
  EXPECT_EQ(bench.all().size(), 1u);  // three others are under way
  for (size_t i = 1; i < 4; ++i) bench.success(sendings[i]);
  EXPECT_TRUE(bench.all().empty());
  EXPECT_EQ(bench.pipe.wake_at(bench.now).ms, bench.now.ms + 3'000);
  bench.now.ms += 3'000;
  EXPECT_EQ(bench.all().size(), 1u);
}

TEST(DeliveryPipe, WaitsAsLongAsItIsToldButNotForEver) {
  PipeBench bench;
  bench.pipe.add(event(1, "u", "e"));
  bench.answer(bench.one(), 429, "", {{"X-RateLimit-Retry-After", "5"}});
  EXPECT_TRUE(bench.all().empty());
  EXPECT_EQ(bench.pipe.wake_at(bench.now).ms, bench.now.ms + 5'000);
  bench.now.ms += 5'000;
  bench.answer(bench.one(), 429, "", {{"Retry-After", "999999999"}});
  EXPECT_EQ(bench.pipe.wake_at(bench.now).ms, bench.now.ms + Rules().wait_max_ms);
  bench.now.ms += Rules().wait_max_ms;
  bench.answer(bench.one(), 429, "");
  EXPECT_GT(bench.pipe.wake_at(bench.now), bench.now);
  bench.now.ms += Rules().backoff.cap_ms;
  bench.play();
  EXPECT_EQ(bench.state(1), State::delivered);
}

TEST(DeliveryPipe, OneRequestThatAlwaysFailsDoesNotHoldUpTheOthers) {
  PipeBench bench;
  bench.pipe.add(event(1, "u", "breaks the server"));
  int fed = 1;
  for (int round = 0; round < 3'000 && bench.state(1) == State::waiting; ++round) {
    if (round % 10 == 0) {
      ++fed;
      bench.pipe.add(event(fed, "u" + std::to_string(fed), "good"));
    }
    for (const auto& sending : bench.all()) {
      const bool breaks = sending.body.contains("breaks");
      bench.answer(sending, breaks ? 500 : 201, breaks ? "" : kSuccess);
    }
    bench.now.ms += 1'000;
  }
  EXPECT_EQ(bench.state(1), State::rejected);
  EXPECT_GT(fed, 10);
  bench.play();
  for (int i = 2; i <= fed; ++i) EXPECT_EQ(bench.state(i), State::delivered) << i;
}

}  // namespace
}  // namespace millrace::delivery::braze
