#include "nlu/formats/formats.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "nlu/entities/lexicon.hpp"

namespace millrace::nlu {
namespace {

TEST(NluFormats, ReadTheTemplateOfIntents) {
  const auto read = read_examples("templates/intent.csv",
                                  "Utterance,Intent,Type\n"
                                  "\"I said \"\"hello\"\", twice\",greet,\n"
                                  "what is the weather,oos,\n");
  EXPECT_TRUE(read.problems.empty());
  ASSERT_EQ(read.examples.size(), 2U);
  EXPECT_EQ(read.examples[0].text, "I said \"hello\", twice");
  EXPECT_EQ(read.examples[0].intent, "greet");
  EXPECT_EQ(read.examples[1].intent, "");
  EXPECT_EQ(read.lines, (std::vector{2, 3}));
}

TEST(NluFormats, SayWhichLineIsWrong) {
  const auto csv = read_examples("a.csv", "Utterance,Intent\nhello\n");
  ASSERT_EQ(csv.problems.size(), 1U);
  EXPECT_EQ(csv.problems[0].line, 2);
  EXPECT_EQ(read_examples("a.csv", "Text,Label\n").problems.at(0).line, 1);
  EXPECT_EQ(read_examples("a.csv", "Utterance,Intent\n\"open,x\n").problems.size(), 2U);
  EXPECT_EQ(read_examples("a.tsv", "a\tb\nno tab\n").problems.at(0).line, 2);
  EXPECT_EQ(read_examples("a.jsonl", "{\"text\":1}\n").problems.at(0).line, 1);
  EXPECT_EQ(read_examples("a.yaml", "intents:\n  a: b\n").problems.at(0).line, 2);
  EXPECT_EQ(read_examples("a.yaml", "intents: [\n").problems.size(), 1U);
  EXPECT_EQ(read_examples("a.yaml", "intent: {}\n").problems.size(), 1U);
  EXPECT_EQ(read_examples("a.doc", "").problems.size(), 1U);
}

TEST(NluFormats, ReadSlotsAsBytes) {
  const auto read = read_examples(
      "a.jsonl",
      R"({"text":"é amanhã","intent":"x","slots":[{"start":3,"end":10,"slot":"date"}]})");
  ASSERT_EQ(read.examples.size(), 1U);
  EXPECT_EQ(read.examples[0].slots, (std::vector<Span>{{3, 10, "date"}}));
  const auto bad = read_examples(
      "a.jsonl", R"({"text":"ab","intent":"x","slots":[{"start":1,"end":9,"slot":"date"}]})");
  EXPECT_EQ(bad.problems.size(), 1U);
}

TEST(NluFormats, ReadTheirOwnYaml) {
  const auto read = read_examples("nlu/pt.yaml",
                                  "intents:\n"
                                  "  name:\n"
                                  "    - \"me chamo [Ana Silva](name), moro no [Porto](city)\"\n"
                                  "  human: [quero uma pessoa]\n"
                                  "out_of_scope:\n"
                                  "  - conta uma piada\n"
                                  "synonyms:\n"
                                  "  Porto: [Invicta]\n"
                                  "lookups:\n"
                                  "  city: [Porto, Lisboa]\n"
                                  "regexes:\n"
                                  "  order: '[A-Z]{2}[0-9]{6}'\n");
  EXPECT_TRUE(read.problems.empty());
  ASSERT_EQ(read.examples.size(), 3U);
  EXPECT_EQ(read.examples[0].text, "me chamo Ana Silva, moro no Porto");
  EXPECT_EQ(read.examples[0].slots, (std::vector<Span>{{9, 18, "name"}, {28, 33, "city"}}));
  EXPECT_EQ(read.examples[2].intent, "");
  EXPECT_EQ(read.synonyms.at(0).second.at(0), "Invicta");
  EXPECT_EQ(read.lookups.at(0).second.size(), 2U);
  EXPECT_EQ(read.regexes.at(0).second, "[A-Z]{2}[0-9]{6}");
}

TEST(NluFormats, ImportRasa) {
  const auto read =
      read_examples("nlu.yml",
                    "version: \"3.1\"\n"
                    "nlu:\n"
                    "- intent: book\n"
                    "  examples: |\n"
                    "    - a room in [Porto]{\"entity\": \"city\", \"value\": \"OPO\"}\n"
                    "    - two nights\n"
                    "- synonym: OPO\n"
                    "  examples: |\n"
                    "    - Porto\n"
                    "- lookup: city\n"
                    "  examples: |\n"
                    "    - Lisboa\n");
  EXPECT_TRUE(read.problems.empty());
  ASSERT_EQ(read.examples.size(), 2U);
  EXPECT_EQ(read.examples[0].text, "a room in Porto");
  EXPECT_EQ(read.examples[0].slots, (std::vector<Span>{{10, 15, "city"}}));
  EXPECT_EQ(read.lines, (std::vector{5, 6}));
  EXPECT_EQ(read.lookups.size(), 1U);
}

TEST(NluFormats, AreReadAsTheyWereWritten) {
  ReadExamples read;
  read.examples = {
      {"me chamo Ana, moro no Porto", "introduce", {{9, 12, "name"}, {22, 27, "city"}}},
      {"say \"no\": - # {x}", "refuse", {}},
      {"tell me a joke", "", {}},
      {"é isso", "introduce", {}}};
  read.synonyms = {{"Lisboa", {"Lx", "Lisbon"}}};
  read.lookups = {{"city", {"Porto"}}, {"city", {"Faro"}}};
  read.regexes = {{"code", "\\b[A-Z]{3}-\\d+"}};
  const ReadExamples again = read_examples("more.yaml", write_yaml(read));
  ASSERT_TRUE(again.problems.empty()) << again.problems.front().message;
  ASSERT_EQ(again.examples.size(), 4U);
  const auto with = [&](const std::string& text) {
    const auto found = std::ranges::find(again.examples, text, &Example::text);
    return found == again.examples.end() ? Example{"missing", "", {}} : *found;
  };
  for (const Example& example : read.examples) {
    EXPECT_EQ(with(example.text).intent, example.intent);
    EXPECT_EQ(with(example.text).slots, example.slots) << example.text;
  }
  EXPECT_EQ(again.synonyms, read.synonyms);
  ASSERT_EQ(again.lookups.size(), 1U);
  EXPECT_EQ(again.lookups[0].second, (std::vector<std::string>{"Porto", "Faro"}));
  EXPECT_EQ(again.regexes, read.regexes);
}

TEST(NluFormats, FindAPatternWhereItMatches) {
  const Lists lists({.regexes = {{"code", "código (\\d+)"}, {"broken", "("}}});
  const std::string text = "às 12, código 12";
  const auto found = lists.find(text);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].value, "12");
  EXPECT_EQ(found[0].begin, text.rfind("12"));
  EXPECT_EQ(found[0].end, text.size());
  EXPECT_TRUE(lists.find("\xff\xff código 12").empty());
}

