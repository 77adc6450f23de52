// What an author wrote in YAML is what people see, and what is wrong is said in the author's words.
#include <gtest/gtest.h>

#include "flow/convert.hpp"
#include "flow/flow.hpp"

namespace millrace::flow {
namespace {

const AppFacts kFacts{{"Test"}, {}, {"SendIt"}};

Compilation compile_yaml(const std::string& nodes) {
  return compile({{"flows/main.flow.yaml", "nodes:\n" + nodes}}, kFacts);
}

std::string said(const Compilation& compilation) {
  std::string out;
  for (const Problem& problem : compilation.problems) out += problem.describe() + "\n";
  return out;
}

Program sound(const std::string& nodes) {
  auto compiled = compile_yaml(nodes);
  EXPECT_TRUE(compiled.program) << said(compiled);
  return compiled.program ? std::move(*compiled.program) : Program{};
}

const Node& node(const Program& program, const std::string& id) {
  return program.nodes.at(program.by_id.at(id));
}

const DialogNode& dialog(const Program& program, const std::string& id) {
  return std::get<DialogNode>(node(program, id).does);
}

TEST(FlowAuthor, AButtonIsCalledWhatItsLabelSays) {
  const auto program = sound(
      "  hello:\n    ask: Hello\n    buttons: [{'<<x>> Tea': done}, {'Tea|Coffee~both': done}]\n"
      "  done: {say: Bye, end: true}\n");
  const auto& options = dialog(program, "main.hello").asset.options;
  ASSERT_EQ(options.size(), 2u);
  EXPECT_EQ(options[0].label[0].source(), "<<x>> Tea");
  EXPECT_EQ(options[0].icon, "");
  EXPECT_EQ(options[1].label[0].source(), "Tea|Coffee~both");
  EXPECT_EQ(options[1].target, program.by_id.at("main.done"));
}

TEST(FlowAuthor, AnOutputWithACommaIsOneOutput) {
  const auto compiled = compile_yaml(
      "  send:\n    do: SendIt\n    outputs: ['a,b']\n    decide: a\n    on: {error: done}\n"
      "  done: {say: Bye, end: true}\n");
  EXPECT_EQ(
      said(compiled),
      "flows/main.flow.yaml:5:13: error: node main.send: decide: 'a' is not among the outputs "
      "(add 'a' to outputs) [decision_not_in_output]\n");
  const auto program = sound(
      "  send:\n    do: SendIt\n    outputs: ['a,b']\n    decide: 'a,b'\n    on: {error: done}\n"
      "  done: {say: Bye, end: true}\n");
  EXPECT_EQ(std::get<ActionNode>(node(program, "main.send").does).outputs,
            std::vector<std::string>{"a,b"});
}

TEST(FlowAuthor, ARoadIsCalledWhatItsKeySays) {
  const auto program = sound(
      "  send:\n    do: SendIt\n    outputs: [x]\n    decide: x\n"
      "    on: {'a|b': done, 'c~d': done, error: done}\n  done: {say: Bye, end: true}\n");
  const auto& action = std::get<ActionNode>(node(program, "main.send").does);
  EXPECT_NE(action.road("a|b"), nullptr);
  EXPECT_NE(action.road("c~d"), nullptr);
}

TEST(FlowAuthor, AMissingRoadIsAskedForInYaml) {
  const std::string all = said(
      compile_yaml("  send: {do: SendIt, outputs: [x], decide: x, on: {'a|b': done}}\n"
                   "  pick: {ask: Which, nlu: false, buttons: [{A: done}], behaviours: "
                   "[disable_input], next: pick}\n"
                   "  when: {ask: '', asset: {kind: datepicker, message: When}, outputs: [x]}\n"
                   "  done: {say: Bye, end: true}\n"));
  for (const char* word : {"What Next?", "column", "Column", "~node", "NLU Disabled?", "1000000",
                           "Node Number", "Output'", "{\"", "D node", "A node", "ans_req"}) {
    EXPECT_EQ(all.find(word), std::string::npos) << word << " in\n" << all;
  }
  EXPECT_NE(all.find("add error: node to on"), std::string::npos) << all;
  EXPECT_NE(all.find("'outputs' belongs to an action"), std::string::npos) << all;
}

// ---- a node that says and does something else in one breath

TEST(FlowAuthor, WhatANodeSaysComesBeforeWhatItDoes) {
  const auto program = sound(
      "  send:\n    say: One moment.\n    do: SendIt\n    outputs: [x]\n    decide: x\n"
      "    on: {error: later}\n"
      "  later:\n    ask: Your name?\n    variable: NAME\n    set: {GREETING: 'Hello {NAME}'}\n"
      "  bye: {say: '{GREETING}', end: true}\n");
  const auto& first = dialog(program, "main.send");
  EXPECT_EQ(first.messages.at(0)[0].source(), "One moment.");
  EXPECT_EQ(first.next, program.by_id.at("main.send.do"));
  EXPECT_NE(std::get<ActionNode>(node(program, "main.send.do").does).road("error"), nullptr);
  const auto& asks = dialog(program, "main.later");
  EXPECT_TRUE(asks.waits);
  EXPECT_EQ(asks.variable, "NAME");
  EXPECT_EQ(asks.next, program.by_id.at("main.later.set"));
  EXPECT_EQ(std::get<SetNode>(node(program, "main.later.set").does).next,
            program.by_id.at("main.bye"));
}

TEST(FlowAuthor, ANodeDoesOneThing) {
  EXPECT_EQ(
      said(compile_yaml("  a: {set: {X: '1'}, wait: 2s}\n  b: Bye\n")),
      "flows/main.flow.yaml:2:22: error: wait: a node does one thing besides what it says, and "
      "this one has 'set' and 'wait' (make a node of each) [kind_twice]\n");
  EXPECT_NE(said(compile_yaml("  a: {say: A, ask: B}\n  b: Bye\n")).find("[kind_twice]"),
            std::string::npos);
}

TEST(FlowAuthor, ACellIsComplainedAboutWhereItIsWrong) {
  const auto compiled = compile(
      {{"templates/bot.csv",
        "Node Number,Node Type,Message,Next Nodes,Answer Required?,Rich Asset Type,Rich Asset "
        "Content\n1,D,\"Say \"\"hi\"\"\",,1,button,\"Yes \"\"x\"\"~1|\nNo~7\"\n"}},
      kFacts);
  ASSERT_EQ(compiled.problems.size(), 1u) << said(compiled);
  EXPECT_EQ(compiled.problems[0].code, "target_missing");
  EXPECT_EQ(compiled.problems[0].line, 3);
  EXPECT_EQ(compiled.problems[0].position, 4);
  EXPECT_EQ(compiled.problems[0].length, 1);
}

}  // namespace
}  // namespace millrace::flow
