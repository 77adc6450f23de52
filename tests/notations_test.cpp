// From one notation to the other and back: what can be said in both means the same in both.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
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
using testing_support::meaning_of;
using testing_support::read_folder;

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

// The table of docs/flows.md: what is refused, and an example of it.
std::vector<std::pair<std::string, std::string>> refusals_in_docs() {
  std::ifstream page(fs::path(MILLRACE_SOURCE_DIR) / "docs/flows.md");
  std::vector<std::pair<std::string, std::string>> out;
  bool in_table = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("| CSV cannot say")) in_table = true;
    if (!line.starts_with('|')) in_table = false;
    if (!in_table || line.starts_with("|-") || line.starts_with("| CSV")) continue;
    const size_t end = line.find(" | `");
    std::string example = line.substr(end + 4, line.rfind('`') - end - 4);
    for (size_t at = example.find("\\|"); at != std::string::npos; at = example.find("\\|")) {
      example.erase(at, 1);  // a table escapes it
    }
    std::string what = line.substr(2, end - 2);
    for (size_t at = what.find("\\|"); at != std::string::npos; at = what.find("\\|"))
      what.erase(at, 1);
    out.emplace_back(std::move(what), std::move(example));
  }
  return out;
}

TEST(FlowNotations, WhatCsvCannotSayIsRefusedByNameAndListedInTheDocs) {
  std::set<std::string> listed;
  for (const auto& [what, keys] : refusals_in_docs()) {
    const auto csv =
        flow::yaml_to_csv({{"flows/main.flow.yaml", "nodes:\n  a: {" + keys + "}\n  b: Bye\n"}});
    EXPECT_FALSE(csv.text) << keys;
    ASSERT_EQ(csv.problems.size(), 1u) << keys << "\n" << problems_of(csv);
    EXPECT_EQ(csv.problems[0].code, "not_in_csv");
    EXPECT_EQ(csv.problems[0].message, "the CSV format cannot say " + what);
    const auto open = what.find('\''), close = what.rfind('\'');
    listed.insert(
        open == std::string::npos ? what : what.substr(0, open) + "'…'" + what.substr(close + 1));
  }
  const auto& refused = flow::not_in_csv();
  EXPECT_EQ(listed, std::set<std::string>(refused.begin(), refused.end()));
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

TEST(FlowNotations, AFormComesBackAsAForm) {
  const std::string text =
      "nodes:\n"
      "  hello: Hello!\n"
      "\n"
      "  # We have to know them.\n"
      "  who:\n"
      "    form:\n"
      "      - NAME: What is your name?\n"
      "      # Only cities with a shop.\n"
      "      - CITY:\n"
      "          ask: Which city?\n"
      "          tags: [place]\n"
      "    next: who\n"
      "\n"
      "  other:\n"
      "    form:\n"
      "      - PHONE: |-\n"
      "          And your number?\n"
      "\n"
      "          We do not call at night.\n"
      "\n"
      "  again: {ask: 'Once more?', buttons: [{'Yes': who}, {'No': who.CITY}]}\n";
  const flow::Files files{{"flows/main.flow.yaml", text}};
  const auto csv = flow::yaml_to_csv(files);
  ASSERT_TRUE(csv.text) << problems_of(csv);
  const auto yaml = flow::csv_to_yaml(*csv.text);
  ASSERT_TRUE(yaml.text) << problems_of(yaml);
  EXPECT_EQ(*yaml.text,
            "nodes:\n"
            "  hello:\n"
            "    say: Hello!\n"
            "\n"
            "  # We have to know them.\n"
            "  who:\n"
            "    form:\n"
            "      - NAME: What is your name?\n"
            "      # Only cities with a shop.\n"
            "      - CITY:\n"
            "          ask: Which city?\n"
            "          tags: [place]\n"
            "    next: who\n"
            "\n"
            "  other:\n"
            "    form:\n"
            "      - PHONE:\n"
            "          ask: |-\n"
            "            And your number?\n"
            "\n"
            "            We do not call at night.\n"
            "\n"
            "  again:\n"
            "    ask: Once more?\n"
            "    buttons:\n"
            "      - {Yes: who}\n"
            "      - {No: who.CITY}\n");
  EXPECT_EQ(meaning_of(yaml.files, MadeFlow::facts()), meaning_of(files, MadeFlow::facts()));
  EXPECT_EQ(flow::yaml_to_csv(yaml.files).text, csv.text);
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
