// From one notation to the other and back: what can be said in both means the same in both.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "flow/convert.hpp"
#include "tests/big_bot.hpp"
#include "tests/made_flow.hpp"
#include "tests/meaning.hpp"

namespace millrace {
namespace {

namespace fs = std::filesystem;
using testing_support::BigBot;
using testing_support::MadeFlow;
using testing_support::Meaning;

std::string meaning_of(const flow::Files& files, const flow::AppFacts& facts) {
  const auto compiled = flow::compile(files, facts);
  if (compiled.program) return Meaning::of(*compiled.program);
  std::string out;
  for (const flow::Problem& problem : compiled.problems) out += problem.describe() + "\n";
  for (const auto& [path, text] : files) out += path + "\n" + text;
  return out;
}

std::string problems_of(const flow::Conversion& conversion) {
  std::string out;
  for (const flow::Problem& problem : conversion.problems) out += problem.describe() + "\n";
  return out;
}

TEST(FlowNotations, YamlMeansTheSameAsTheCsvMadeOfItAndBack) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    const MadeFlow made(seed);
    const auto facts = MadeFlow::facts();
    const std::string meant = meaning_of(made.files(), facts);
    ASSERT_TRUE(meant.starts_with("start main.n0\n")) << seed << "\n" << meant;
    const auto csv = flow::yaml_to_csv(made.files());
    ASSERT_TRUE(csv.text) << seed << "\n" << problems_of(csv);
    ASSERT_EQ(meaning_of(csv.files, facts), meant) << seed << "\n" << *csv.text;
    const auto yaml = flow::csv_to_yaml(*csv.text);
    ASSERT_TRUE(yaml.text) << seed << "\n" << problems_of(yaml);
    ASSERT_EQ(meaning_of(yaml.files, facts), meant) << seed << "\n" << *yaml.text;
    const auto again = flow::yaml_to_csv(yaml.files);
    ASSERT_TRUE(again.text) << seed << "\n" << problems_of(again);
    ASSERT_EQ(*again.text, *csv.text) << seed << "\n" << *yaml.text;
  }
}

TEST(FlowNotations, TheBigBotMeansTheSameInYaml) {
  const BigBot bot(30);
  auto files = bot.files();
  const std::string meant = meaning_of(files, BigBot::facts());
  const auto yaml = flow::csv_to_yaml(files["templates/bot.csv"]);
  files.erase("templates/bot.csv");
  files.insert(yaml.files.begin(), yaml.files.end());
  EXPECT_EQ(meaning_of(files, BigBot::facts()), meant);
}

TEST(FlowNotations, WhatCsvCannotSayIsRefusedByName) {
  const std::pair<const char*, const char*> cases[] = {
      {"do: SendIt, outputs: ['a,b'], decide: 'a,b', on: {error: b}", "'a,b', which has a comma"},
      {"do: SendIt, outputs: [a], decide: a, on: {'a|b': b, error: b}", "a road 'a|b'"},
      {"do: SendIt, inputs: {'a:b': b}, outputs: [a], decide: a, on: {error: b}", "an input 'a:b'"},
      {"say: [Hello, Hi]", "several wordings"},
      {"ask: 'Age?', type: number, variable: AGE", "a typed ask"},
      {"set: {X: '1'}", "an assignment"},
      {"wait: 2s", "a wait"},
      {"call: main", "a call of a flow"},
      {"ask: 'Tea?', buttons: [{label: Tea, to: b, synonyms: [cha]}]", "synonyms of a button"},
      {"say: Hello, comment: for later", "a comment on a node that speaks"},
  };
  for (const auto& [keys, what] : cases) {
    const auto csv = flow::yaml_to_csv(
        {{"flows/main.flow.yaml", "nodes:\n  a: {" + std::string(keys) + "}\n  b: Bye\n"}});
    EXPECT_FALSE(csv.text) << keys;
    ASSERT_EQ(csv.problems.size(), 1u) << keys << "\n" << problems_of(csv);
    EXPECT_EQ(csv.problems[0].code, "not_in_csv");
    EXPECT_EQ(csv.problems[0].message, "the CSV format cannot say " + std::string(what));
  }
}

TEST(FlowNotations, NamesCommentsAndFormerIdsComeBack) {
  const std::string text =
      "nodes:\n"
      "  # Everybody begins here.\n"
      "  welcome:\n"
      "    ask: Tea?\n"
      "    variable: TEA\n"
      "    next: pay.start\n"
      "    was: main.hello\n";
  const std::string other = "nodes:\n  start:\n    say: Thanks, {TEA}\n    end: true\n";
  const flow::Files files{{"flows/main.flow.yaml", text}, {"flows/pay.flow.yaml", other}};
  const auto csv = flow::yaml_to_csv(files);
  ASSERT_TRUE(csv.text) << problems_of(csv);
  EXPECT_EQ(flow::csv_to_yaml(*csv.text).files, files) << *csv.text;
  EXPECT_NE(csv.text->find("main.welcome"), std::string::npos) << *csv.text;
}

TEST(FlowNotations, TranslationsFitTheConvertedFlow) {
  flow::Files files{{"solution.yaml", "locales: [en, fr]\n"},
                    {"flows/main.flow.yaml",
                     "nodes:\n  welcome: {ask: 'Tea?', buttons: [{Yes: bye}]}\n"
                     "  bye: {say: Bye, end: true}\n"},
                    {"messages/fr.yaml",
                     "main:\n  welcome: {ask: 'Du thé ?', buttons: {Yes: Oui}}\n"
                     "  bye: {say: Au revoir}\n"}};
  const auto csv = flow::yaml_to_csv(files);
  ASSERT_TRUE(csv.text);
  const std::string meant = meaning_of(files, MadeFlow::facts());
  files.erase("flows/main.flow.yaml");
  files["templates/bot.csv"] = *csv.text;
  EXPECT_EQ(meaning_of(files, MadeFlow::facts()), meant);
}

flow::Files read_folder(const fs::path& root) {
  flow::Files files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files[fs::relative(entry.path(), root).string()] = text.str();
  }
  return files;
}

TEST(FlowNotations, EveryExampleMeansTheSameInBothOrIsRefusedByName) {
  for (const auto& entry : fs::directory_iterator(fs::path(MILLRACE_SOURCE_DIR) / "examples")) {
    const auto files = read_folder(entry.path());
    const auto csv_file = files.find("templates/bot.csv");
    if (csv_file != files.end()) {
      const auto yaml = flow::csv_to_yaml(csv_file->second);
      ASSERT_TRUE(yaml.text) << entry.path();
      const auto back = flow::yaml_to_csv(yaml.files);
      ASSERT_TRUE(back.text) << problems_of(back);
      EXPECT_EQ(*back.text, csv_file->second) << entry.path();
    } else {
      for (const flow::Problem& problem : flow::yaml_to_csv(files).problems) {
        EXPECT_EQ(problem.code, "not_in_csv") << problem.describe();
      }
    }
  }
}

}  // namespace
}  // namespace millrace
