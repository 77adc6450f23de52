// An e-mail address that Braze refuses costs the address and nothing else, and can be seen.
#include <gtest/gtest.h>

#include "tests/support/braze_pipe.hpp"

namespace millrace::delivery::braze {
namespace {

constexpr const char* kBadEmail = "The value provided for the 'email' field is not a valid email.";

std::string naming(const char* head, int index) {
  return "{" + std::string(head) + R"("errors":[{"type":")" + kBadEmail +
         R"(","input_array":"attributes","index":)" + std::to_string(index) + "}]}";
}
std::string nothing_valid(int index) {
  return naming(R"("message":"Valid data must be provided",)", index);
}

TEST(DeliveryBrazeAddress, IsLeftOutAndTheRestIsSent) {
  PipeBench bench;
  bench.pipe.add(track(1, "u", R"("attributes":{"email":"a@b.test","plan":"gold"})"));
  const auto first = bench.one();
  EXPECT_TRUE(first.body.contains("a@b.test"));
  bench.answer(first, 400, nothing_valid(0));
  EXPECT_EQ(bench.state(1), State::waiting);
  const auto second = bench.one();
  EXPECT_EQ(second.body, R"({"attributes":[{"external_id":"u","plan":"gold"}]})");
  bench.success(second);
  EXPECT_EQ(bench.state(1), State::delivered);
  const auto outcome = outcome_of(bench.state(1), bench.progress[1]);
  EXPECT_EQ(outcome.at("outcome").as_string(), "partial");
  const auto& item = outcome.at("items").as_array().at(0).as_object();
  EXPECT_EQ(item.at("state").as_string(), "delivered");
  EXPECT_TRUE(std::string_view(item.at("reason").as_string()).starts_with(kBadEmail));
}

TEST(DeliveryBrazeAddress, LosesNothingOfThoseBesideIt) {
  PipeBench bench;
  bench.pipe.add(track(1, "u", R"("attributes":{"a":1})"));
  bench.pipe.add(track(2, "v", R"("attributes":{"email":"bad","b":2})"));
  const auto first = bench.one();
  bench.answer(first, 201, naming(R"("message":"success","attributes_processed":1,)", 1));
  EXPECT_EQ(bench.state(1), State::delivered);
  const auto second = bench.one();
  EXPECT_EQ(second.body, R"({"attributes":[{"external_id":"v","b":2}]})");
  bench.success(second);
  EXPECT_EQ(bench.state(2), State::delivered);
  EXPECT_EQ(outcome_of(bench.state(1), bench.progress[1]).at("outcome").as_string(), "delivered");
}

TEST(DeliveryBrazeAddress, IsAllThereIsToRefuseWhenNothingElseIsThere) {
  PipeBench bench;
  bench.pipe.add(track(1, "u", R"("attributes":{"email":"bad"})"));
  bench.answer(bench.one(), 400, nothing_valid(0));
  EXPECT_EQ(bench.state(1), State::rejected);
  EXPECT_TRUE(bench.all().empty());
}

TEST(DeliveryBrazeAddress, ThatSaysWhoIsMeantCannotBeLeftOut) {
  PipeBench bench;
  Row row = track(1, "u", "");
  row.body = R"({"user":{"email":"bad"},"attributes":{"plan":"gold"}})";
  bench.pipe.add(row);
  bench.answer(bench.one(), 400, nothing_valid(0));
  EXPECT_EQ(bench.state(1), State::rejected);
}

TEST(DeliveryBrazeAddress, IsTriedOnceMoreAndLeftOutAgainAfterARestart) {
  PipeBench bench;
  const Row row = track(1, "u", R"("attributes":{"email":"bad","plan":"gold"})");
  bench.pipe.add(row);
  bench.answer(bench.one(), 400, nothing_valid(0));
  PipeBench after;
  Row again = row;
  again.progress = bench.progress[1];
  after.pipe.add(again);
  after.answer(after.one(), 400, nothing_valid(0));
  const auto last = after.one();
  EXPECT_EQ(last.body, R"({"attributes":[{"external_id":"u","plan":"gold"}]})");
  after.success(last);
  EXPECT_EQ(after.state(1), State::delivered);
}

TEST(DeliveryBrazeAddress, IsNotBlamedForAnotherComplaint) {
  PipeBench bench;
  bench.pipe.add(track(1, "u", R"("attributes":{"email":"a@ex.com","plan":"gold"})"));
  bench.answer(
      bench.one(), 400,
      R"({"message":"Valid data must be provided","errors":[{"type":"'plan' is not valid",)"
      R"("input_array":"attributes","index":0}]})");
  EXPECT_EQ(bench.state(1), State::rejected);
}

}  // namespace
}  // namespace millrace::delivery::braze
