// Somebody who asked to be forgotten leaves the sandbox, or whoever asked hears that they did not.
#include <gtest/gtest.h>

#include "tests/support/braze_sandbox.hpp"

namespace millrace::braze {
namespace {

std::string for_user(int user) {
  return R"({"attributes":[{"external_id":"u)" + std::to_string(user) +
         R"(","email":"a@ex.com"}]})";
}

TEST(BrazeForgetting, TakesAllListsWithOneClearing) {
  Bench bench;
  for (int user = 1; user <= 3; ++user) bench.track(for_user(user));
  const std::vector<json::object> deleted{{{"external_ids", json::array{"u1"}}},
                                          {{"external_ids", json::array{"u2", "nobody"}}}};
  ASSERT_TRUE(bench.sandbox->forget(deleted));
  EXPECT_EQ(bench.log.clearings, 1U);
  EXPECT_EQ(bench.profiles().size(), 1U);
  EXPECT_EQ(bench.log.records(), 0U);
  EXPECT_FALSE(bench.sandbox->forget({{{"external_ids", json::array{"u3"}}}, {{"names", "x"}}}));
  EXPECT_EQ(bench.profiles().size(), 1U) << "all or none";
}

TEST(BrazeForgetting, SaysThatItFailed) {
  Bench bench;
  bench.track(for_user(1));
  const std::vector<json::object> deleted{{{"external_ids", json::array{"u1"}}}};
  bench.log.fails = true;
  EXPECT_FALSE(bench.sandbox->forget(deleted));
  bench.log.fails = false;
  EXPECT_TRUE(bench.sandbox->forget(deleted));
  EXPECT_TRUE(bench.profiles().empty());
}

}  // namespace
}  // namespace millrace::braze
