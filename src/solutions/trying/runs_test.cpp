// Work in the background: how much goes on at once, what it tells, and that it ends with the
// server.
#include "solutions/trying/runs.hpp"

#include <gtest/gtest.h>

#include <future>

#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"

namespace millrace::solutions {
namespace {

class SolutionsRuns : public testing::Test {
 protected:
  std::string begun(RunKind kind, Runs::Work work) {
    auto id = runs.begin(kind, "Hotel", std::move(work));
    EXPECT_TRUE(id) << id.error().describe();
    return id.value_or("");
  }
  RunState ended(const std::string& id) {
    for (;;) {
      auto state = runs.state(id);
      if (!state || state->is_done) return state.value_or(RunState());
      std::this_thread::yield();
    }
  }

  fakes::Clock clock;
  fakes::SeededChance random;
  Shelf shelf;
  Runs runs{clock, random, shelf};
};

TEST_F(SolutionsRuns, TellTheirStepsAndWhatCameOfThem) {
  const auto good = ended(begun(RunKind::training, [](const LongWork& work) {
    work.step("one");
    work.step("two");
    return base::Result<json::object>(json::object{{"bytes", 7}});
  }));
  EXPECT_EQ(good.kind, RunKind::training);
  EXPECT_EQ(good.steps, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(good.result.at("bytes").as_int64(), 7);
  EXPECT_TRUE(good.problems.empty());
  const auto bad = ended(begun(RunKind::evaluation, [](const LongWork&) {
    return base::Result<json::object>(base::fail(base::Code::invalid_argument, "too few"));
  }));
  ASSERT_EQ(bad.problems.size(), 1U);
  EXPECT_EQ(bad.problems[0].message, "too few");
  EXPECT_EQ(to_string(bad.kind), "evaluation");
}

TEST_F(SolutionsRuns, MakeOneModelAtATimeAndHoldUpNoTests) {
  std::promise<void> goes_on;
  const std::shared_future<void> is_over = goes_on.get_future().share();
  const std::string first = begun(RunKind::training, [is_over](const LongWork&) {
    is_over.wait();
    return base::Result<json::object>(json::object());
  });
  const auto nothing = [](const LongWork&) { return base::Result<json::object>(json::object()); };
  for (const RunKind kind : {RunKind::training, RunKind::evaluation}) {
    EXPECT_EQ(runs.begin(kind, "Hotel", nothing).error().code, base::Code::resource_exhausted);
  }
  const auto tests = runs.begin({.solution = "Hotel", .tests = {}, .filter = "", .load = [] {
                                   return base::fail(base::Code::unavailable, "nothing to load");
                                 }});
  ASSERT_TRUE(tests);
  EXPECT_EQ(ended(*tests).kind, RunKind::tests);
  goes_on.set_value();
  (void)ended(first);
  EXPECT_TRUE(runs.begin(RunKind::training, "Hotel", nothing));
}

TEST_F(SolutionsRuns, AreGivenUpWhenTheServerStops) {
  std::promise<void> begun_work;
  begun(RunKind::training, [&](const LongWork& work) {
    begun_work.set_value();
    while (!work.is_given_up()) std::this_thread::yield();
    return base::Result<json::object>(json::object());
  });
  begun_work.get_future().wait();
  runs.stop();
  const auto late = runs.begin(RunKind::training, "Hotel", [](const LongWork&) {
    return base::Result<json::object>(json::object());
  });
  EXPECT_FALSE(late);
}

}  // namespace
}  // namespace millrace::solutions
