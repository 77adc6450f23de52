// What follows an attempt, decided without a clock or a runner.

#include "calls/attempts.hpp"

#include <gtest/gtest.h>

#include "calls/gate.hpp"

namespace millrace::calls {
namespace {

using Kind = runtime::CallOutcome;

runtime::ActionOutcome outcome(Kind kind, std::string message = "why") {
  return {kind, {}, std::move(message)};
}

runtime::CallPolicy policy(int attempts, std::vector<Kind> retry_on = {}) {
  runtime::CallPolicy policy;
  policy.attempts_max = attempts;
  policy.retry_on = std::move(retry_on);
  return policy;
}

TEST(CallsAttempts, OneIsMadeUnlessThePolicySaysMore) {
  for (const Kind kind : {Kind::returned, Kind::raised, Kind::timed_out, Kind::crashed,
                          Kind::refused, Kind::unknown}) {
    Attempts attempts;
    EXPECT_FALSE(attempts.ended(policy(1, {kind}), outcome(kind))) << runtime::to_string(kind);
  }
}

TEST(CallsAttempts, WhatMayHaveActedIsRepeatedOnlyWhereTheAuthorSaysSoAndAsUncertain) {
  for (const Kind kind : {Kind::raised, Kind::timed_out, Kind::crashed}) {
    Attempts unasked;
    EXPECT_FALSE(unasked.ended(policy(3), outcome(kind)));
    Attempts asked;
    EXPECT_FALSE(asked.is_uncertain());
    EXPECT_TRUE(asked.ended(policy(3, {kind}), outcome(kind)));
    EXPECT_TRUE(asked.is_uncertain());
  }
}

TEST(CallsAttempts, ARefusalNeverRanAndIsRepeatedWithoutDoubt) {
  Attempts attempts;
  const auto asked = policy(3, {Kind::refused});
  EXPECT_TRUE(attempts.ended(asked, outcome(Kind::refused)));
  EXPECT_FALSE(attempts.is_uncertain());
  EXPECT_TRUE(attempts.ended(asked, outcome(Kind::refused)));
  EXPECT_FALSE(attempts.ended(asked, outcome(Kind::refused)));
  EXPECT_FALSE(Attempts().ended(policy(3), outcome(Kind::refused)));
  EXPECT_EQ(attempts.conclude(outcome(Kind::refused)).kind, Kind::refused);
}

TEST(CallsAttempts, ACrashEndsAsUnknownAndATimeOutAsItself) {
  Attempts crashed;
  crashed.ended(policy(1), outcome(Kind::crashed));
  EXPECT_EQ(crashed.conclude(outcome(Kind::crashed)).kind, Kind::unknown);
  Attempts late;
  late.ended(policy(1), outcome(Kind::timed_out));
  EXPECT_EQ(late.conclude(outcome(Kind::timed_out)).kind, Kind::timed_out);
}

TEST(CallsAttempts, ARefusalToRepeatEndsAsTheAttemptBeforeIt) {
  const std::vector<std::pair<Kind, Kind>> ends = {{Kind::raised, Kind::raised},
                                                   {Kind::timed_out, Kind::timed_out},
                                                   {Kind::crashed, Kind::unknown}};
  for (const auto& [first, whole] : ends) {
    for (const Kind second : {Kind::unknown, Kind::refused}) {
      Attempts attempts;
      ASSERT_TRUE(attempts.ended(policy(2, {first}), outcome(first, "it broke")));
      ASSERT_FALSE(attempts.ended(policy(2, {first}), outcome(second, "not repeatable")));
      const auto end = attempts.conclude(outcome(second, "not repeatable"));
      EXPECT_EQ(end.kind, whole);
      EXPECT_EQ(end.message, "it broke; not attempted again: not repeatable");
    }
  }
}

TEST(CallsAttempts, ACallLostByARestartIsUnknownWhenItIsRefused) {
  Attempts attempts(true);
  EXPECT_TRUE(attempts.is_uncertain());
  EXPECT_FALSE(attempts.ended(policy(1), outcome(Kind::refused)));
  EXPECT_EQ(attempts.conclude(outcome(Kind::refused)).kind, Kind::unknown);
  EXPECT_EQ(attempts.conclude(outcome(Kind::returned)).kind, Kind::returned);
}

TEST(CallsRetryBudget, LetsATenthOfTheCallsBeRepetitionsOnceTheSavedOnesAreUsed) {
  RetryBudget budget;
  const base::Timestamp now{1'000};
  int taken = 0;
  for (int call = 0; call < 1'000; ++call) {
    budget.called(now);
    if (budget.take(now)) ++taken;
  }
  EXPECT_GE(taken, 100);
  EXPECT_LE(taken, 110);
}

TEST(CallsRetryBudget, EarnsOneInTenSecondsWithoutAnyCall) {
  RetryBudget budget;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(budget.take({0}));
  EXPECT_FALSE(budget.take({9'000}));
  EXPECT_TRUE(budget.take({10'000}));
  EXPECT_FALSE(budget.take({10'001}));
  // A clock that goes back gives nothing.
  EXPECT_FALSE(budget.take({0}));
}

TEST(CallsGate, LetsSoManyRunAndTheOthersInTheirOrder) {
  auto rules = policy(1);
  rules.concurrency_max = 1;
  Gate gate(rules);
  const base::Timestamp now{0};
  EXPECT_EQ(gate.enter(now, 1, 2), Gate::Entry::go);
  EXPECT_EQ(gate.enter(now, 2, 2), Gate::Entry::wait);
  EXPECT_EQ(gate.enter(now, 3, 2), Gate::Entry::wait);
  EXPECT_EQ(gate.enter(now, 4, 2), Gate::Entry::full);
  EXPECT_FALSE(gate.next(now));
  EXPECT_TRUE(gate.leave(2));
  EXPECT_FALSE(gate.leave(2));
  gate.end(now, 1, Kind::returned, true);
  const auto next = gate.next(now);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->ticket, 3U);
  EXPECT_FALSE(gate.next(now));
}

TEST(CallsGate, OpensWhenTooManyFailAndBelievesTheProbeAlone) {
  auto rules = policy(1);
  rules.breaker = {50, 2, 10'000, 5'000};
  Gate gate(rules);
  for (const Gate::Ticket ticket : {1, 2, 3})
    ASSERT_EQ(gate.enter({0}, ticket, 0), Gate::Entry::go);
  gate.end({0}, 1, Kind::raised, true);
  gate.end({0}, 2, Kind::raised, true);
  EXPECT_TRUE(gate.is_open({1}));
  EXPECT_EQ(gate.enter({1}, 4, 9), Gate::Entry::breaker_open);
  EXPECT_EQ(gate.enter({5'000}, 5, 9), Gate::Entry::go);
  EXPECT_EQ(gate.enter({5'000}, 6, 9), Gate::Entry::breaker_open);
  gate.end({5'001}, 3, Kind::returned, true);  // begun before it opened
  EXPECT_EQ(gate.enter({5'001}, 7, 9), Gate::Entry::breaker_open);
  gate.end({5'002}, 5, Kind::returned, true);
  EXPECT_EQ(gate.enter({5'002}, 8, 9), Gate::Entry::go);
}

TEST(CallsGate, AProbeThatCouldNotBeMadeLeavesItOpen) {
  auto rules = policy(1);
  rules.breaker = {50, 1, 10'000, 5'000};
  Gate gate(rules);
  ASSERT_EQ(gate.enter({0}, 1, 0), Gate::Entry::go);
  gate.end({0}, 1, Kind::timed_out, true);
  ASSERT_EQ(gate.enter({5'000}, 2, 0), Gate::Entry::go);
  gate.end({5'001}, 2, Kind::refused, false);
  EXPECT_EQ(gate.enter({5'002}, 3, 0), Gate::Entry::breaker_open);
  EXPECT_EQ(gate.enter({10'001}, 4, 0), Gate::Entry::go);
}

TEST(CallsGate, ARefusalSaysNothingAboutTheNode) {
  auto rules = policy(1);
  rules.breaker = {50, 1, 10'000, 5'000};
  Gate gate(rules);
  ASSERT_EQ(gate.enter({0}, 1, 0), Gate::Entry::go);
  gate.end({0}, 1, Kind::refused, false);
  EXPECT_FALSE(gate.is_open({1}));
}

TEST(CallsGate, NoBreakerWhereTheRulesAskForNone) {
  auto rules = policy(1);
  rules.breaker.calls_min = 0;
  Gate gate(rules);
  for (Gate::Ticket ticket = 1; ticket < 100; ++ticket) {
    ASSERT_EQ(gate.enter({0}, ticket, 0), Gate::Entry::go);
    gate.end({0}, ticket, Kind::raised, true);
  }
}

}  // namespace
}  // namespace millrace::calls
