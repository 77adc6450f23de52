#include "listener/seen.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace millrace::listener {
namespace {

constexpr base::Timestamp kNow{.ms = 1'800'000'000'000};

base::Timestamp hours_later(int64_t hours) {
  return {kNow.ms + hours * 3'600'000};
}

TEST(Seen, TellsWhatComesAgain) {
  Seen seen;
  EXPECT_TRUE(seen.add(fingerprint_of("site", "m-1"), kNow));
  EXPECT_FALSE(seen.add(fingerprint_of("site", "m-1"), kNow));
  EXPECT_TRUE(seen.add(fingerprint_of("app", "m-1"), kNow));
  EXPECT_TRUE(seen.add(fingerprint_of("sit", "em-1"), kNow));
}

TEST(Seen, RemembersForADayAtLeastAndForTwoAtMost) {
  for (const int64_t first : {0, 5, 23}) {
    Seen seen;
    seen.add(fingerprint_of("site", "begins the day"), kNow);
    seen.add(fingerprint_of("site", "m"), hours_later(first));
    EXPECT_FALSE(seen.add(fingerprint_of("site", "m"), hours_later(first + 24))) << first;
  }
  Seen seen;
  seen.add(fingerprint_of("site", "m"), kNow);
  seen.add(fingerprint_of("site", "a day later"), hours_later(24));
  seen.add(fingerprint_of("site", "two days later"), hours_later(48));
  EXPECT_TRUE(seen.add(fingerprint_of("site", "m"), hours_later(48)));
}

TEST(Seen, HoldsNoMoreThanTwiceItsBound) {
  Seen seen(/*of_day_max=*/1'000);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(seen.add(fingerprint_of("site", std::to_string(i)), kNow));
    EXPECT_LE(seen.size(), 2'000U);
  }
}

// Beside a set of the library, with fingerprints that often want the same place.
TEST(Seen, AddsAndRemovesAsASetDoes) {
  std::mt19937 random(7);
  FingerprintSet set;
  std::set<uint64_t> oracle;
  for (int step = 0; step < 200'000; ++step) {
    const uint64_t value = random() % 500 + 1;
    const Fingerprint print{.high = value % 20, .low = value};
    if (random() % 2 == 0) {
      EXPECT_EQ(set.add(print), oracle.insert(value).second);
    } else {
      set.remove(print);
      oracle.erase(value);
    }
    ASSERT_EQ(set.size(), oracle.size());
    ASSERT_EQ(set.has(print), oracle.contains(value));
  }
}

}  // namespace
}  // namespace millrace::listener
