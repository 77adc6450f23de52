// How what people say comes back to them: read in their own zone, shown as the words they are, and
// worked with where it can be.
#include <gtest/gtest.h>

#include "flow/flow.hpp"
#include "trial/talk.hpp"

namespace millrace::trial {
namespace {

constexpr base::Timestamp kNight{1'767'578'400'000};  // 2026-01-05T02:00:00Z

struct Case {
  std::string flow;
  std::string settings;
  TalkOptions options = {};
};

// What the bot says to that answer, after its first question.
std::string answer_to(const Case& asked, const std::string& words,
                      std::vector<std::string>* remarks = nullptr) {
  auto compiled =
      flow::compile({{"flows/main.flow.yaml", asked.flow}, {"solution.yaml", asked.settings}},
                    {{"Test"}, {}, {}});
  if (!compiled.program) return "does not compile";
  TalkOptions options = asked.options;
  if (options.at.ms == 0) options.at = kNight;
  auto talk = Talk::begin(std::make_shared<const flow::Program>(std::move(*compiled.program)),
                          std::move(options));
  if (!talk || !talk->take(Start{})) return "does not begin";
  if (const auto said = talk->take(Say{words}); !said) return said.error().message;
  if (remarks != nullptr) *remarks = talk->turns().back().remarks;
  const auto& messages = talk->turns().back().said;
  return messages.empty() ? "" : messages.back().text;
}

constexpr const char* kAsksDay = R"(nodes:
  q: {ask: 'When?', type: date, variable: X}
  got: {say: 'GOT [{X}]', end: true}
)";

TEST(Answers, AreReadOnTheDayItIsWhereTheConsumerIs) {
  struct Row {
    std::string settings, own, words, day;
  };
  const std::string kAngeles = "time_zone: America/Los_Angeles\n";
  const std::string kAuckland = "time_zone: Pacific/Auckland\n";
  const Row kRows[] = {
      {"", "", "today", "January 5, 2026"},
      {"time_zone: UTC\n", "", "today", "January 5, 2026"},
      {kAngeles, "", "today", "January 4, 2026"},
      {kAngeles, "", "tomorrow", "January 5, 2026"},
      {kAuckland, "", "yesterday", "January 4, 2026"},
      {kAuckland, "America/Los_Angeles", "today", "January 4, 2026"},
      {kAngeles, "Asia/Tokyo", "today", "January 5, 2026"},
      {kAngeles, "Nowhere/Land", "today", "January 4, 2026"},
      {"", "Pacific/Honolulu", "in 2 days", "January 6, 2026"},
  };
  for (const Row& row : kRows) {
    Case asked{kAsksDay, row.settings, {.locale = "en-US"}};
    if (!row.own.empty()) asked.options.user_data["time_zone"] = row.own;
    EXPECT_EQ(answer_to(asked, row.words), "GOT [" + row.day + "]") << row.settings << row.own;
  }
}

TEST(Answers, AreHeldToTheDayItIsThere) {
  const std::string flow = R"(nodes:
  q: {ask: 'When?', type: date, not_past: true, variable: X, retry: Later.}
  got: {say: 'GOT [{X}]', end: true}
)";
  const Case asked{flow, "time_zone: Pacific/Auckland\n", {.locale = "en-GB"}};
  EXPECT_EQ(answer_to(asked, "4/1/2026"), "Later.");
  EXPECT_EQ(answer_to(asked, "today"), "GOT [5 January 2026]");
}

TEST(Answers, ExpressionsKnowTheDayItIsThere) {
  const std::string flow = R"(nodes:
  q: {ask: 'Born?', type: date, variable: BORN}
  s: {set: {DAY: '= today()', AGE: '= age(BORN)'}}
  got: {say: '{DAY} {AGE}', end: true}
)";
  EXPECT_EQ(answer_to({flow, ""}, "1990-01-05"), "2026-01-05 36");
  EXPECT_EQ(answer_to({flow, "time_zone: America/New_York\n"}, "1990-01-05"), "2026-01-04 35");
}

