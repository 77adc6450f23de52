#include "flow/flow.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "flow/csv/csv.hpp"

namespace millrace::flow {
namespace {

// A flow with the columns that these tests use; each row is "number,type,rest...".
Files flow_of(const std::string& rows) {
  return {{"templates/bot.csv",
           "Node Number,Node Type,Message,Next Nodes,Answer Required?,Variable,Rich Asset Type,"
           "Rich Asset Content,Behaviors,NLU Disabled?,Command,Output,Decision Variable,"
           "What Next?,Parameter Input,Node Input,Intent\n" +
               rows}};
}

const AppFacts kFacts{{"Test"}, {{"sandbox", {"url", "key"}}, {"live", {"url"}}}, {"SendIt"}};

Compilation compile_rows(const std::string& rows) {
  return compile(flow_of(rows), kFacts);
}

std::string codes(const Compilation& compilation) {
  std::string out;
  for (const Problem& problem : compilation.problems) {
    out += (out.empty() ? "" : " ") + problem.code + "@" + std::to_string(problem.line);
  }
  return out;
}

TEST(FlowCsv, ReadsQuotedCellsAndLineBreaks) {
  const auto rows = read_csv(
      "\xEF\xBB\xBF"
      "a,\"b \"\"x\"\"\r\nc\",\r\n\n,,\nd\n");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].cells, (std::vector<std::string>{"a", "b \"x\"\r\nc", ""}));
  EXPECT_EQ((*rows)[1].line, 5);
  EXPECT_EQ((*rows)[1].cells, std::vector<std::string>{"d"});
}

TEST(FlowCsv, NamesTheLineOfWhatItRefuses) {
  EXPECT_EQ(read_csv("a\n\"b\nc").error().where, "line 2");
  EXPECT_EQ(read_csv("\"a\"b\n").error().where, "line 1");
  EXPECT_FALSE(read_csv("\xff"));
  EXPECT_FALSE(read_csv("a\nb\nc\n", {.rows_max = 2}));
  EXPECT_FALSE(read_csv("a,b,c\n", {.cells_max = 2}));
  EXPECT_TRUE(read_csv(std::string(100'000, '\r')));
}

TEST(FlowCsv, ReadsWhatSpreadsheetsWrite) {
  for (const char* text : {"a,b\nc,\"d\"\n", "a;b\nc;\"d\"\n", "a\tb\nc\t\"d\"\n",
                           "sep=;\na;b\nc;d\n", "SEP=|\r\na|b\r\nc|d\r\n"}) {
    const auto rows = read_csv(text);
    ASSERT_TRUE(rows) << text;
    ASSERT_EQ(rows->size(), 2u) << text;
    EXPECT_EQ((*rows)[0].cells, (std::vector<std::string>{"a", "b"})) << text;
    EXPECT_EQ((*rows)[1].cells, (std::vector<std::string>{"c", "d"})) << text;
  }
  EXPECT_EQ((*read_csv("a,b;c\nd;e,f\n"))[1].cells, (std::vector<std::string>{"d;e", "f"}));
  EXPECT_EQ(with_line_feeds("a,b\rc,d\r"), "a,b\nc,d\n");
  EXPECT_EQ(with_line_feeds("a,\"b\rc\"\nd\n"), std::nullopt);
  EXPECT_EQ((*read_csv("a;b\rc;d\r"))[1].cells, (std::vector<std::string>{"c", "d"}));
}

TEST(FlowCompile, TakesHeadersWithBlanksThatCannotBeSeen) {
  Files files = flow_of("1,D,Hi,,,,,,,,,,,,,,\n");
  std::string& text = files["templates/bot.csv"];
  for (const char* name : {"Node Number", "Node Type"}) {
    std::string hard(name);
    hard.replace(hard.find(' '), 1, "\u00a0");
    text.replace(text.find(name), hard.size() - 1, hard);
  }
  text.replace(text.find("Message"), 7, "\u200bMessage ");
  EXPECT_EQ(codes(compile(files, kFacts)), "");
}

TEST(FlowCompile, ReadsYamlThatItsParserDoesNot) {
  const auto says = [](const std::string& flow) {
    const auto compilation = compile({{"flows/main.flow.yaml", flow}}, kFacts);
    if (!compilation.program) return codes(compilation);
    const Node* node = compilation.program->find(compilation.program->start);
    return std::get<DialogNode>(node->does).messages.front().front().source();
  };
  const std::pair<const char*, const char*> flows[] = {
      {"nodes:\n  q: {say: What is your name?, end: true}\n", "What is your name?"},
      {"nodes: {q: {say: Ready? Go?, end: true}}\n", "Ready? Go?"},
      {"nodes:\n  q: {say: 'Why?', next: r}\n  r: {say: Who?, end: true}\n", "Why?"},
      {R"({"nodes": {"q": {"say": "Smile \ud83d\ude00", "end": true}}})", "Smile 😀"},
      {R"({"nodes": {"q": {"say": "A \"quote\"? \\ud83d", "end": true}}})",
       R"(A "quote"? \ud83d)"}};
  for (const auto& [flow, said] : flows) EXPECT_EQ(says(flow), said) << flow;
}

