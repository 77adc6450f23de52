// What is applied some seconds after it was accepted: in the order in which it came, whatever the
// times that chance gives, also after a restart.
#include <gtest/gtest.h>

#include "tests/support/braze_sandbox.hpp"

namespace millrace::braze {
namespace {

SandboxOptions realistic() {
  SandboxOptions options;
  options.apply_delay = ApplyDelay::realistic;
  return options;
}

void ask(Bench& bench, const char* path, std::string body) {
  const auto answer = bench.send(Bench::request(path, std::move(body)));
  EXPECT_LT(answer->status, 300) << path << ": " << answer->body;
}

// An alias, its data, and who it turns out to be; then something of whom it has become.
void tell_a_story(Bench& bench) {
  ask(bench, "/users/alias/new", R"({"user_aliases":[{"alias_name":"a","alias_label":"chat"}]})");
  bench.track(
      R"({"attributes":[{"user_alias":{"alias_name":"a","alias_label":"chat"},"plan":"x"}]})");
  ask(bench, "/users/identify",
      R"({"aliases_to_identify":[{"external_id":"u",
          "user_alias":{"alias_name":"a","alias_label":"chat"}}]})");
  bench.track(R"({"attributes":[{"external_id":"u","_update_existing_only":true,"plan":"y"}]})");
  bench.track(attribute(R"("n":{"inc":1},"s":["first"])"));
  bench.track(attribute(R"("s":{"add":["second"]})"));
}

void expect_the_end(Bench& bench) {
  EXPECT_EQ(bench.custom("u", "plan"), "\"y\"");
  EXPECT_EQ(bench.custom("u", "n"), "1");
  EXPECT_EQ(bench.custom("u", "s"), R"(["first","second"])");
  EXPECT_EQ(bench.profiles().size(), 1u);
}

TEST(BrazeLater, AppliesInTheOrderInWhichItCame) {
  Bench bench(realistic());
  tell_a_story(bench);
  EXPECT_TRUE(bench.profiles().empty());
  ASSERT_EQ(bench.lanes.delays.size(), 6u);
  for (size_t i = 0; i < bench.lanes.delays.size(); ++i) {
    EXPECT_GE(bench.lanes.delays[i], std::chrono::seconds(2));
    EXPECT_LE(bench.lanes.delays[i], std::chrono::seconds(8));
    if (i > 0) EXPECT_GE(bench.lanes.delays[i], bench.lanes.delays[i - 1]);
  }
  for (auto& task : bench.lanes.tasks) task();
  expect_the_end(bench);
}

TEST(BrazeLater, AppliesWhatCameBeforeFirstWhicheverTimerFires) {
  Bench bench(realistic());
  tell_a_story(bench);
  for (auto task = bench.lanes.tasks.rbegin(); task != bench.lanes.tasks.rend(); ++task) (*task)();
  expect_the_end(bench);
}

TEST(BrazeLater, KeepsTheOrderAcrossARestart) {
  Bench bench(realistic());
  tell_a_story(bench);
  bench.lanes.tasks.front()();
  SandboxOptions options = realistic();
  options.keys = {{"K", {"*"}, "main"}};
  bench.sandbox = std::make_unique<Sandbox>(bench.store, bench.log, bench.clock, bench.lanes,
                                            bench.random, std::move(options));
  expect_the_end(bench);
}

TEST(BrazeLater, SaysInTheListOfRequestsWhichWriteFoundNobody) {
  Bench bench(realistic());
  const auto answer = bench.track(
      R"({"attributes":[{"external_id":"nobody","_update_existing_only":true,"plan":"x"}]})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.diagnostics(), "") << "nobody can know yet";
  bench.lanes.tasks.front()();
  const auto requests = bench.send(inspect("GET", "/_sandbox/requests"))->body;
  EXPECT_NE(requests.find("BRZ_APPLIED_LATER"), std::string::npos) << requests;
  EXPECT_NE(requests.find("BRZ_NO_SUCH_PROFILE"), std::string::npos) << requests;
  EXPECT_NE(requests.find("Accepted at 2026-01-02T03:04:05.678Z"), std::string::npos) << requests;
}

}  // namespace
}  // namespace millrace::braze