TEST(Answers, AreNeverMarkupWhereMessagesAreShownAsMarkdown) {
  const std::string flow = R"(nodes:
  q: {ask: 'What?', variable: X}
  got: {say: 'You said: **{X}**', end: true}
)";
  const Case web{flow, "", {.channel = "web"}}, rest{flow, "", {.channel = "rest"}}, none{flow, ""};
  EXPECT_EQ(answer_to(web, "2*3*4"), R"(You said: **2\*3\*4**)");
  EXPECT_EQ(answer_to(web, "[x](https://evil.example)"),
            R"(You said: **\[x\](https\://evil.example)**)");
  for (const Case& plain : {rest, none}) {
    EXPECT_EQ(answer_to(plain, "2*3*4"), "You said: **2*3*4**");
  }
}

TEST(Answers, AreNoMarkupInWhatTheBotSaysByItself) {
  const std::string flow = R"(nodes:
  q: {ask: 'What?', type: number, variable: X, subject: '*number*', retry: '{Y}?'}
  got: {say: 'Thank you', end: true}
  y: {set: {Y: '*no*'}, next: q}
)";
  EXPECT_EQ(answer_to({flow, "", {.channel = "web", .variables = {{"Y", "*no*"}}}}, "x"),
            R"(\*no\*?)");
}

TEST(Answers, ThatCannotBeWorkedWithNeverEndTheChat) {
  const std::string flow = R"(nodes:
  q: {ask: 'How old are you?', variable: V}
  s: {set: {NEXT: '= number(V) + 1', LATER: '= 10 / 0'}}
  b: {if: [{when: 'number(V) > 17', to: old}, {else: young}]}
  old: {say: 'Next year you are {NEXT}', end: true}
  young: {say: 'Next [{NEXT}] {LATER}', end: true}
)";
  std::vector<std::string> remarks;
  EXPECT_EQ(answer_to({flow, ""}, "41", &remarks), "Next year you are 42");
  EXPECT_EQ(remarks, (std::vector<std::string>{"main.s: '10 / 0': the result is not a number"}));
  for (const char* words : {"1,000", "about 40", "forty"}) {
    EXPECT_EQ(answer_to({flow, ""}, words, &remarks), "Next [] ") << words;
    EXPECT_EQ(remarks.size(), 3u) << words;
  }
}

