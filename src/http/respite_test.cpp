#include "http/respite.hpp"

#include <gtest/gtest.h>

namespace millrace::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTold{1'000};

TEST(HttpRespite, LetsAFewBackAtOnceAndManyOneAfterTheOther) {
  Respite respite;
  const Respite::Time now{std::chrono::hours(1)};
  EXPECT_LE(respite.next(now, kTold), milliseconds(5));
  milliseconds last{0};
  for (int i = 1; i < Respite::kPerSecond / 2; ++i) {
    const auto rest = respite.next(now, kTold);
    EXPECT_GE(rest, last);
    last = rest;
  }
  EXPECT_GE(last, milliseconds(490));
  EXPECT_LE(last, milliseconds(510));
  EXPECT_LE(respite.next(now + milliseconds(600), kTold), milliseconds(5))
      << "those places have passed";
}

TEST(HttpRespite, KeepsNobodyLongerThanTheyWereTold) {
  Respite respite;
  const Respite::Time now{std::chrono::hours(1)};
  for (int i = 0; i < 10 * Respite::kPerSecond; ++i) EXPECT_LE(respite.next(now, kTold), kTold);
  EXPECT_LE(respite.next(now + milliseconds(1'100), kTold), milliseconds(5))
      << "those beyond have taken no place";
}

}  // namespace
}  // namespace millrace::http
