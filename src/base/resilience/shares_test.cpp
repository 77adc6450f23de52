#include "base/resilience/shares.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/resilience/pace.hpp"

namespace millrace::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const ShareTable::Time kStart{seconds(1'000)};

TEST(BaseShares, GiveABurstAndThenARate) {
  ShareTable table({10, 20}, 100);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(table.take("a", 1, kStart)) << i;
  EXPECT_EQ(table.take("a", 1, kStart), 1);
  EXPECT_EQ(table.take("a", 20, kStart), 2);
  EXPECT_FALSE(table.take("b", 1, kStart));  // another's share is another's
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(table.take("a", 1, kStart + seconds(1))) << i;
  EXPECT_TRUE(table.take("a", 1, kStart + seconds(1)));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(table.take("a", 1, kStart + seconds(100))) << i;
  EXPECT_TRUE(table.take("a", 1, kStart + seconds(100)));
}

TEST(BaseShares, TakeNothingWhenTheyRefuse) {
  ShareTable table({1, 10}, 100);
  EXPECT_FALSE(table.take("a", 8, kStart));
  EXPECT_EQ(table.take("a", 5, kStart), 3);
  EXPECT_FALSE(table.take("a", 2, kStart));
}

TEST(BaseShares, GiveWhatIsLargerThanTheBurstToWhoeverHasRested) {
  ShareTable table({1, 10}, 100);
  EXPECT_FALSE(table.take("a", 50, kStart));
  EXPECT_EQ(table.take("a", 50, kStart), 10);
  EXPECT_FALSE(table.take("a", 50, kStart + seconds(10)));
}

TEST(BaseShares, WithoutABurstAreNoLimit) {
  ShareTable table({0, 0}, 100);
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(table.take("a", 1e9, kStart));
  EXPECT_EQ(table.askers(), 0u);
}

TEST(BaseShares, WithoutARateAreHadOnce) {
  ShareTable table({0, 1}, 100);
  EXPECT_FALSE(table.take("a", 1, kStart));
  EXPECT_EQ(table.take("a", 1, kStart + seconds(1'000)), 3'600);
}

TEST(BaseShares, SurviveAClockThatGoesBack) {
  ShareTable table({1, 1}, 100);
  EXPECT_FALSE(table.take("a", 1, kStart + seconds(5)));
  EXPECT_TRUE(table.take("a", 1, kStart));
  EXPECT_TRUE(table.take("a", 1, kStart + seconds(5)));
  EXPECT_FALSE(table.take("a", 1, kStart + seconds(6)));
}

TEST(BaseShares, ForgetTheAskerNotHeardOfForLongest) {
  ShareTable table({0.001, 1}, 3);
  for (const char* who : {"a", "b", "c"}) EXPECT_FALSE(table.take(who, 1, kStart));
  EXPECT_TRUE(table.take("a", 1, kStart));  // heard of again
  EXPECT_FALSE(table.take("d", 1, kStart));
  EXPECT_EQ(table.askers(), 3u);
  EXPECT_TRUE(table.take("a", 1, kStart));
  EXPECT_FALSE(table.take("b", 1, kStart));  // was forgotten
  for (int i = 0; i < 10'000; ++i) (void)table.take(std::to_string(i), 1, kStart);
  EXPECT_EQ(table.askers(), 3u);
}

// Says no to one kind, and remembers what was asked.
struct Grudge final : Shares {
  std::optional<int> take(Share share, std::string_view who, double amount) override {
    asked += std::string(to_string(share)) + " " + std::string(who) + " " +
             std::to_string(static_cast<int>(amount)) + "; ";
    if (share == refused) return 7;
    return std::nullopt;
  }
  std::optional<Share> refused;
  std::string asked;
};

TEST(BaseShares, OfAMessageAreTheAddresssTheConsumersAndTheSolutions) {
  Grudge shares;
  EXPECT_FALSE(take_message(shares, {"1.2.3.4", false, "ada", "hotel", 90}));
  EXPECT_EQ(shares.asked,
            "address-messages 1.2.3.4 1; consumer-messages ada 1; consumer-bytes ada 90; "
            "solution-messages hotel 1; solution-bytes hotel 90; ");
  shares.asked.clear();
  EXPECT_FALSE(take_message(shares, {"127.0.0.1", true, "ada", "", 90}));
  EXPECT_EQ(shares.asked, "consumer-messages ada 1; consumer-bytes ada 90; ");
  for (const Share share :
       {Share::address_messages, Share::consumer_messages, Share::consumer_bytes,
        Share::solution_messages, Share::solution_bytes}) {
    shares.refused = share;
    EXPECT_EQ(take_message(shares, {"1.2.3.4", false, "ada", "hotel", 90}), 7);
  }
}

TEST(BasePace, LetsOneOfAKindThroughAnInterval) {
  Pace pace(milliseconds(100));
  EXPECT_EQ(pace.admit("a", kStart), 0u);
  EXPECT_EQ(pace.admit("b", kStart), 0u);
  EXPECT_FALSE(pace.admit("a", kStart + milliseconds(1)));
  EXPECT_FALSE(pace.admit("a", kStart + milliseconds(99)));
  EXPECT_EQ(pace.admit("a", kStart + milliseconds(100)), 2u);
  EXPECT_EQ(pace.admit("a", kStart + milliseconds(200)), 0u);
  for (int i = 0; i < 1'000; ++i) (void)pace.admit(std::to_string(i), kStart);
  EXPECT_FALSE(pace.admit("new", kStart));
}

}  // namespace
}  // namespace millrace::base