TEST(Answers, GiveNothingOrAnotherValueWhereAnExpressionCannotBeComputed) {
  struct Row {
    const char* words;
    const char* expression;
    const char* shown;  // "": it fails, and that is remarked
  };
  constexpr Row kRows[] = {
      {"forty", "number(V) + 1", ""},
      {"quarante et un", "number(V) + 1", ""},
      {"vierzig", "number(V) + 1", ""},
      {"cuarenta", "number(V) + 1", ""},
      {"quarenta", "number(V) + 1", ""},
      {"41", "number(V) + 1", "42"},
      {"1,5", "number(V)", ""},
      {"12 34", "number(V)", ""},
      {"1e5", "number(V)", ""},
      {"0x10", "number(V)", ""},
      {"½", "number(V)", ""},
      {"٤١", "number(V)", ""},
      {"-3", "number(V)", "-3"},
      {"0", "10 / number(V)", ""},
      {"5", "10 / number(V)", "2"},
      {"0", "10 / (number(V) - number(V))", ""},
      {"0", "5 - 10 / number(V)", ""},
      {"7", "number(V) / 0", ""},
      {"never", "age(V)", ""},
      {"1990-01-05", "age(V)", "36"},
      {"1990-02-30", "age(V)", ""},
      {"amanhã", "age(V)", ""},
      {"5 January 1990", "age(V)", ""},
      {"soon", "days_between(V, today())", ""},
      {"2026-13-01", "days_between(V, today())", ""},
      {"2026-01-01", "days_between(V, '2026-01-05')", "4"},
      {"a", "max(number(V), 3)", ""},
      {"7", "max(number(V), 3)", "7"},
      {"a", "min(3, number(V))", ""},
      {"x", "round(number(V), 2)", ""},
      {"x", "round(1.5, V)", ""},
      {"2.345", "round(number(V), 2)", "2.35"},
      {"abc", "length(V) / (length(V) - 3)", ""},
      {"👩‍👩‍👧‍👦x", "length(V)", "2"},
      {"x", "-number(V)", ""},
      {"x", "number(V) * number(V)", ""},
      {"x", "number(trim(V))", ""},
      {"x", "if(number(V) > 3, 'big', 'small')", ""},
      {"5", "if(number(V) > 3, 'big', 'small')", "big"},
      {"x", "if(is_number(V), number(V), 0) + 1", "1"},
      {"41", "if(is_number(V), number(V), 0) + 1", "42"},
      {"x", "if(is_number(V), 10 / number(V), 'none')", "none"},
      {"0", "if(number(V) = 0, 'none', 10 / number(V))", "none"},
      {"x", "coalesce(number(V), 0)", "0"},
      {"5", "coalesce(number(V), 0)", "5"},
      {"x", "coalesce(age(V), number(V), 'unknown')", "unknown"},
      {"x", "coalesce(age(V), number(V))", ""},
      {"x", "is_number(V) and number(V) > 3", "false"},
      {"x", "not is_number(V) or number(V) > 3", "true"},
  };
  for (const Row& row : kRows) {
    const std::string flow = std::string(R"(nodes:
  q: {ask: 'What?', variable: V}
  s: {set: {R: ")") + "= " + row.expression +
                             R"("}}
  got: {say: 'GOT [{R}]', end: true}
)";
    std::vector<std::string> remarks;
    EXPECT_EQ(answer_to({flow, ""}, row.words, &remarks), "GOT [" + std::string(row.shown) + "]")
        << row.words << " in " << row.expression;
    EXPECT_EQ(remarks.empty(), *row.shown != '\0') << row.words << " in " << row.expression;
  }
}

TEST(Answers, ThatCannotBeWorkedWithGoToTheNodeForErrorsWhereThereIsOne) {
  const std::string flow = R"(nodes:
  q: {ask: 'How old are you?', variable: V}
  s: {set: {NEXT: '= number(V) + 1'}}
  got: {say: 'Next year you are {NEXT}', end: true}
  -500: {say: 'Let us begin again', end: true}
)";
  EXPECT_EQ(answer_to({flow, ""}, "forty"), "Let us begin again");
}

TEST(Answers, ExpressionsThatComeOutAreNotComplainedOf) {
  const auto compiled = flow::compile({{"flows/main.flow.yaml", R"(nodes:
  q: {ask: 'How old are you?', variable: V}
  n: {ask: 'How many?', type: number, variable: N}
  d: {ask: 'When?', type: date, variable: D}
  y: {ask: 'Well?', type: yes_no, variable: Y}
  t: {ask: 'What else?', variable: T}
  b:
    if:
      - {when: 'is_number(V) and V > 18', to: s}
      - {when: 'N > 5 and N = ''6''', to: s}
      - {when: 'D < today() and D != '''' and days_between(D, today()) > 3', to: s}
      - {when: 'Y and Y = true and Y = ''true''', to: s}
      - {when: 'T = ''x'' and length(T) > 3 and T != Y', to: s}
      - {else: s}
  s: {set: {SUM: '= N * 2 + 1', OLD: '= age(D)', MORE: '= SUM - 1'}}
  got: {say: 'Done {SUM} {OLD} {MORE}', end: true}
)"}},
                                      {{"Test"}, {}, {}});
  for (const flow::Problem& problem : compiled.problems) ADD_FAILURE() << problem.describe();
}

}  // namespace
}  // namespace millrace::trial
