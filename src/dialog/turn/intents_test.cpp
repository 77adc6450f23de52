#include "dialog/turn/intents.hpp"

#include <gtest/gtest.h>

namespace millrace::dialog {
namespace {

TEST(DialogIntents, TheUtteranceWithTheMostWordsWinsAndLittleElseMayBeSaid) {
  flow::Program program;
  program.intents = {{{.name = "hours", .utterances = {"opening hours", "when open"}},
                      {.name = "sunday", .utterances = {"sunday opening hours"}},
                      {.name = "nowhere", .utterances = {"lost"}}},
                     {{.name = "hours", .utterances = {"horário"}}}};
  program.intent_nodes = {{"hours", 1}, {"sunday", 2}};
  EXPECT_EQ(intent_of("What are your opening hours?", program, 0), "hours");
  EXPECT_EQ(intent_of("opening hours on sunday", program, 0), "sunday");
  EXPECT_EQ(intent_of("horário", program, 1), "hours");
  EXPECT_EQ(intent_of("opening hours", program, 1), "hours") << "the default language counts too";
  EXPECT_EQ(intent_of("horário", program, 0), std::nullopt);
  EXPECT_EQ(intent_of("lost", program, 0), std::nullopt) << "no node is there for it";
  EXPECT_EQ(intent_of("my friend who lives abroad asked when it is that you open", program, 0),
            std::nullopt);
}

}  // namespace
}  // namespace millrace::dialog
