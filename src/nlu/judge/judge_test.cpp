#include "nlu/judge/judge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace millrace::nlu {
namespace {

size_t count(const std::vector<Finding>& findings, Finding::Kind kind) {
  return static_cast<size_t>(std::ranges::count(findings, kind, &Finding::kind));
}

TEST(NluCheck, FindsWhatIsWrongWithExamples) {
  const std::vector<Example> examples = {{"cancel my order", "cancel", {}},
                                         {"Cancel my order!", "refund", {}},
                                         {"where is my order", "status", {}},
                                         {"where is my order?", "status", {}},
                                         {"I want to change my address", "change", {}},
                                         {"I want to change my name", "rename", {}}};
  const auto findings = check_examples(examples);
  EXPECT_EQ(count(findings, Finding::Kind::conflict), 1U);
  EXPECT_EQ(count(findings, Finding::Kind::duplicate), 1U);
  EXPECT_EQ(count(findings, Finding::Kind::near_duplicate), 1U);
  EXPECT_EQ(count(findings, Finding::Kind::few_examples), 5U);
}

TEST(NluCheck, FindsWhatBothSetsHave) {
  const std::vector<Example> train = {{"hello there", "greet", {}}, {"bye", "leave", {}}};
  const std::vector<Example> test = {{"Hello, there", "greet", {}}, {"good bye", "leave", {}}};
  const auto leaks = find_leaks(train, test);
  ASSERT_EQ(leaks.size(), 1U);
  EXPECT_EQ(leaks[0].first, 0U);
}

TEST(NluDeal, GivesEveryExampleToOnePart) {
  std::vector<Example> examples;
  for (int i = 0; i < 50; ++i) {
    examples.push_back({"text " + std::to_string(i), i % 2 == 0 ? "a" : "b", {}});
  }
  const auto parts = deal(examples, 5, 7);
  std::set<std::string> seen;
  for (const auto& part : parts) {
    EXPECT_EQ(part.size(), 10U);
    EXPECT_EQ(std::ranges::count(part, std::string("a"), &Example::intent), 5);
    for (const Example& example : part) EXPECT_TRUE(seen.insert(example.text).second);
  }
  EXPECT_EQ(seen.size(), 50U);
  EXPECT_NE(deal(examples, 5, 8)[0][0].text + deal(examples, 5, 8)[0][1].text,
            parts[0][0].text + parts[0][1].text);
}

TEST(NluDeal, PutsAShareOfEachIntentAside) {
  std::vector<Example> examples;
  for (int i = 0; i < 40; ++i) {
    examples.push_back({"text " + std::to_string(i), i % 4 == 0 ? "a" : "b", {}});
  }
  const auto divided = put_aside(examples, 0.2, 1);
  EXPECT_EQ(divided.kept.size() + divided.aside.size(), 40U);
  EXPECT_EQ(std::ranges::count(divided.aside, std::string("a"), &Example::intent), 2);
  EXPECT_EQ(std::ranges::count(divided.aside, std::string("b"), &Example::intent), 6);
}

TEST(NluReport, CountsWhatIsRightAndWhatIsTakenForWhat) {
  const std::vector<Outcome> outcomes = {{"1", "a", "a", 0.9F, true},
                                         {"2", "a", "b", 0.6F, true},
                                         {"3", "b", "b", 0.4F, false},
                                         {"4", "", "a", 0.2F, false},
                                         {"5", "", "a", 0.8F, true}};
  const Report report = make_report(outcomes);
  EXPECT_EQ(report.inside, 3U);
  EXPECT_EQ(report.right, 2U);
  EXPECT_EQ(report.right_and_accepted, 1U);
  EXPECT_EQ(report.outside, 2U);
  EXPECT_EQ(report.refused, 1U);
  ASSERT_EQ(report.confusions.size(), 1U);
  EXPECT_EQ(report.confusions[0].guess, "b");
  EXPECT_EQ(report.intents[0].intent, "a");
  EXPECT_DOUBLE_EQ(report.intents[0].recall(), 0.5);
  EXPECT_DOUBLE_EQ(report.intents[1].precision(), 0.5);
  EXPECT_NEAR(report.calibration_error, (0.1 + 0.6 + 0.6) / 3, 1e-6);
}

TEST(NluReport, ShowsNothingOfATextAsMarkup) {
  const std::vector<Outcome> outcomes = {{"<script>", "a", "b", 0.9F, true}};
  const std::string page = to_html(make_report(outcomes), "A & B");
  EXPECT_FALSE(page.contains("<script>"));
  EXPECT_TRUE(page.contains("&lt;script&gt;"));
}

}  // namespace
}  // namespace millrace::nlu
