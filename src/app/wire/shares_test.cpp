#include "app/wire/shares.hpp"

#include <gtest/gtest.h>

#include "app/wire/metrics.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::app {
namespace {

using base::Share;
using base::ShareLimit;

TEST(AppShares, AreSetByTheOperator) {
  struct Case {
    const char* text;
    std::optional<ShareLimit> limit;
  };
  for (const Case& one : {Case{"address-sessions=50/s:1000", ShareLimit{50, 1'000}},
                          {"address-sessions=50/s", ShareLimit{50, 500}},
                          {"address-sessions=0.5/s:3", ShareLimit{0.5, 3}},
                          {"address-sessions=0/s:3", ShareLimit{0, 3}},
                          {"address-sessions=512K/s:16M", ShareLimit{524'288, 16'777'216}},
                          {"address-sessions=off", ShareLimit{}},
                          {"address-sessions=50", std::nullopt},
                          {"address-sessions=0/s", std::nullopt},
                          {"address-sessions=-1/s:3", std::nullopt},
                          {"address-sessions=nan/s:3", std::nullopt},
                          {"address-sessions=1/s:0", std::nullopt},
                          {"address-sessions=1/s:x", std::nullopt},
                          {"address-sessions=1e300/s", std::nullopt},
                          {"address-sessions=", std::nullopt},
                          {"address-sessions", std::nullopt},
                          {"sessions=50/s", std::nullopt},
                          {"", std::nullopt}}) {
    ShareLimits limits = default_share_limits();
    const auto done = set_share_limit(limits, one.text);
    EXPECT_EQ(done.has_value(), one.limit.has_value()) << one.text;
    EXPECT_EQ(limits[0], one.limit.value_or(default_share_limits()[0])) << one.text;
  }
}

TEST(AppShares, TellOnceAndCountEachTime) {
  fakes::KeptLog log;
  Metrics metrics;
  ShareLimits limits{};
  limits[static_cast<size_t>(Share::address_sessions)] = {0, 2};
  ServedShares shares(limits, log, metrics);
  int refused = 0;
  for (int i = 0; i < 10; ++i)
    refused += shares.take(Share::address_sessions, "1.2.3.4", 1) ? 1 : 0;
  EXPECT_EQ(refused, 8);
  EXPECT_FALSE(shares.take(Share::address_sessions, "1.2.3.5", 1));
  EXPECT_FALSE(shares.take(Share::address_messages, "1.2.3.4", 1e9));  // there is no limit
  ASSERT_EQ(log.lines().size(), 1u);
  EXPECT_EQ(log.lines().front().find("1.2.3"), std::string::npos);
  EXPECT_NE(metrics.expose().find("millrace_share_refused_total{share=\"address-sessions\"} 8"),
            std::string::npos);
}

}  // namespace
}  // namespace millrace::app
