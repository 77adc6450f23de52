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

TEST(BrazeForgetting, TakesExportsThatAreReadyOrOnTheirWay) {
  SandboxOptions options;
  options.workspace = {
      {"segments",
       {{"one", {{"name", "One"}, {"filter", {{"custom_attribute", "plan"}, {"equals", "a"}}}}},
        {"two", {{"name", "Two"}, {"filter", {{"custom_attribute", "plan"}, {"equals", "a"}}}}}}}};
  Bench bench(std::move(options));
  bench.track(R"({"attributes":[{"external_id":"u1","plan":"a"}]})");
  const auto begin = [&](const std::string& segment) {
    const auto answer = bench.send(Bench::request(
        "/users/export/segment",
        R"({"segment_id":")" + segment + R"(","fields_to_export":["external_id"]})"));
    const auto said = json::parse_object(answer->body).value_or(json::object());
    const std::string url(json::get_string(said, "url").value_or(""));
    return url.substr(std::min(url.find("/_sandbox"), url.size()));
  };
  const auto run_all = [&] {
    for (auto tasks = std::exchange(bench.lanes.tasks, {}); !tasks.empty();
         tasks = std::exchange(bench.lanes.tasks, {})) {
      for (base::Task& task : tasks) task();
    }
  };
  const std::string ready = begin("one");
  run_all();
  ASSERT_EQ(bench.send(inspect("GET", ready))->status, 200);
  const std::string on_its_way = begin("two");
  ASSERT_TRUE(bench.sandbox->forget({{{"external_ids", json::array{"u1"}}}}));
  run_all();
  EXPECT_EQ(bench.send(inspect("GET", ready))->status, 404);
  EXPECT_EQ(bench.send(inspect("GET", on_its_way))->status, 404);
}

}  // namespace
}  // namespace millrace::braze
