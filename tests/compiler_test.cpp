// A solution that is compiled again after every edit is told exactly what compiling its files from
// nothing tells: flows of all kinds are edited at random, in both notations, and after each edit
// the two are compared. MILLRACE_SEEDS is how many flows are edited, MILLRACE_SEED the first.
#include "flow/compiler.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "flow/convert.hpp"
#include "tests/big_bot.hpp"
#include "tests/edits.hpp"
#include "tests/made_flow.hpp"
#include "tests/many_nodes.hpp"
#include "tests/meaning.hpp"

namespace millrace {
namespace {

using testing_support::BigBot;
using testing_support::Edits;
using testing_support::MadeFlow;
using testing_support::ManyNodes;
using testing_support::Meaning;

std::string said(const std::vector<flow::Problem>& problems) {
  std::string out;
  for (const flow::Problem& problem : problems) {
    out += std::to_string(problem.node) + "+" + std::to_string(problem.length) + " " +
           problem.describe() + "\n";
  }
  return out;
}

std::string meant(const flow::Compilation& compilation) {
  if (!compilation.program) return "";
  std::string out = compilation.program->hash + "\n" + Meaning::of(*compilation.program);
  std::map<std::string, int> rows;
  for (const auto& [number, node] : compilation.program->nodes) rows[node.id] = node.row;
  for (const auto& [id, row] : rows) out += id + " in line " + std::to_string(row) + "\n";
  return out;
}

// Everything that YAML can say: forms, typed asks, conditions, calls, translations, intents.
flow::Files whole_language() {
  return {{"solution.yaml",
           "name: Edited\nlocales: [en, fr]\nchannels: [whatsapp]\n"
           "asides:\n  agent: {to: main.desk}\n"},
          {"flows/main.flow.yaml",
           "# What everybody meets first.\nnodes:\n  hello: Hello!\n\n  who:\n    form:\n"
           "      - NAME: What is your name?\n      - EMAIL: {ask: 'Your e-mail?', type: email}\n"
           "    next: plan\n\n  plan:\n    ask: Which plan, {NAME}?\n    type: choice\n"
           "    choices: [Basic, {label: Gold, synonyms: [best]}]\n    variable: PLAN\n"
           "    max_tries: 2\n    on_fail: desk\n    why: |\n      We have two.\n\n      Really.\n"
           "  price:\n    set: {PRICE: \"= PLAN = 'Gold' and 20 or 10\", NOTE: 'for {NAME}'}\n"
           "  price2:\n    set: {PRICE: '= length(PLAN) + 1'}\n"
           "  dear:\n    if:\n      - {when: PRICE > 15, to: pay}\n      - {else: pay.start}\n"
           "  pay: {say: 'That is {PRICE}.', call: pay}\n"
           "  send:\n    say: One moment.\n    do: SendIt\n    with: {to: '{EMAIL}', deep: [1, "
           "'{PLAN}']}\n    outputs: [success]\n    decide: success\n"
           "    on: {'true': thanks, error: desk}\n"
           "  thanks: {say: [Thanks!, 'Thank you, {NAME}'], end: true, was: main.bye}\n"
           "  desk:\n    say: A person will help.\n    behaviours: [xfer_to_agent]\n"
           "    on: {unavailable: thanks, timeout: thanks}\n    end: true\n"
           "  cost: {intent: cost, say: 'It is 10 or 20.'}\n"},
          {"flows/pay.flow.yaml",
           "nodes:\n  start: {ask: 'Card or cash?', buttons: [{Card: card}, {Cash: done}]}\n"
           "  card: {ask: 'Number?', variable: CARD, secure: true, next: done}\n"
           "  wait: {wait: 2s}\n  done: {return: true}\n  10: {say: Ten, next: done}\n"},
          {"messages/fr.yaml",
           "main:\n  hello: {say: Bonjour !}\n  who: {NAME: {ask: 'Votre nom ?'}}\n"
           "  plan: {ask: 'Quelle offre, {NAME} ?', options: {Gold: Or}}\n"
           "  desk: {say: 'Un instant, {NOBODY}'}\npay:\n  start: {buttons: {Card: Carte}}\n"},
          {"nlu/en.yaml", "intents:\n  cost: [what does it cost, how much]\n"},
          {"action_nodes/SendIt.py", "class SendIt:\n    pass\n"}};
}

std::pair<flow::Files, flow::AppFacts> begin_with(uint64_t seed) {
  switch (seed % 5) {
    case 0: return {BigBot(2).files(), BigBot::facts()};
    case 1: return {ManyNodes{40, 12}.files(), {{"Many"}, {}, {}}};
    case 2: {
      auto files = MadeFlow(seed).files();
      return {flow::yaml_to_csv(files).files, MadeFlow::facts()};
    }
    case 3: return {MadeFlow(seed).files(), MadeFlow::facts()};
    default: return {whole_language(), MadeFlow::facts()};
  }
}

uint64_t from_environment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

TEST(FlowCompiler, SaysAfterEveryEditWhatACheckFromNothingSays) {
  const uint64_t first = from_environment("MILLRACE_SEED", 1);
  const uint64_t count = from_environment("MILLRACE_SEEDS", 25);
  for (uint64_t seed = first; seed < first + count; ++seed) {
    auto [files, facts] = begin_with(seed);
    Edits edits(seed, std::move(files), std::move(facts));
    flow::Compiler compiler;
    for (int i = 0; i < 40; ++i) {
      const auto now = compiler.compile(edits.files(), edits.facts());
      const auto from_nothing = flow::compile(edits.files(), edits.facts());
      ASSERT_EQ(said(now.problems), said(from_nothing.problems))
          << "seed " << seed << ", edit " << i << ": " << edits.last();
      ASSERT_EQ(meant(now), meant(from_nothing))
          << "seed " << seed << ", edit " << i << ": " << edits.last();
      edits.edit();
    }
  }
}

TEST(FlowCompiler, ReadsAndCompilesOnlyTheNodeThatChanged) {
  const ManyNodes many{400, 50};
  const flow::AppFacts facts{{"Many"}, {}, {}};
  flow::Compiler compiler;
  EXPECT_TRUE(compiler.check(many.files(), facts).empty());
  EXPECT_EQ(compiler.last_work().read, 401u);
  EXPECT_EQ(compiler.last_work().linked, 401u);
  EXPECT_EQ(compiler.last_work().checked, 401u);
  EXPECT_TRUE(compiler.check(many.files(true), facts).empty());
  EXPECT_EQ(compiler.last_work().read, 1u);
  EXPECT_EQ(compiler.last_work().linked, 1u);
  EXPECT_EQ(compiler.last_work().checked, 1u);
  EXPECT_TRUE(compiler.check(many.files(true), facts).empty());
  EXPECT_EQ(compiler.last_work().read + compiler.last_work().linked, 0u);
}

TEST(FlowCompiler, ReadsOnlyTheRowThatChanged) {
  const BigBot bot(10);
  auto files = bot.files();
  flow::Compiler compiler;
  compiler.check(files, BigBot::facts());
  EXPECT_EQ(compiler.last_work().read, bot.nodes());
  std::string& csv = files["templates/bot.csv"];
  csv.replace(csv.find("Goodbye."), 8,
              "See you,\nthen.");  // within no quotes: a row is broken in two
  compiler.check(files, BigBot::facts());
  csv = bot.csv();
  csv.replace(csv.find("Goodbye."), 8, "See you.");
  compiler.check(files, BigBot::facts());
  EXPECT_EQ(compiler.last_work().read, 1u);
  EXPECT_EQ(compiler.last_work().linked, 1u);
}

TEST(FlowCompiler, KeepsWhatItHasReadWhileTheSyntaxIsBroken) {
  const ManyNodes many{100, 20};
  const flow::AppFacts facts{{"Many"}, {}, {}};
  flow::Compiler compiler;
  compiler.check(many.files(), facts);
  auto files = many.files();
  files["flows/main.flow.yaml"] += "  more: {say: 'not closed\n";
  const auto problems = compiler.check(files, facts);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems.front().code, "yaml_syntax");
  EXPECT_TRUE(compiler.check(many.files(), facts).empty());
  EXPECT_EQ(compiler.last_work().read, 0u);
}

TEST(FlowCompiler, ChecksANodeAgainWhenAVariableThatItMentionsIsSetNoMore) {
  const flow::AppFacts facts{{"Test"}, {}, {}};
  const auto flow_of = [](const char* variable) {
    return flow::Files{
        {"flows/main.flow.yaml", "nodes:\n  a: {ask: 'Name?', variable: " + std::string(variable) +
                                     "}\n  b: {say: 'Hello {NAME}', end: true}\n"}};
  };
  flow::Compiler compiler;
  EXPECT_TRUE(compiler.check(flow_of("NAME"), facts).empty());
  const auto problems = compiler.check(flow_of("NAMES"), facts);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].describe(),
            "flows/main.flow.yaml:3:12: error: node main.b: say: Referenced global variable does "
            "not exist: NAME (did you mean NAMES?) [variable_unknown]");
  EXPECT_EQ(compiler.last_work().linked, 1u);
  EXPECT_EQ(compiler.last_work().checked, 2u);
  EXPECT_TRUE(compiler.check(flow_of("NAME"), facts).empty());
}

}  // namespace
}  // namespace millrace
