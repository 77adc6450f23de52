#include <gtest/gtest.h>

#include "base/resilience/backoff.hpp"
#include "base/resilience/breaker.hpp"

namespace millrace::base {
namespace {

TEST(BaseBackoff, WidestWaitDoublesUpToTheCap) {
  const Backoff backoff{200, 1'000};
  EXPECT_EQ(wait_ms(backoff, 1, 200), 200);
  EXPECT_EQ(wait_ms(backoff, 1, 201), 0);
  EXPECT_EQ(wait_ms(backoff, 2, 400), 400);
  EXPECT_EQ(wait_ms(backoff, 3, 800), 800);
  EXPECT_EQ(wait_ms(backoff, 4, 1'000), 1'000);
  EXPECT_EQ(wait_ms(backoff, 1'000'000, 1'001), 0);
  EXPECT_EQ(wait_ms({0, 0}, 3, 77), 0);
}

TEST(BaseBreaker, OpensAtTheShareOfFailuresAndProbesOnceAtATime) {
  Breaker breaker({50, 4, 10'000, 5'000});
  for (int i = 0; i < 2; ++i) breaker.report({1'000}, true);
  breaker.report({1'000}, false);
  EXPECT_TRUE(breaker.allow({1'000}));
  breaker.report({1'000}, false);
  EXPECT_FALSE(breaker.allow({1'001}));
  EXPECT_EQ(breaker.state({1'001}), Breaker::State::open);
  EXPECT_TRUE(breaker.allow({6'000}));
  EXPECT_FALSE(breaker.allow({6'000}));
  breaker.report({6'100}, false);
  EXPECT_FALSE(breaker.allow({11'000}));
  EXPECT_TRUE(breaker.allow({11'100}));
  breaker.report({11'200}, true);
  EXPECT_TRUE(breaker.allow({11'200}));
  EXPECT_EQ(breaker.state({11'200}), Breaker::State::closed);
}

TEST(BaseBreaker, ForgetsWhatIsOlderThanItsWindow) {
  Breaker breaker({50, 4, 10'000, 5'000});
  for (int i = 0; i < 3; ++i) breaker.report({0}, false);
  breaker.report({10'001}, false);
  EXPECT_TRUE(breaker.allow({10'001}));
}

TEST(BaseBreaker, OutcomeOfAnAttemptBegunBeforeItOpenedDoesNotCloseIt) {
  Breaker breaker({50, 1, 10'000, 5'000});
  breaker.report({0}, false);
  breaker.report({1}, true);
  EXPECT_FALSE(breaker.allow({2}));
}

}  // namespace
}  // namespace millrace::base
