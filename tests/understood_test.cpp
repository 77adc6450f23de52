// What a conversation does with what a model has read in a message.
#include <gtest/gtest.h>

#include "tests/fakes/reader.hpp"
#include "tests/understood.hpp"
#include "trial/talk.hpp"

namespace millrace::trial {
namespace {

using namespace testing_support;
using Readings = std::map<std::string, Understood, std::less<>>;

class Understanding : public testing::Test {
 protected:
  void begin(Readings readings, const std::string& settings = "") {
    begin(std::move(readings), program_of(settings));
  }
  void begin(Readings readings, std::shared_ptr<const flow::Program> program) {
    TalkOptions options;
    options.at = kMorning;
    options.reader = std::make_shared<testing_support::FakeReader>(std::move(readings));
    auto talk = Talk::begin(std::move(program), std::move(options));
    ASSERT_TRUE(talk);
    talk_.emplace(std::move(*talk));
    ASSERT_TRUE(talk_->take(Start{}));
  }
  // All that the bot says to it, in lines.
  std::string say(const std::string& text) {
    const auto taken = talk_->take(Say{text});
    if (!taken) return taken.error().message;
    std::string out;
    for (const dialog::Message& message : talk_->turns().back().said) {
      out += (out.empty() ? "" : " / ") + message.text;
      for (const auto& option : message.asset.options) out += " [" + option.label + "]";
    }
    return out;
  }
  std::string value(const std::string& name) {
    const auto& variables = talk_->turns().back().state.variables;
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
  }

