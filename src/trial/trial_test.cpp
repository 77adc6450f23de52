#include "trial/trial.hpp"

#include <gtest/gtest.h>

namespace millrace::trial {
namespace {

flow::Program program_of(const std::string& nodes) {
  auto compiled = flow::compile({{"flows/main.flow.yaml", nodes}}, {{"Test"}, {}, {"SendIt"}});
  for (const flow::Problem& problem : compiled.problems) ADD_FAILURE() << problem.describe();
  return compiled.program ? std::move(*compiled.program) : flow::Program{};
}

const char* const kFlow = R"(
nodes:
  name: {ask: 'Your name?', variable: NAME}
  which:
    ask: Which?
    buttons: [{Send: send}, {Stop: bye}]
  send:
    do: SendIt
    with: {name: '{NAME}'}
    outputs: [success]
    decide: success
    on: {'true': bye, error: sorry}
  sorry: {say: Sorry., end: true}
  bye: {say: 'Bye, {NAME}.', end: true}
)";

struct Played {
  std::vector<Outcome> outcomes;
  Coverage coverage;
  TestFile file;
};

Played run_text(const flow::Program& program, const std::string& text) {
  Played out{{}, Coverage(program), read_tests("tests/x.test.yaml", text)};
  for (const flow::Problem& problem : out.file.problems) ADD_FAILURE() << problem.describe();
  for (const Test& test : out.file.tests) {
    out.outcomes.push_back(run(program, test, out.coverage));
  }
  return out;
}

TEST(TrialRun, PassesWhatGoesAsWrittenAndCountsItsRoads) {
  const auto program = program_of(kFlow);
  const Played run = run_text(program, R"(
tests:
  - name: sent
    actions: {SendIt: {success: 'true'}}
    steps:
      - start
      - expect: 'Your name?'
      - say: Ada
      - expect: {text: 'Which?', buttons: [Send, Stop]}
      - say: Send
      - expect_call: {SendIt: {name: Ada}}
      - expect: {matches: '^Bye, A'}
      - expect_variables: {NAME: Ada}
      - expect_end: killbot_via_graph_flag
)");
  ASSERT_EQ(run.outcomes.size(), 1u);
  EXPECT_TRUE(run.outcomes[0].passed) << run.outcomes[0].failure;
  EXPECT_EQ(run.coverage.roads_all(), 5u);
  EXPECT_EQ(run.coverage.roads_seen(), 3u);
  EXPECT_EQ(run.coverage.nodes_seen(), 4u);
  const std::string text = text_report(run.outcomes, run.coverage, 0.001, false);
  EXPECT_NE(text.find("main.which --Stop--> main.bye"), std::string::npos) << text;
  EXPECT_NE(text.find("3 of 5 branches (60.0%)"), std::string::npos) << text;
}

TEST(TrialRun, NamesTheLineAndWhatCameInstead) {
  const auto program = program_of(kFlow);
  struct Case {
    const char* steps;
    int line;
    const char* failure;
  };
  const Case cases[] = {
      {"      - start\n      - expect: Hello\n", 6, "but came \"Your name?\""},
      {"      - start\n      - say: Ada\n", 6, "said more than was expected"},
      {"      - start\n      - expect: {contains: name}\n      - expect: More\n", 7,
       "said nothing more"},
      {"      - expect_end: true\n", 5, "has not ended"},
      {"      - expect_variables: {NAME: Ada}\n", 5, "NAME is \"\", expected \"Ada\""},
      {"      - expect_call: SendIt\n", 5, "no action was called"},
      {"      - expect_event: Sent\n", 5, "but none came"},
  };
  for (const Case& item : cases) {
    const Played run = run_text(
        program, "tests:\n  - name: x\n    at: 2026-01-01\n    steps:\n" + std::string(item.steps));
    ASSERT_EQ(run.outcomes.size(), 1u);
    EXPECT_FALSE(run.outcomes[0].passed) << item.steps;
    EXPECT_EQ(run.outcomes[0].line, item.line) << item.steps;
    EXPECT_NE(run.outcomes[0].failure.find(item.failure), std::string::npos)
        << run.outcomes[0].failure;
  }
}

TEST(TrialRun, AnActionWithoutAnAnswerSaysWhatToAdd) {
  const auto program = program_of(kFlow);
  const Played run = run_text(program,
                              "tests:\n  - name: x\n    strict: false\n    variables: {NAME: Ada}\n"
                              "    steps:\n      - start\n      - say: Ada\n      - say: Send\n");
  EXPECT_FALSE(run.outcomes.at(0).passed);
  EXPECT_NE(run.outcomes[0].failure.find("actions: {SendIt: {success: 'true'}}"),
            std::string::npos);
}

TEST(TrialRun, ActionsAnswerInTheOrderWritten) {
  const auto program = program_of(R"(
nodes:
  again: {ask: 'Again?', variable: X}
  send:
    do: SendIt
    outputs: [success]
    decide: success
    on: {'true': again, error: failed, timeout: late, unknown: lost}
  failed: {say: failed, next: again}
  late: {say: late, next: again}
  lost: {say: lost, next: again}
)");
  const Played run = run_text(program, R"(
tests:
  - name: every end
    actions:
      SendIt:
        - {raises: no}
        - {times_out: true}
        - {unknown: true}
        - {returns: {success: 'true'}}
    steps:
      - start
      - expect: 'Again?'
      - say: 'a'
      - expect: failed
      - expect: 'Again?'
      - say: 'b'
      - expect: late
      - expect: 'Again?'
      - say: 'c'
      - expect: lost
      - expect: 'Again?'
      - say: 'd'
      - expect: 'Again?'
      - say: 'e'
      - expect: 'Again?'
)");
  EXPECT_TRUE(run.outcomes.at(0).passed) << run.outcomes[0].failure;
  EXPECT_DOUBLE_EQ(run.coverage.percent(), 100.0);
}

TEST(TrialRead, RefusesWhatItDoesNotKnowAtItsLine) {
  const auto file = read_tests("tests/x.test.yaml",
                               "tests:\n  - nam: x\n    steps:\n      - sya: Hi\n      - begin\n"
                               "      - wait: 5\n      - expect: {matches: '('}\n");
  std::string codes;
  for (const flow::Problem& problem : file.problems) {
    codes += problem.code + "@" + std::to_string(problem.line) + " ";
  }
  EXPECT_EQ(codes,
            "unknown_key@2 key_missing@2 unknown_key@4 bad_step@5 bad_duration@6 bad_pattern@7 ");
}

TEST(TrialReport, EscapesTextsInEveryFormat) {
  const auto program = program_of("nodes:\n  hello: {say: '<b>&\"', end: true}\n");
  const Played run = run_text(program, "tests:\n  - name: '<i>'\n    steps:\n      - start\n");
  EXPECT_FALSE(run.outcomes.at(0).passed);
  const std::string junit = junit_report(run.outcomes, "S<>", 1);
  EXPECT_NE(junit.find("name=\"&lt;i&gt;\""), std::string::npos) << junit;
  EXPECT_EQ(junit.find("<b>"), std::string::npos);
  const std::string html = html_report(run.outcomes, run.coverage);
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  EXPECT_NE(html.find("<svg"), std::string::npos);
}

}  // namespace
}  // namespace millrace::trial
