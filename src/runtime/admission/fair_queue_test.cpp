#include "runtime/admission/fair_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace millrace::runtime {
namespace {

using Queue = FairQueue<std::string>;
using Verdict = Queue::Verdict;

constexpr Queue::Limits kLimits{.count_max = 1'000, .bytes_max = 100'000};

// The names of the next so many, in the order in which they are served.
std::string served(Queue& queue, size_t count, int64_t now_ms = 0) {
  std::string names;
  for (size_t i = 0; i < count; ++i) {
    const auto taken = queue.take(now_ms);
    if (!taken) break;
    names += taken->work;
  }
  return names;
}

TEST(RuntimeFairQueue, ServesSolutionsInTurnHoweverManyOfOneWait) {
  Queue queue(kLimits);
  for (int i = 0; i < 100; ++i) queue.push("loud", Priority::consumer, 1, 0, "l");
  for (int i = 0; i < 3; ++i) queue.push("quiet", Priority::consumer, 1, 0, "q");
  const std::string first = served(queue, 6);
  EXPECT_EQ(std::ranges::count(first, 'q'), 3) << first;
  queue.push("quiet", Priority::consumer, 1, 0, "q");
  EXPECT_NE(served(queue, 2).find('q'), std::string::npos) << "one who comes anew waits for one";
}

TEST(RuntimeFairQueue, CountsWhatTurnsCost) {
  Queue queue(kLimits);
  for (int i = 0; i < 100; ++i) {
    queue.push("heavy", Priority::consumer, 1, 0, "h");
    queue.push("light", Priority::consumer, 1, 0, "l");
  }
  std::string names;
  for (int i = 0; i < 50; ++i) {
    names += queue.take(0)->work;
    if (names.back() == 'h') queue.charge("heavy", 9 * 4'096);
  }
  EXPECT_LE(std::ranges::count(names, 'h'), 6) << names;
  EXPECT_GE(std::ranges::count(names, 'h'), 4) << names;
}

TEST(RuntimeFairQueue, HoldsWhatWasHadAgainstOneWhoComesOneByOne) {
  Queue queue(kLimits);
  for (int i = 0; i < 100; ++i) queue.push("light", Priority::consumer, 1, 0, "l");
  std::string names;
  for (int i = 0; i < 40; ++i) {
    if (names.empty() || names.back() == 'h') queue.push("heavy", Priority::consumer, 1, 0, "h");
    names += queue.take(0)->work;
    if (names.back() == 'h') queue.charge("heavy", 9 * 4'096);
  }
  EXPECT_LE(std::ranges::count(names, 'h'), 6) << names;
}

TEST(RuntimeFairQueue, GivesOneWhoWasAwayNoMoreThanTheOthers) {
  Queue queue(kLimits);
  for (int i = 0; i < 200; ++i) queue.push("a", Priority::consumer, 1, 0, "a");
  served(queue, 150);
  for (int i = 0; i < 50; ++i) queue.push("b", Priority::consumer, 1, 0, "b");
  const std::string names = served(queue, 20);
  EXPECT_EQ(std::ranges::count(names, 'a'), 10) << names;
}

TEST(RuntimeFairQueue, PutsAgentsBeforeConsumersAndThoseBeforeEventsAndReminders) {
  Queue queue(kLimits);
  queue.push("s", Priority::broadcast, 1, 0, "b");
  queue.push("s", Priority::event, 1, 0, "e");
  queue.push("s", Priority::consumer, 1, 0, "c");
  queue.push("s", Priority::agent, 1, 0, "a");
  EXPECT_EQ(served(queue, 4), "aceb");
}

TEST(RuntimeFairQueue, LetsNobodyWaitForEverForWhoComesBefore) {
  Queue queue(kLimits);
  queue.push("s", Priority::broadcast, 1, 0, "b");
  queue.push("s", Priority::consumer, 1, kWaitMostMs, "c");
  const auto next = queue.take(kWaitMostMs + 1);
  EXPECT_EQ(next->work, "b");
  EXPECT_EQ(next->waited_ms, kWaitMostMs + 1);
}

TEST(RuntimeFairQueue, IsFullForASolutionAtHalfOfWhatTheOthersLeave) {
  Queue queue(kLimits);
  int loud = 0;
  while (queue.judge("loud", Priority::consumer, 1, 0) == Verdict::admitted && loud < 2'000) {
    queue.push("loud", Priority::consumer, 1, 0, "l");
    ++loud;
  }
  EXPECT_EQ(loud, 500);
  EXPECT_EQ(queue.judge("loud", Priority::agent, 1, 0), Verdict::full);
  EXPECT_EQ(queue.judge("quiet", Priority::consumer, 1, 0), Verdict::admitted);
  EXPECT_EQ(queue.judge("quiet", Priority::consumer, 50'000, 0), Verdict::full) << "in bytes";
  EXPECT_EQ(queue.judge("quiet", Priority::consumer, 49'000, 0), Verdict::admitted);
}

TEST(RuntimeFairQueue, RefusesOnlyTheSolutionWhoseQueueStands) {
  Queue queue({.count_max = 1'000'000, .bytes_max = 1'000'000'000});
  const auto come = [&](const char* solution, Priority priority, int64_t now) {
    const Verdict verdict = queue.judge(solution, priority, 1, now);
    if (verdict == Verdict::admitted) queue.push(solution, priority, 1, now, solution);
    return verdict;
  };
  int loud_refused = 0;
  int events_refused = 0;
  for (int64_t now = 0; now < 5'000; ++now) {
    for (int i = 0; i < 10; ++i) {
      if (come("loud", Priority::consumer, now) != Verdict::admitted) ++loud_refused;
    }
    if (now > 2'000 && come("loud", Priority::event, now) != Verdict::admitted) ++events_refused;
    EXPECT_EQ(come("quiet", Priority::consumer, now), Verdict::admitted) << now;
    // Four can be done in a millisecond: the quiet one's, and three of the loud one's.
    for (int i = 0; i < 4; ++i) queue.take(now);
  }
  EXPECT_GT(loud_refused, 30'000);
  EXPECT_GT(events_refused, 2'000) << "what matters less is refused first";
  EXPECT_LT(queue.count(), 2'000U);
}

}  // namespace
}  // namespace millrace::runtime