TEST(FlowCompile, NamesChoicesThatNoAnswerCanMake) {
  const auto found = [](const std::string& choices) {
    return codes(compile({{"flows/main.flow.yaml",
                           "nodes:\n  q: {ask: Which?, type: choice, variable: X, choices: " +
                               choices + "}\n  z: {say: 'Bye {X}', end: true}\n"}},
                         kFacts));
  };
  EXPECT_EQ(found("[Pro, Basic]"), "");
  EXPECT_EQ(found("[]"), "key_missing@2");
  EXPECT_EQ(found("[Pro, pro]"), "choices_alike@2");
  EXPECT_EQ(found("[Pro, Pro]"), "label_repeated@2");
  EXPECT_EQ(found("[Pro, Pro!]"), "choices_alike@2");
  EXPECT_EQ(found("['⭐', '🌙']"), "");
}

TEST(FlowTemplate, InsertsOnlyWhatTheAuthorWrote) {
  const Template text = parse_template("Hi {NAME}, {env.key} {x} {NAME");
  EXPECT_EQ(text.source(), "Hi {NAME}, {env.key} {x} {NAME");
  EXPECT_TRUE(text.reads_environment());
  const auto filled = text.fill([](std::string_view) { return "{env.key}{NAME}"; });
  EXPECT_EQ(filled, "Hi {env.key}{NAME},  {x} {NAME");
}

TEST(FlowCompile, TakesASmallSoundFlow) {
  const auto compiled = compile_rows(
      "1,D,Your e-mail?,2,1,EMAIL,,,,1\n"
      "2,A,,,,EMAIL,,,,,ValidateEmail,valid,valid,\"true~3|\nfalse~1\",\"{\"\"global_vars\"\":"
      "\"\"EMAIL\"\"}\"\n"
      "3,A,,,,,,,,,SendIt,success,success,true~'-4|error~1,\"{\"\"to\"\":[\"\"{EMAIL}\"\"],"
      "\"\"u\"\":\"\"{env.url}\"\"}\"\n"
      "'-4,D,Bye,,,\n");
  EXPECT_EQ(codes(compiled), "");
  ASSERT_TRUE(compiled.program);
  EXPECT_EQ(compiled.program->solution, "Test");
  const auto& send = std::get<ActionNode>(compiled.program->find(3)->does);
  EXPECT_EQ(send.slots.size(), 2u);
  EXPECT_EQ(send.road("true")->target, -4);
}

TEST(FlowCompile, BindsColumnsByNameInAnyOrder) {
  const auto compiled =
      compile({{"templates/bot.csv",
                "message,Answer Required?,NEXT NODES,Node Type,Node Number\nHello,,,D,1\n"}},
              kFacts);
  ASSERT_TRUE(compiled.program) << codes(compiled);
  EXPECT_EQ(compiled.program->nodes.size(), 1u);
}

TEST(FlowCompile, RefusesWithFileRowAndRemedy) {
  struct Case {
    const char* rows;
    const char* wanted;
  };
  const Case cases[] = {
      {"2,D,Hi,,,\n", "start_missing@0"},
      {"1,D,Hi,7,,\n", "target_missing@2"},
      {"1,D,Hi,x,,\n", "bad_number@2"},
      {"x,D,Hi,,,\n", "bad_number@2"},
      {"1,D,Hi,,,\n1,D,Hi,,,\n", "number_repeated@3"},
      {"1,Q,Hi,,,\n", "bad_type@2"},
      {"1,D,Hi,1,,\n", "loop_without_wait@2"},
      {"1,D,Hi,,1,X\n", "road_missing@2"},
      {"1,D,Hi,1,yes,X\n", "bad_flag@2"},
      {"1,D,Hi {NAME},,,\n", "variable_unknown@2"},
      {"1,D,Hi {env.key},,,\n", "environment_in_text@2"},
      {"1,D,Hi,1,1,name\n", "bad_variable_name@2"},
      {"1,D,Hi,,1,,carousel,x\n", "bad_json@2"},
      {"1,D,Hi,,1,,carrousel,x\n", "asset_type_unknown@2"},
      {"1,D,Hi,,1,,button,A~1|A~1\n", "label_repeated@2"},
      {"1,D,Hi,,1,,button,A\n", "bad_pair@2"},
      {"1,D,Hi,,,,button,A~1\n", "must_wait@2"},
      {"1,D,Hi,1,1,X,,,disable_input\n", "no_way_to_answer@2"},
      {"1,D,Hi,2,1,X,button,A~1,,1\n2,D,Bye,,,\n", "one_child@2"},
      {"1,D,Hi,,1,,button,A~1,xfer_to_agnt\n", "behaviour_unknown@2"},
      {"1,D,Hi,,,,,,,,SendIt\n", "must_be_blank@2"},
      {"1,A,,,,,,,,,,success,success,error~1\n", "command_missing@2"},
      {"1,A,,,,,,,,,send_it,success,success,error~1\n", "camel_case@2"},
      {"1,A,,,,,,,,,SendOt,success,success,error~1\n", "command_unknown@2"},
      {"1,A,,,,,,,,,SendIt,other,success,error~1\n", "decision_not_in_output@2"},
      {"1,A,,,,,,,,,SendIt,success,success,true~1\n", "road_missing@2"},
      {"1,A,,,,,,,,,SendIt,success,success,error~1|error~1\n", "road_repeated@2"},
      {"1,A,,,,,,,,,SendIt,success,success,error~1,{a}\n", "bad_json@2"},
      {"1,A,,,,,,,,,SendIt,success,success,error~1,\"{\"\"a\"\":\"\"{env.key}\"\"}\"\n",
       "environment_key_missing@2"},
      {"1,A,,,,,,,,,SendIt,success,success,error~1,,file:x\n", "bad_node_input@2"},
      {"1,A,,,,X,,,,,ValidateEmail,valid,valid,true~1,\"{\"\"global_var\"\":\"\"X\"\"}\"\n",
       "road_missing@2 parameter_unsupported@2 parameter_missing@2"},
      {"1,D,Hi,,,,,,,,,,,,,,ask_price\n", "intent_without_examples@2"},
  };
  for (const Case& item : cases) {
    const auto compiled = compile_rows(item.rows);
    EXPECT_EQ(codes(compiled), item.wanted) << item.rows;
    for (const Problem& problem : compiled.problems) {
      EXPECT_EQ(problem.file, "templates/bot.csv");
      EXPECT_FALSE(problem.message.empty());
    }
  }
}