TEST(NluFormats, GiveUpOnPatternsThatTakeTooLong) {
  const Lists lists({.regexes = {{"slow", "(a+)+$"}, {"end", "b$"}}});
  EXPECT_TRUE(lists.find(std::string(200, 'a') + "b").empty());
  EXPECT_EQ(lists.find("b").size(), 1U);
}

TEST(NluFormats, FindWhatListsHave) {
  const Lists lists({.synonyms = {{"Lisboa", {"Lx", "a capital"}}},
                     .lookups = {{"city", {"Lisboa", "Vila Nova de Gaia", "Gaia"}}},
                     .regexes = {{"code", "\\b[A-Z]{3}-\\d+\\b"}, {"bad", "("}}});
  const auto found = lists.find("de VILA nova de gaia para a capital, ABC-12");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].value, "Vila Nova de Gaia") << "the longer one counts";
  EXPECT_EQ(found[1].value, "Lisboa");
  EXPECT_EQ(found[2].slot, "code");
  EXPECT_EQ(found[2].value, "ABC-12");
  EXPECT_EQ(lists.canonical("LX"), "Lisboa");
  EXPECT_EQ(lists.canonical("Braga"), "Braga");
  EXPECT_TRUE(lists.find("").empty());
}

TEST(NluFormats, LeaveBracketsAloneThatMarkNothing) {
  EXPECT_EQ(unmarked("press [enter] now", "x").text, "press [enter] now");
  EXPECT_EQ(unmarked("a [b](", "x").text, "a [b](");
  EXPECT_EQ(unmarked("[", "x").text, "[");
  EXPECT_EQ(unmarked("[]()", "x").slots.size(), 0U);
}

}  // namespace
}  // namespace millrace::nlu
