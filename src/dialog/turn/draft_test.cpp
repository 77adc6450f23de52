// What a turn may make, and what of it is left at its end.
#include "dialog/turn/draft.hpp"

#include <gtest/gtest.h>

#include "dialog/turn/voice.hpp"

namespace millrace::dialog {
namespace {

std::string kinds(const Turn& turn) {
  std::string all;
  for (const Effect& effect : turn.effects) {
    if (const auto* set = std::get_if<SetTimer>(&effect)) {
      all += "timer " + std::to_string(set->timer.due.ms) + ";";
    } else if (const auto* said = std::get_if<Say>(&effect)) {
      all += "say " + std::to_string(said->sequence) + " " + said->message.text + ";";
    } else {
      all += "other;";
    }
  }
  return all;
}

TEST(DialogDraft, OnlyTheLastTimerStandsAndAtTheEnd) {
  const flow::Program program;
  Draft draft(program, {}, {1'000});
  Voice voice(draft);
  draft.set_timer(TimerKind::silence, 10);
  voice.say({.text = "a"});
  draft.set_timer(TimerKind::pause, 20);
  voice.say({.text = "b"});
  const Turn turn = std::move(draft).finish();
  EXPECT_EQ(kinds(turn), "say 1 a;say 2 b;timer 1020;");
  EXPECT_EQ(turn.state.turn, 1);

  Draft forgotten(program, {}, {1'000});
  forgotten.set_timer(TimerKind::silence, 10);
  forgotten.state().timer.reset();
  EXPECT_EQ(kinds(std::move(forgotten).finish()), "") << "nobody waits for it any more";
}

TEST(DialogDraft, TheBotIsSilentAndSetsNoTimerWhileAnAgentHasTheChat) {
  const flow::Program program;
  State state;
  state.agent = Seat{};
  Draft draft(program, state, {1'000});
  Voice voice(draft);
  voice.say({.text = "a"});
  draft.set_timer(TimerKind::silence, 10);
  draft.set_timer(TimerKind::queue, 30);
  EXPECT_EQ(kinds(std::move(draft).finish()), "timer 1030;");
}

TEST(DialogDraft, ATurnThatMakesTooMuchTakesNothingMore) {
  const flow::Program program;
  Draft draft(program, {}, {1});
  Voice voice(draft);
  draft.assign("A", std::string(kTurnBytesMax, 'a'));
  EXPECT_FALSE(draft.is_outgrown()) << "that much it may make";
  draft.assign("B", "b");
  voice.say({.text = "c"});
  EXPECT_TRUE(draft.is_outgrown());
  EXPECT_FALSE(draft.state().variables.contains("B"));
  draft.give_up_what_was_made();
  EXPECT_TRUE(draft.state().variables.empty());
  voice.say({.text = "sorry"});
  EXPECT_EQ(kinds(std::move(draft).finish()), "say 1 sorry;");
}

TEST(DialogDraft, StepsAreNamedOnceATurnAndBounded) {
  const flow::Program program;
  State state;
  state.turn = 4;
  Draft draft(program, state, {1});
  const std::string before = base::Id().to_string() + ":5:";
  EXPECT_TRUE(draft.may_step());
  EXPECT_EQ(draft.key_of_step(), before + "1");
  draft.begin_held_answer();
  EXPECT_TRUE(draft.may_step());
  EXPECT_EQ(draft.key_of_step(), before + "2") << "not the name of another step";
  int steps = 1;
  while (draft.may_step()) ++steps;
  EXPECT_EQ(steps, kStepsMax);
}

TEST(DialogDraft, WhatWasAskedForSecurelyStaysSecretWhenItIsAssigned) {
  const flow::Program program;
  State state;
  state.secrets["PIN"] = "1234";
  Draft draft(program, state, {1});
  draft.assign("PIN", "5678");
  EXPECT_EQ(draft.state().secrets.at("PIN"), "5678");
  EXPECT_FALSE(draft.state().variables.contains("PIN"));
  draft.hear("5678");
  draft.hide_what_was_heard();
  const Turn turn = std::move(draft).finish();
  EXPECT_EQ(turn.said, kMask);
  EXPECT_EQ(turn.said_sequence, 1);
}

}  // namespace
}  // namespace millrace::dialog
