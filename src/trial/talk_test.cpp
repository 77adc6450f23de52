// Conversations of authors with what they write.
#include "trial/talk.hpp"

#include <gtest/gtest.h>

namespace millrace::trial {
namespace {

using base::Code;

constexpr const char* kFlow = R"(nodes:
  welcome:
    say: [Hello!, Hi there!, Good day!]
  name: {ask: 'Your name?', variable: NAME, reminders: [{after: 5m, say: 'Still there?'}]}
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

Talk::ProgramPtr program_of(const std::string& flow) {
  auto compiled = flow::compile({{"flows/main.flow.yaml", flow}}, {{"Test"}, {}, {"SendIt"}});
  for (const flow::Problem& problem : compiled.problems) {
    if (problem.severity == flow::Severity::error) ADD_FAILURE() << problem.describe();
  }
  return std::make_shared<const flow::Program>(std::move(*compiled.program));
}

class TrialTalk : public testing::Test {
 protected:
  Talk begin(TalkOptions options = {}) {
    options.at = {1'767'225'600'000};
    auto talk = Talk::begin(program_of(kFlow), std::move(options));
    EXPECT_TRUE(talk) << talk.error().describe();
    return std::move(*talk);
  }
  static void take(Talk& talk, const Move& move) {
    const auto done = talk.take(move);
    EXPECT_TRUE(done) << done.error().describe();
  }
  static std::string last(const Talk& talk) {
    const auto& said = talk.turns().back().said;
    return said.empty() ? "" : said.back().text;
  }
};

TEST_F(TrialTalk, ShowsWhatComesOfEachMove) {
  Talk talk = begin();
  take(talk, Start{});
  EXPECT_EQ(last(talk), "Your name?");
  EXPECT_EQ(talk.turns().back().node, "main.name");
  take(talk, Say{"Ada"});
  EXPECT_EQ(talk.turns().back().variables.at("NAME"), "Ada");
  take(talk, Say{"Send"});
  const TalkTurn& turn = talk.turns().back();
  EXPECT_EQ(last(talk), "Bye, Ada.");
  ASSERT_EQ(turn.calls.size(), 1u);
  EXPECT_EQ(turn.calls[0].command, "SendIt");
  EXPECT_EQ(turn.calls[0].payload, (json::object{{"name", "Ada"}}));
  ASSERT_EQ(turn.roads.size(), 2u);
  EXPECT_EQ(turn.roads[0].from + ">" + turn.roads[0].to, "main.which>main.send");
  EXPECT_EQ(turn.roads[1].label, "true");
  EXPECT_EQ(turn.state.phase, dialog::Phase::ended);
  EXPECT_EQ(talk.take(Say{"more"}).error().code, Code::not_found);
  EXPECT_EQ(talk.turns().size(), 3u);
}

TEST_F(TrialTalk, WaitsForAnAnswerWhereItIsAskedTo) {
  Talk talk = begin({.answers_itself = false});
  take(talk, Start{});
  EXPECT_EQ(talk.take(Answer{}).error().code, Code::failed_precondition);
  take(talk, Say{"Ada"});
  take(talk, Say{"Send"});
  ASSERT_NE(talk.awaited(), nullptr);
  EXPECT_EQ(talk.awaited()->command, "SendIt");
  EXPECT_EQ(talk.test({"tests/a.test.yaml", "a"}).error().code, Code::failed_precondition);
  take(talk, Answer{{dialog::CallEnd::raised, {}, "no connection"}});
  EXPECT_EQ(last(talk), "Sorry.");
  EXPECT_EQ(talk.awaited(), nullptr);
  ASSERT_TRUE(talk.go_back(3));
  ASSERT_NE(talk.awaited(), nullptr);
  take(talk, Answer{{dialog::CallEnd::returned, {{"success", "true"}}, ""}});
  EXPECT_EQ(last(talk), "Bye, Ada.");
}

TEST_F(TrialTalk, MovesTime) {
  Talk talk = begin();
  EXPECT_EQ(talk.until_timer().ms, 0);
  take(talk, Start{});
  EXPECT_EQ(talk.until_timer().ms, 300'000);
  take(talk, talk.until_timer());
  EXPECT_EQ(last(talk), "Still there?");
}

TEST_F(TrialTalk, GoesBackAndOnFromThere) {
  Talk talk = begin();
  take(talk, Start{});
  take(talk, Say{"Ada"});
  take(talk, Say{"Stop"});
  EXPECT_EQ(talk.go_back(4).error().code, Code::not_found);
  ASSERT_TRUE(talk.go_back(1));
  take(talk, Say{"Bob"});
  take(talk, Say{"Stop"});
  EXPECT_EQ(last(talk), "Bye, Bob.");
  ASSERT_TRUE(talk.go_back(0));
  EXPECT_TRUE(talk.turns().empty());
}

TEST_F(TrialTalk, BeginsAtANode) {
  Talk talk = begin({.variables = {{"NAME", "Ada"}}, .from = "main.which"});
  EXPECT_EQ(talk.take(Say{"x"}).error().code, Code::failed_precondition);
  take(talk, Start{});
  EXPECT_EQ(last(talk), "Which?");
  take(talk, Say{"Stop"});
  EXPECT_EQ(last(talk), "Bye, Ada.");
  EXPECT_EQ(talk.test({"tests/a.test.yaml", "a"}).error().code, Code::failed_precondition);
  EXPECT_EQ(Talk::begin(program_of(kFlow), {.from = "main.nothing"}).error().code, Code::not_found);
}

TEST_F(TrialTalk, IsHeldAgainWithWhatWasChanged) {
  Talk talk = begin();
  take(talk, Start{});
  take(talk, Say{"Ada"});
  take(talk, Say{"Stop"});
  auto same = talk.reload(program_of(kFlow));
  ASSERT_TRUE(same);
  EXPECT_FALSE(*same);
  EXPECT_EQ(talk.turns().size(), 3u);
  std::string changed = kFlow;
  changed.replace(changed.find("Which?"), 6, "And which?");
  const auto other = talk.reload(program_of(changed));
  ASSERT_TRUE(other);
  ASSERT_TRUE(*other);
  EXPECT_EQ((*other)->turn, 2);
  EXPECT_EQ((*other)->before.said.back().text, "Which?");
  EXPECT_EQ((*other)->after.said.back().text, "And which?");
  EXPECT_EQ(talk.turns().size(), 2u);
}

// Whatever is drawn for the talk, and however often: the text passes under its own name.
TEST_F(TrialTalk, IsWrittenDownAsATestThatPasses) {
  Talk talk = begin({.locale = "en", .user_data = {{"tier", 2}}});
  take(talk, Start{});
  take(talk, Wait{300'000});
  take(talk, Say{"Ada: \"Lovelace\" #1"});
  take(talk, Say{"Send"});
  for (const char* name : {"one", "two", "three: with 'quotes'", "four"}) {
    const auto text =
        talk.test({"tests/" + std::string("made") + ".test.yaml", name, true, true, true});
    ASSERT_TRUE(text) << text.error().describe();
    const TestFile file = read_tests("tests/made.test.yaml", *text);
    ASSERT_EQ(file.tests.size(), 1u) << *text;
    EXPECT_EQ(file.tests[0].name, name);
    EXPECT_TRUE(text->contains("expect_end")) << *text;
    EXPECT_TRUE(text->contains("expect_call")) << *text;
    Coverage coverage(talk.program());
    EXPECT_TRUE(run(talk.program(), file.tests[0], coverage).passed) << *text;
  }
}

TEST_F(TrialTalk, EndsAfterManyTurns) {
  Talk talk = begin();
  take(talk, Start{});
  for (size_t i = 1; i < kTalkTurnsMax; ++i) take(talk, Wait{1});
  EXPECT_EQ(talk.take(Wait{1}).error().code, Code::resource_exhausted);
}

}  // namespace
}  // namespace millrace::trial
