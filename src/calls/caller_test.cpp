// Whole calls, against a runner that is told how each attempt ends, on a clock that moves when
// told.

#include "tests/support/calls.hpp"

namespace millrace::calls::testing {
namespace {

class CallsCaller : public ::testing::Test {
 protected:
  runtime::ActionCall request(int attempts = 1, std::vector<Kind> retry_on = {}) {
    runtime::ActionCall call;
    call.solution = "Hotel";
    call.version = "v1";
    call.node = "12";
    call.command = "Reserve";
    call.chat_id = "chat-" + std::to_string(++chats_);
    call.idempotency_key = call.chat_id + ":3:1";
    call.payload["name"] = "Ada";
    call.policy.attempts_max = attempts;
    call.policy.retry_on = std::move(retry_on);
    call.policy.backoff = {100, 1'000};
    return call;
  }
  // The place of its outcome in `ends`.
  size_t begin(runtime::ActionCall call) {
    const size_t at = ends.size();
    ends.emplace_back();
    caller->call(std::move(call), [this, at](runtime::ActionOutcome outcome) {
      EXPECT_FALSE(ends[at].has_value()) << "told twice";
      ends[at] = std::move(outcome);
    });
    return at;
  }

  fakes::Clock clock;
  fakes::Lanes lanes{clock};
  fakes::NoChance random;
  fakes::KeptLog log;
  fakes::KeptMeter meter;
  fakes::Runner runner;
  std::deque<std::optional<runtime::ActionOutcome>> ends;
  std::unique_ptr<Caller> caller = std::make_unique<Caller>(
      Caller::Ports{runner, lanes, clock, random, log, meter}, CallerLimits{});

 private:
  int chats_ = 0;
};

TEST_F(CallsCaller, HandsTheCallOnAndItsOutcomeBack) {
  const size_t at = begin(request());
  runtime::ActionOutcome outcome{Kind::returned, {{"success", "true"}}, ""};
  const auto call = runner.end(std::move(outcome));
  EXPECT_EQ(call.payload.at("name"), "Ada");
  EXPECT_EQ(call.attempt, 1);
  EXPECT_FALSE(call.uncertain);
  ASSERT_TRUE(ends[at]);
  EXPECT_EQ(ends[at]->result.at("success"), "true");
  EXPECT_EQ(meter.value("calls_total Hotel Reserve returned"), 1);
}

TEST_F(CallsCaller, MakesFurtherAttemptsUnderTheSameKeyAfterAPause) {
  const size_t at = begin(request(3, {Kind::timed_out}));
  const auto first = runner.end(Kind::timed_out, "stopped at its time limit");
  EXPECT_FALSE(ends[at]);
  EXPECT_TRUE(runner.attempts.empty()) << "not before the pause is over";
  lanes.pass(100);
  const auto second = runner.end(Kind::timed_out, "again");
  lanes.pass(200);
  const auto third = runner.end(Kind::returned);
  for (const auto* call : {&second, &third}) {
    EXPECT_EQ(call->idempotency_key, first.idempotency_key);
    EXPECT_EQ(call->payload, first.payload);
    EXPECT_TRUE(call->uncertain);
  }
  EXPECT_EQ(second.attempt, 2);
  EXPECT_EQ(third.attempt, 3);
  ASSERT_TRUE(ends[at]);
  EXPECT_EQ(ends[at]->kind, Kind::returned);
  EXPECT_EQ(meter.value("call_attempts_total Hotel Reserve timed_out"), 2);
}

TEST_F(CallsCaller, DoesNotRepeatACrashUnaskedAndCallsItUnknown) {
  const size_t at = begin(request(3, {Kind::timed_out}));
  runner.end(Kind::crashed, "the worker ended with signal 9");
  ASSERT_TRUE(ends[at]);
  EXPECT_EQ(ends[at]->kind, Kind::unknown);
  lanes.pass(60'000);
  EXPECT_TRUE(runner.attempts.empty());
}

TEST_F(CallsCaller, RepeatsARefusalAndThenItIsNotUncertain) {
  const size_t at = begin(request(2, {Kind::refused}));
  runner.end(Kind::refused, "too many calls wait for a worker");
  lanes.pass(100);
  EXPECT_FALSE(runner.end(Kind::returned).uncertain);
  ASSERT_TRUE(ends[at]);
}

TEST_F(CallsCaller, KeepsTheDoubtOfACallThatARestartLost) {
  auto lost = request(2, {Kind::refused});
  lost.uncertain = true;
  const size_t at = begin(std::move(lost));
  EXPECT_TRUE(runner.end(Kind::refused).uncertain);
  lanes.pass(100);
  EXPECT_TRUE(runner.end(Kind::refused).uncertain);
  ASSERT_TRUE(ends[at]);
  EXPECT_EQ(ends[at]->kind, Kind::unknown) << "nobody knows what the lost attempt did";
}

TEST_F(CallsCaller, RunsNoMoreAtOnceThanThePolicyAllows) {
  const auto capped = [this] {
    auto call = request();
    call.policy.concurrency_max = 2;
    return call;
  };
  for (int i = 0; i < 5; ++i) begin(capped());
  EXPECT_EQ(runner.attempts.size(), 2U);
  begin(request());  // other rules, another gate
  EXPECT_EQ(runner.attempts.size(), 3U);
  EXPECT_EQ(runner.end(Kind::returned).chat_id, "chat-1");
  EXPECT_EQ(runner.attempts.back().call.chat_id, "chat-3") << "first come, first served";
  while (!runner.attempts.empty()) runner.end(Kind::returned);
  for (const auto& end : ends) EXPECT_TRUE(end);
}

TEST_F(CallsCaller, RefusesWhatWaitsTooLongForItsTurn) {
  auto capped = request();
  capped.policy.concurrency_max = 1;
  begin(capped);
  const size_t second = begin(capped);
  lanes.pass(29'000);
  EXPECT_FALSE(ends[second]);
  lanes.pass(3'000);
  ASSERT_TRUE(ends[second]);
  EXPECT_EQ(ends[second]->kind, Kind::refused);
  EXPECT_EQ(lanes.waiting(), 0U) << "nothing waits, so nothing is watched";
  runner.end(Kind::returned);
  EXPECT_TRUE(runner.attempts.empty());
}

TEST_F(CallsCaller, OpensTheBreakerOfTheNodeThatKeepsFailingAndOfNoOther) {
  for (int i = 0; i < 20; ++i) {
    begin(request());
    runner.end(Kind::raised, "no connection");
  }
  const size_t refused = begin(request());
  ASSERT_TRUE(ends[refused]);
  EXPECT_EQ(ends[refused]->kind, Kind::refused);
  EXPECT_TRUE(ends[refused]->message.contains("circuit breaker of Reserve is open"));
  EXPECT_EQ(meter.value("call_breaker_open Hotel Reserve"), 1);
  auto other = request();
  other.command = "Cancel";
  begin(other);
  EXPECT_EQ(runner.end(Kind::returned).command, "Cancel");

  lanes.pass(5'000);
  begin(request());
  runner.end(Kind::returned);
  EXPECT_EQ(meter.value("call_breaker_open Hotel Reserve"), 0);
  begin(request());
  runner.end(Kind::returned);
}

TEST_F(CallsCaller, EndsAsTheLastAttemptWhenTheBreakerOpensBeforeTheNext) {
  auto call = request(2, {Kind::raised});
  call.policy.breaker = {50, 1, 10'000, 5'000};
  const size_t at = begin(std::move(call));
  runner.end(Kind::raised, "no connection");
  lanes.pass(100);
  ASSERT_TRUE(ends[at]);
  EXPECT_EQ(ends[at]->kind, Kind::raised);
  EXPECT_TRUE(ends[at]->message.starts_with("no connection; not attempted again"));
}

TEST_F(CallsCaller, BoundsRepetitionsToATenthOfTheLoad) {
  int attempts = 0;
  for (int i = 0; i < 500; ++i) {
    auto call = request(5, {Kind::raised});
    call.policy.breaker.calls_min = 0;
    call.policy.backoff = {0, 0};
    begin(std::move(call));
    while (!runner.attempts.empty()) {
      runner.end(Kind::raised, "no connection");
      ++attempts;
      lanes.pass(0);
    }
  }
  EXPECT_LE(attempts, 500 + 50 + 10);
  for (const auto& end : ends) EXPECT_TRUE(end);
}

TEST_F(CallsCaller, AStopRefusesWhatWaitsAndLeavesWhatRunsToTheRunner) {
  auto capped = request(3, {Kind::crashed});
  capped.policy.concurrency_max = 1;
  const size_t runs = begin(capped);
  const size_t waits = begin(capped);
  const size_t pauses = begin(request(3, {Kind::refused}));
  runner.attempts.back().done({Kind::refused, {}, "queue full"});
  runner.attempts.pop_back();
  caller->stop();
  EXPECT_FALSE(ends[runs]);
  EXPECT_EQ(ends[waits].value().kind, Kind::refused);
  EXPECT_EQ(ends[pauses].value().kind, Kind::refused);
  const size_t late = begin(request());
  EXPECT_EQ(ends[late].value().kind, Kind::refused);
  // How the runner ends it stays: the next start makes the call again, as an uncertain one.
  runtime::ActionOutcome killed{Kind::refused, {}, "stopped with the server"};
  runner.end(std::move(killed));
  EXPECT_EQ(ends[runs].value().kind, Kind::refused);
  lanes.pass(60'000);
  EXPECT_TRUE(runner.attempts.empty());
  caller->stop();
}

TEST_F(CallsCaller, GoesWhileTheRunnerStillHasACall) {
  const size_t at = begin(request(3, {Kind::raised}));
  caller.reset();
  runner.end(Kind::raised);
  EXPECT_EQ(ends[at].value().kind, Kind::raised);
}

TEST_F(CallsCaller, ARunnerThatRefusesAtOnceDoesNotGrowTheStack) {
  auto capped = request();
  capped.policy.concurrency_max = 1;
  capped.policy.breaker.calls_min = 0;
  for (int i = 0; i < 1'000; ++i) begin(capped);
  runner.answer = {Kind::refused, {}, "the pool has stopped"};
  runner.end(Kind::returned);
  for (const auto& end : ends) EXPECT_TRUE(end);
}

TEST_F(CallsCaller, GivesOneSolutionHalfOfWhatTheOthersLeave) {
  caller = std::make_unique<Caller>(Caller::Ports{runner, lanes, clock, random, log, meter},
                                    CallerLimits{.calls_max = 4});
  begin(request());
  begin(request());
  const size_t third = begin(request());
  EXPECT_EQ(ends[third].value().kind, Kind::refused);
  runtime::ActionCall others = request();
  others.solution = "another";
  const size_t other = begin(others);
  EXPECT_FALSE(ends[other]) << "one that makes too many calls takes nothing from others";
  EXPECT_EQ(runner.attempts.size(), 3U);
  runner.end(Kind::returned);
  begin(request());
  EXPECT_EQ(runner.attempts.size(), 3U);
}

}  // namespace
}  // namespace millrace::calls::testing