  std::optional<Talk> talk_;
};

TEST_F(Understanding, AnIntentLeadsAwayAndTheQuestionComesBack) {
  begin({{"are you there at eight", sure_of("hours")}});
  EXPECT_EQ(say("are you there at eight"), "We open at nine. / What can I do? [Book]");
}

TEST_F(Understanding, AButtonGoesBeforeWhateverAModelReads) {
  begin({{"Book", sure_of("hours")}});
  EXPECT_EQ(say("Book"), "First name?");
}

TEST_F(Understanding, WhatTheModelIsNotSureOfIsOutOfScope) {
  Understood unsure = sure_of("hours", 300);
  unsure.is_in_scope = false;
  begin({{"hm", unsure}});
  EXPECT_EQ(say("hm"), "I do not know. / What can I do? [Book]");
}

TEST_F(Understanding, AnUtteranceToTheLetterNeedsNoModel) {
  Understood other = sure_of("parking");
  begin({{"When do you open?", other}});
  EXPECT_EQ(say("When do you open?"), "We open at nine. / What can I do? [Book]");
  EXPECT_EQ(say("someone asked when do you open"), "I do not know. / What can I do? [Book]")
      << "words alone do not count beside a model";
}

TEST_F(Understanding, AQuestionThatTakesAnyTextIsLeftOnlyForWhatIsCertain) {
  begin({{"Hours Smith", sure_of("hours", 650)},
         {"Nine Open", sure_of("hours", 950, 300)},
         {"when are you open", sure_of("hours", 950)}});
  say("Book");
  EXPECT_EQ(say("when are you open"), "We open at nine. / First name?");
  EXPECT_EQ(say("Hours Smith"), "Last name?") << "not probable enough";
  EXPECT_EQ(value("FIRST"), "Hours Smith");
  EXPECT_EQ(say("Nine Open"), "Which day?") << "most of its words are not known";
}

TEST_F(Understanding, ThresholdsAreOfTheSolutionAndOfTheNode) {
  begin({{"open", sure_of("hours", 800)}}, "nlu: {threshold: 0.9}\n");
  EXPECT_EQ(say("open"), "I do not know. / What can I do? [Book]");
  const auto program = program_of("nlu: {threshold: 0.9}\n", R"(nodes:
  menu: {ask: 'What can I do?', buttons: [Book: end], nlu_threshold: 0.7}
  end: {say: Done, end: true}
)");
  EXPECT_EQ(std::get<flow::DialogNode>(program->find(program->by_id.at("main.menu"))->does)
                .threshold_permille,
            700);
  begin({{"open", sure_of("hours", 800)}}, "nlu: {threshold: 0.5}\n");
  EXPECT_EQ(say("open"), "We open at nine. / What can I do? [Book]");
}

TEST_F(Understanding, ASolutionThatWantsNoModelGoesByItsWords) {
  begin({{"anything", sure_of("hours")}}, "nlu: {model: false}\n");
  EXPECT_EQ(say("anything"), "I do not know. / What can I do? [Book]");
  EXPECT_EQ(say("please tell me the opening hours"), "We open at nine. / What can I do? [Book]");
}

TEST_F(Understanding, OfTwoThatAreCloseThePersonPicks) {
  Understood close{{{"hours", 480}, {"parking", 450}}, true, true, 1'000, {}};
  begin({{"open car", close}});
  EXPECT_EQ(say("open car"), "Which one do you mean? [when do you open] [where can I park]");
  EXPECT_EQ(say("2"), "Behind the house. / What can I do? [Book]");
  say("open car");
  EXPECT_EQ(say("when do you open"), "We open at nine. / What can I do? [Book]");
  say("open car");
  EXPECT_EQ(say("Book"), "First name?") << "an answer to the question is one still";
}

TEST_F(Understanding, AFlowSaysWhichOfTwoGoesFirst) {
  Understood close{{{"hours", 480}, {"parking", 450}}, true, true, 1'000, {}};
  begin({{"open car", close}},
        program_of("", kFlow, std::string(kIntents) + "priorities: {main: [parking, hours]}\n"));
  EXPECT_EQ(say("open car"), "Behind the house. / What can I do? [Book]");
}

TEST_F(Understanding, OneMessageAnswersSeveralQuestions) {
  begin({{"I am Ada Lovelace, on the 8th",
          has({{"first_name", {"Ada"}}, {"last_name", {"Lovelace"}}, {"date", {"2026-01-08"}}})}});
  say("Book");
  EXPECT_EQ(say("I am Ada Lovelace, on the 8th"), "PIN?");
  EXPECT_EQ(value("FIRST"), "Ada");
  EXPECT_EQ(value("LAST"), "Lovelace");
  EXPECT_EQ(value("DAY"), "2026-01-08");
}

TEST_F(Understanding, WhatWasSaidAheadIsTakenAlsoWhereGivingUpLeadsToIt) {
  begin({{"Ada Lovelace", has({{"first_name", {"Ada"}}, {"last_name", {"Lovelace"}}})}},
        program_of("", R"(nodes:
  first: {ask: 'First name?', entity: first_name, variable: FIRST, next: code}
  code:
    ask: Code?
    type: regex
    pattern: '[0-9]{4}'
    variable: CODE
    max_tries: 1
    on_fail: last
    next: done
  last: {ask: 'Last name?', entity: last_name, variable: LAST, next: done}
  done: {say: 'Thank you, {FIRST} {LAST}', end: true}
)"));
  EXPECT_EQ(say("Ada Lovelace"), "Code?");
  EXPECT_EQ(say("x"), "Thank you, Ada Lovelace");
}

TEST_F(Understanding, WhatIsAnAnswerAsAWholeAnswersNothingElse) {
  begin({{"Paulo Ferreira", has({{"last_name", {"Ferreira"}}})}});
  say("Book");
  EXPECT_EQ(say("Paulo Ferreira"), "Last name?");
  EXPECT_EQ(value("FIRST"), "Paulo Ferreira");
}

TEST_F(Understanding, AWordAloneIsAnAnswerWhereAnyTextIs) {
  begin({{"Open", sure_of("hours")}, {"opening hours", {}}});
  say("Book");
  EXPECT_EQ(say("opening hours"), "We open at nine. / First name?") << "an utterance to the letter";
  EXPECT_EQ(say("Open"), "Last name?");
}

TEST_F(Understanding, WhatWasSaidAheadCanBeChangedAndGoneBackTo) {
  begin({{"Ada Lovelace", has({{"first_name", {"Ada"}}, {"last_name", {"Lovelace"}}})}});
  say("Book");
  EXPECT_EQ(say("Ada Lovelace"), "Which day?");
  EXPECT_EQ(say("go back"), "Last name?");
  EXPECT_EQ(say("King"), "Which day?");
  EXPECT_EQ(value("LAST"), "King");
}

TEST_F(Understanding, WhatAQuestionWouldRefuseIsAskedFor) {
  begin({{"Ada, yesterday-ish", has({{"first_name", {"Ada"}}, {"date", {"no day"}}})}});
  say("Book");
  EXPECT_EQ(say("Ada, yesterday-ish"), "Last name?");
  EXPECT_EQ(say("Lovelace"), "Which day?");
}

TEST_F(Understanding, AnEntityThatReadsTwoWaysIsAskedAbout) {
  begin({{"the 3rd of the 4th or so", has({{"date", {"2026-04-03", "2026-03-04"}}})}});
  say("Book");
  say("Ada");
  say("Lovelace");
  const std::string asked = say("the 3rd of the 4th or so");
  EXPECT_NE(asked.find("Which one do you mean?"), std::string::npos) << asked;
  say("2");
  EXPECT_EQ(value("DAY"), "2026-03-04");
}

TEST_F(Understanding, SecureQuestionsAreNeitherReadNorFilledAhead) {
  begin({{"Ada Lovelace 8 Jan 1234", has({{"first_name", {"Ada"}},
                                          {"last_name", {"Lovelace"}},
                                          {"date", {"2026-01-08"}},
                                          {"number", {"1234"}}})},
         {"4321", has({{"number", {"4321"}}})}});
  say("Book");
  EXPECT_EQ(say("Ada Lovelace 8 Jan 1234"), "PIN?");
  EXPECT_EQ(say("4321"), "Anything else?") << "the number was said for the guests";
  EXPECT_EQ(value("GUESTS"), "1234");
}

TEST_F(Understanding, NothingIsReadWhereNluIsDisabled) {
  begin({{"Ada Lovelace 8 Jan 2", has({{"first_name", {"Ada"}},
                                       {"last_name", {"Lovelace"}},
                                       {"date", {"2026-01-08"}},
                                       {"number", {"2"}}})},
         {"when are you open", sure_of("hours")}});
  say("Book");
  say("Ada Lovelace 8 Jan 2");
  say("1234");
  EXPECT_EQ(say("when are you open"), "Done Ada Lovelace");
}

}  // namespace
}  // namespace millrace::trial
