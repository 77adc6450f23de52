#include "runtime/lane/timers.hpp"

#include <gtest/gtest.h>

namespace millrace::runtime {
namespace {

base::Id id_of(int i) {
  return base::Id::derived("consumer", std::to_string(i));
}

TEST(RuntimeTimers, AConsumerHasOneAndTheLastOneSetHolds) {
  Timers timers;
  timers.set(id_of(1), 500, {50});
  timers.set(id_of(1), 100, {10});
  timers.set(id_of(2), 200, {20});
  EXPECT_EQ(timers.size(), 2u);
  EXPECT_EQ(timers.next_ms(), 100);
  EXPECT_FALSE(timers.take_due(99));
  auto due = timers.take_due(1'000);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->consumer, id_of(1));
  EXPECT_EQ(due->at, base::Timestamp{10});
  EXPECT_EQ(timers.take_due(1'000)->consumer, id_of(2));
  EXPECT_FALSE(timers.take_due(1'000));
  EXPECT_FALSE(timers.next_ms());
}

TEST(RuntimeTimers, WhatIsForgottenNeverFallsDue) {
  Timers timers;
  timers.set(id_of(1), 100, {10});
  timers.forget(id_of(1));
  timers.forget(id_of(2));
  EXPECT_FALSE(timers.has(id_of(1)));
  EXPECT_FALSE(timers.take_due(1'000));
}

TEST(RuntimeTimers, ThoseOfOneMomentAllFallDue) {
  Timers timers;
  for (int i = 0; i < 100; ++i) timers.set(id_of(i), 7, {i});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(timers.take_due(7));
  EXPECT_EQ(timers.size(), 0u);
}

}  // namespace
}  // namespace millrace::runtime
