#include "tests/big_bot.hpp"

#include <gtest/gtest.h>

#include "flow/convert.hpp"
#include "tests/walker.hpp"

namespace millrace {
namespace {

using testing_support::BigBot;
using testing_support::Walker;

flow::Program compiled(const flow::Files& files) {
  auto compilation = flow::compile(files, BigBot::facts());
  for (const flow::Problem& problem : compilation.problems) ADD_FAILURE() << problem.describe();
  return compilation.program ? std::move(*compilation.program) : flow::Program{};
}

TEST(FlowBigBot, LoadsAndChecksWithoutAComplaint) {
  const BigBot bot(30);
  EXPECT_GE(bot.nodes(), 500u);
  EXPECT_EQ(compiled(bot.files()).nodes.size(), bot.nodes());
}

TEST(FlowBigBot, ConvertsToYamlAndBackCellForCell) {
  const BigBot bot(30);
  const auto yaml = flow::csv_to_yaml(bot.csv());
  ASSERT_TRUE(yaml.text);
  const auto csv = flow::yaml_to_csv({{"flows/main.flow.yaml", *yaml.text}});
  for (const flow::Problem& problem : csv.problems) ADD_FAILURE() << problem.describe();
  ASSERT_TRUE(csv.text);
  EXPECT_EQ(*csv.text, bot.csv());
}

TEST(FlowBigBot, IsTheSameProgramInBothNotations) {
  const BigBot bot(3);
  auto files = bot.files();
  const auto from_csv = compiled(files);
  files["flows/main.flow.yaml"] = *flow::csv_to_yaml(files["templates/bot.csv"]).text;
  files.erase("templates/bot.csv");
  const auto from_yaml = compiled(files);
  ASSERT_EQ(from_yaml.nodes.size(), from_csv.nodes.size());
  for (const auto& [number, node] : from_csv.nodes) {
    const flow::Node* other = from_yaml.find(number);
    ASSERT_NE(other, nullptr) << number;
    const auto roads = flow::roads_of(node), other_roads = flow::roads_of(*other);
    ASSERT_EQ(roads.size(), other_roads.size()) << number;
    for (size_t i = 0; i < roads.size(); ++i) {
      EXPECT_EQ(roads[i].target, other_roads[i].target) << number;
      EXPECT_EQ(roads[i].label, other_roads[i].label) << number;
    }
  }
}

TEST(FlowBigBot, IsWalkedAlongEveryRoad) {
  const BigBot bot(30);
  const auto program = compiled(bot.files());
  Walker walker(program, {"ada@example.com", "no address", "what is the price", "Later", "hmm",
                          "https://example.com/file.pdf"});
  walker.walk(200'000);
  EXPECT_GT(walker.roads(), 850u);
  for (const auto& road : walker.missed()) ADD_FAILURE() << walker.describe(road);
}

}  // namespace
}  // namespace millrace
