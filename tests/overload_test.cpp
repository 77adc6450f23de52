// The runtime when more comes than it can do, in the simulated world with nothing failing: who
// waits, who is refused, and that what was taken is kept.
#include <gtest/gtest.h>

#include "runtime/admission/fair_queue.hpp"
#include "runtime/runtime.hpp"
#include "tests/example.hpp"
#include "tests/fakes/meter.hpp"
#include "tests/simulation/calm_world.hpp"

namespace millrace {
namespace {

using base::Code;

class RuntimeOverloadTest : public simulation::CalmWorld {
 protected:
  RuntimeOverloadTest() {
    auto other = std::make_shared<flow::Program>(testing_support::load_example());
    solutions_.deploy(runtime::make_solution(std::make_shared<const flow::Program>(*other)));
    other->solution = "other";
    other->hash = "other";
    solutions_.deploy(runtime::make_solution(std::move(other)));
    main_ = solutions_.fallback()->app_id;
    other_ = runtime::app_id_of("other");
  }

  struct Tally {
    int taken = 0;
    std::map<Code, int> refused;
    int64_t longest_ms = 0;
  };
  void say(base::Id app, const std::string& sender, Tally& tally) {
    const base::Id consumer = base::Id::derived("rest", sender);
    const int64_t at = schedule_.now();
    ++asked_;
    runtime_->converse({.consumer = consumer,
                        .begin = runtime::SessionRequest{app, "en", {}},
                        .input_id = "1",
                        .text = "hi"},
                       [this, consumer, at, &tally](base::Result<runtime::Answer> answer) {
                         --asked_;
                         if (answer) {
                           ++tally.taken;
                           tally.longest_ms = std::max(tally.longest_ms, schedule_.now() - at);
                           EXPECT_TRUE(disk_.kept().contains(consumer));
                         } else {
                           ++tally.refused[answer.error().code];
                           EXPECT_FALSE(disk_.kept().contains(consumer)) << "refused, and taken";
                         }
                       });
  }
  void finish() {
    while (asked_ > 0 && schedule_.run_one()) {
    }
    EXPECT_EQ(asked_, 0);
  }

  base::Id main_;
  base::Id other_;
  int asked_ = 0;
};

TEST_F(RuntimeOverloadTest, RefusesWhatWouldWaitTooLongAndAnswersTheRestInTime) {
  restart({.under_way_min = 2, .under_way_max = 2});
  Tally tally;
  for (int64_t ms = 0; ms < 3'000; ++ms) {
    for (int i = 0; i < 20; ++i) say(main_, std::to_string(ms * 20 + i), tally);
    run_for(1);
  }
  finish();
  EXPECT_GT(tally.taken, 1'000);
  EXPECT_GT(tally.refused[Code::unavailable], 10'000);
  EXPECT_EQ(tally.refused.size(), 1U);
  // Whoever had waited longer than that was refused instead; a turn takes some milliseconds.
  EXPECT_LT(tally.longest_ms, runtime::kWaitMostMs + 100);
  EXPECT_GT(runtime_->retry_after_seconds(), 0);
  Tally after;
  for (int i = 0; i < 20; ++i) say(main_, "after" + std::to_string(i), after);
  finish();
  EXPECT_EQ(after.taken, 20);
}

TEST_F(RuntimeOverloadTest, ServesASecondSolutionAsIfItWereAlone) {
  restart({.under_way_min = 2, .under_way_max = 2});
  Tally loud;
  Tally quiet;
  for (int64_t ms = 0; ms < 3'000; ++ms) {
    for (int i = 0; i < 20; ++i) say(main_, std::to_string(ms * 20 + i), loud);
    if (ms % 20 == 0) say(other_, "other" + std::to_string(ms), quiet);
    run_for(1);
  }
  finish();
  EXPECT_GT(loud.refused[Code::unavailable], 10'000);
  EXPECT_EQ(quiet.taken, 150);
  EXPECT_LT(quiet.longest_ms, 100);
}

TEST_F(RuntimeOverloadTest, HasNoMoreWaitingForASolutionThanItsPartOfTheQueue) {
  restart({.queue_max = 60, .under_way_min = 1, .under_way_max = 1});
  Tally loud;
  Tally quiet;
  for (int i = 0; i < 1'000; ++i) say(main_, std::to_string(i), loud);
  for (int i = 0; i < 9; ++i) say(other_, "other" + std::to_string(i), quiet);
  finish();
  EXPECT_EQ(quiet.taken, 9);
  EXPECT_GT(loud.refused[Code::resource_exhausted], 900);
  EXPECT_GE(loud.taken, 20);
}

TEST_F(RuntimeOverloadTest, FinishesWhatWasTakenWhenItIsDrained) {
  restart({.under_way_min = 1, .under_way_max = 1});
  Tally tally;
  // As many as are taken before any of them has waited too long.
  for (int i = 0; i < 100; ++i) say(main_, std::to_string(i), tally);
  run_for(10);  // until the lanes know of all of them
  bool idle = false;
  runtime_->drain([&] { idle = true; });
  while (!idle && schedule_.run_one()) {
  }
  EXPECT_TRUE(idle);
  EXPECT_EQ(tally.taken, 100) << "these came before";
  say(main_, "late", tally);
  finish();
  EXPECT_EQ(tally.refused[Code::unavailable], 1);
}

TEST_F(RuntimeOverloadTest, CountsWhatItRefused) {
  fakes::KeptMeter meter;
  schedule_.forget();
  lanes_ = std::make_unique<simulation::Lanes>(schedule_, dice_);
  runtime_ = std::make_unique<runtime::Runtime>(
      runtime::Runtime::Ports{.lanes = *lanes_,
                              .clock = clock_,
                              .random = random_,
                              .journal = disk_,
                              .actions = *actions_,
                              .deliveries = owing_,
                              .log = log_,
                              .seal_key = simulation::kKey,
                              .meter = &meter},
      solutions_, runtime::Limits{.queue_max = 60, .under_way_min = 1, .under_way_max = 1});
  Tally tally;
  for (int i = 0; i < 1'000; ++i) say(main_, std::to_string(i), tally);
  finish();
  run_for(31'000);
  const std::string name = solutions_.fallback()->name;
  EXPECT_EQ(meter.value("turns_refused_total " + name + " consumer full"),
            tally.refused[Code::resource_exhausted]);
}

}  // namespace
}  // namespace millrace
