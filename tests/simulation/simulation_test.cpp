// Goal: the promises of the durable heart hold whatever happens. Method: a dozen people hold a
// conversation (tests/simulation/solution) at once in the simulated world; they send some messages
// twice, the disk fails, actions fail, and the server crashes several times at any moment.
// Afterwards:
//   every acknowledged message is in the journal exactly once,
//   a repeated message got the very answer it had before,
//   every conversation was finished,
//   no idempotency key has had two effects,
//   the journal's numbers have no gap,
//   what was told was on the disk when it was told,
//   every chat replays from its stored inputs byte for byte,
//   what an agent said is in the journal once, however often it was sent,
//   what was owed to a receiver that is well did not wait for one that is ill,
//   all that was owed, to Braze and to a webhook, is delivered, a dead letter with its reason, or
//   visibly uncertain; in each person's order; twice only where that is flagged.
// Between the crashes the clock is set forward and back, versions are deployed under the live chats
// with each policy, agents take chats over and give them back, and the engine throws at some node
// now and then, which parks that chat. Some say the next thing from inside the call that answers
// them. A failing seed prints itself; MILLRACE_SEED=n runs it alone, MILLRACE_SEEDS=n that many.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "runtime/promises.hpp"
#include "tests/example.hpp"
#include "tests/simulation/scenario.hpp"

namespace millrace::simulation {
namespace {

int64_t number_from(const char* name, int64_t otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : std::atoll(given);
}

TEST(Simulation, KeepsItsPromisesWhateverFails) {
  const auto program = std::make_shared<const flow::Program>(testing_support::load_simulated());
  const int64_t first = number_from("MILLRACE_SEED", 1);
  const int64_t count = number_from("MILLRACE_SEEDS", std::getenv("MILLRACE_SEED") ? 1 : 150);
  for (int64_t seed = first; seed < first + count; ++seed) {
    Scenario run(static_cast<uint64_t>(seed), program);
    run.play();
    run.check();
    ASSERT_FALSE(testing::Test::HasFailure())
        << "reproduce with MILLRACE_SEED=" << seed << " --gtest_filter=Simulation.*";
  }
}

#ifdef MILLRACE_BREAKABLE
// A promise is broken on purpose: within 10,000 seeds a run must fail.
class SimulationFinds : public testing::TestWithParam<runtime::Promise> {
 protected:
  ~SimulationFinds() override { runtime::broken_promise = runtime::Promise::none; }
};

TEST_P(SimulationFinds, ABrokenPromise) {
  const auto program = std::make_shared<const flow::Program>(testing_support::load_simulated());
  runtime::broken_promise = GetParam();
  for (uint64_t seed = 1; seed <= 10'000; ++seed) {
    testing::TestPartResultArray failures;
    {
      const testing::ScopedFakeTestPartResultReporter gather(
          testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
      Scenario run(seed, program);
      run.play();
      run.check();
    }
    if (failures.size() == 0) continue;
    RecordProperty("seed", static_cast<int>(seed));
    std::cout << "found with seed " << seed << ": " << failures.GetTestPartResult(0).message()
              << "\n";
    return;
  }
  FAIL() << "10,000 seeds have not found it";
}

INSTANTIATE_TEST_SUITE_P(
    EachPromise, SimulationFinds,
    testing::Values(runtime::Promise::repeats_are_known, runtime::Promise::told_when_durable,
                    runtime::Promise::loss_is_marked, runtime::Promise::answers_come_after,
                    runtime::Promise::receivers_stand_apart, runtime::Promise::marked_before_sent));
#endif

}  // namespace
}  // namespace millrace::simulation