TEST(FlowCompile, NamesTheNearestNameForATypingMistake) {
  const auto compiled = compile_rows("1,A,,,,,,,,,SendOt,success,success,error~1\n");
  EXPECT_EQ(compiled.problems.at(0).remedy, "did you mean SendIt?");
  EXPECT_EQ(
      compiled.problems.at(0).describe(),
      "templates/bot.csv:2:13: error: node 1: Command: there is no action_nodes/SendOt.py with "
      "a class SendOt, and no built-in command of that name (did you mean SendIt?) "
      "[command_unknown]");
}

TEST(FlowCompile, FindsEveryProblemInOnePass) {
  const auto compiled = compile_rows("1,D,Hi {A},9,,\n2,D,Hi {B},9,,\n");
  EXPECT_EQ(codes(compiled),
            "variable_unknown@2 target_missing@2 variable_unknown@3 target_missing@3");
}

TEST(FlowSettings, RefusesUnknownAndDuplicateKeysAtTheirLine) {
  auto files = flow_of("1,D,Hi,,,\n");
  files["solution.yaml"] = "name: X\nname: Y\nlocale: en\nopening: {wait_ms: -1}\n";
  EXPECT_EQ(codes(compile(files, kFacts)), "duplicate_key@2 unknown_key@3 not_in_range@4");
  files["solution.yaml"] = "name: [\n";
  EXPECT_EQ(compile(files, kFacts).problems.at(0).code, "yaml_syntax");
}

TEST(FlowTranslations, ChecksWhatTheyTranslate) {
  auto files = flow_of("1,D,Hi,,1,,button,Yes~1|No~1\n");
  files["solution.yaml"] = "default_locale: en\nlocales: [en, pt-BR]\n";
  files["messages/pt-BR.yaml"] = "bot:\n  1:\n    message: Oi\n    buttons: {Yess: Sim}\n  7: {}\n";
  EXPECT_EQ(codes(compile(files, kFacts)),
            "translation_missing@0 translation_missing@0 unknown_key@4 unknown_node@5");
  files["messages/pt-BR.yaml"] = "bot: {1: {message: Oi, buttons: {Yes: Sim, No: 'Não'}}}\n";
  const auto compiled = compile(files, kFacts);
  ASSERT_TRUE(compiled.program) << codes(compiled);
  EXPECT_EQ(std::get<DialogNode>(compiled.program->find(1)->does).messages[0][1].source(), "Oi");
  files["messages/fr.yaml"] = "{}\n";
  EXPECT_EQ(codes(compile(files, kFacts)), "unknown_locale@0");
}

TEST(FlowProgram, ChoosesTheNearestLocale) {
  Program program;
  program.locales = {"en", "pt-BR", "es"};
  EXPECT_EQ(program.choose_locale("pt_br"), 1u);
  EXPECT_EQ(program.choose_locale("pt-PT,pt;q=0.9"), 1u);
  EXPECT_EQ(program.choose_locale("fr-FR, es;q=0.5"), 2u);
  EXPECT_EQ(program.choose_locale("ja"), 0u);
  EXPECT_EQ(program.choose_locale(""), 0u);
}

TEST(FlowProgram, HashCoversEveryFileOfTheVersionAndNoOther) {
  auto files = flow_of("1,D,Hi,,,\n");
  const auto hash = compile(files, kFacts).program->hash;
  files["tests/x.test.yaml"] = "x";
  EXPECT_EQ(compile(files, kFacts).program->hash, hash);
  files["action_nodes/SendIt.py"] = "x";
  EXPECT_NE(compile(files, kFacts).program->hash, hash);
}

}  // namespace
}  // namespace millrace::flow
