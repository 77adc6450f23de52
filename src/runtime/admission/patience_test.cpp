#include "runtime/admission/patience.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace millrace::runtime {
namespace {

constexpr int64_t kTargetMs = 250;

// A queue of which one is taken every so often, while others come more often than that.
struct Load {
  explicit Load(int64_t target_ms) : patience(target_ms) {}
  // In each millisecond so many come and so many are taken.
  void pass(int64_t ms, int come, int taken) {
    for (const int64_t end = now_ms + ms; now_ms < end; ++now_ms) {
      for (int i = 0; i < come; ++i) arrive();
      for (int i = 0; i < taken && !waiting.empty(); ++i) {
        longest_ms = std::max(longest_ms, now_ms - waiting.front());
        const int64_t since = waiting.front();
        waiting.pop_front();
        patience.took(now_ms - since, waiting.size(), now_ms);
        ++served;
      }
    }
  }
  void arrive() {
    const int64_t first = waiting.empty() ? 0 : now_ms - waiting.front();
    if (!patience.admits(waiting.size(), first, now_ms)) {
      ++refused;
      return;
    }
    if (waiting.empty()) patience.begins(now_ms);
    waiting.push_back(now_ms);
  }

  Patience patience;
  std::deque<int64_t> waiting;
  int64_t now_ms = 1'000;
  int64_t longest_ms = 0;
  int served = 0;
  int refused = 0;
};

TEST(RuntimePatience, RefusesNothingWhileWhatComesCanBeDone) {
  Load load(kTargetMs);
  load.pass(10'000, 5, 5);
  EXPECT_EQ(load.refused, 0);
}

TEST(RuntimePatience, TakesABurstThatItCanWorkOff) {
  Load load(kTargetMs);
  for (int i = 0; i < 3'000; ++i) load.arrive();
  load.pass(1'000, 0, 10);
  EXPECT_EQ(load.refused, 0);
  EXPECT_EQ(load.served, 3'000);
}

TEST(RuntimePatience, KeepsTheWaitAtTheTargetAndEveryoneBusyUnderFiveTimesTheLoad) {
  Load load(kTargetMs);
  load.pass(2'000, 50, 10);  // until the rate is known, some wait longer
  load.longest_ms = 0;
  load.served = 0;
  load.pass(20'000, 50, 10);
  EXPECT_EQ(load.served, 20'000 * 10) << "the queue never ran empty";
  EXPECT_LE(load.longest_ms, kTargetMs * 5 / 4);
  EXPECT_GT(load.refused, 20'000 * 39);
}

TEST(RuntimePatience, TakesEverythingAgainOnceTheLoadIsOver) {
  Load load(kTargetMs);
  load.pass(3'000, 50, 10);
  load.pass(1'000, 1, 10);
  load.refused = 0;
  load.pass(3'000, 9, 10);
  EXPECT_EQ(load.refused, 0);
}

TEST(RuntimePatience, RefusesWhileNothingIsTakenAtAll) {
  Load load(kTargetMs);
  load.pass(1'000, 10, 10);
  load.pass(1'000, 10, 0);
  const auto waiting = load.waiting.size();
  load.pass(1'000, 10, 0);
  EXPECT_EQ(load.waiting.size(), waiting) << "more was taken in while the disk stood still";
}

// Of what waits as many are stored in each millisecond as the window lets through a disk that takes
// so long, and the processor can do.
void store(Window& window, int64_t& now_ms, int64_t ms, double disk_ms, double each_ms_max) {
  double done = 0;
  for (const int64_t end = now_ms + ms; now_ms < end; ++now_ms) {
    done += std::min(static_cast<double>(window.size()) / disk_ms, each_ms_max);
    for (; done >= 1; --done) window.stored(true, now_ms);
  }
}

TEST(RuntimeWindow, GrowsWhereTheDiskIsSlowAndTheProcessorIsNot) {
  Window window(64, 4'096);
  int64_t now_ms = 1'000;
  store(window, now_ms, 30'000, 40, 20);
  EXPECT_GE(window.size(), 512U) << "800 keep this disk as busy as the processor can";
  EXPECT_LE(window.size(), 2'048U);
}

TEST(RuntimeWindow, StaysSmallWhereTheProcessorIsTheLimit) {
  Window window(64, 4'096);
  int64_t now_ms = 1'000;
  store(window, now_ms, 30'000, 1, 20);
  EXPECT_LE(window.size(), 128U) << "a trial may be under way";
}

TEST(RuntimeWindow, ShrinksAgainOnceTheDiskIsFast) {
  Window window(64, 4'096);
  int64_t now_ms = 1'000;
  store(window, now_ms, 30'000, 40, 20);
  store(window, now_ms, 30'000, 1, 20);
  EXPECT_LE(window.size(), 128U);
}

TEST(RuntimeWindow, HoldsFewTurnsThatCostMuchOfTheLane) {
  Window window(64, 4'096);
  for (int i = 0; i < 500; ++i) window.took(5);
  EXPECT_EQ(window.size(), 10U);
  for (int i = 0; i < 500; ++i) window.took(1'000);
  EXPECT_EQ(window.size(), 8U);
  // A turn takes less than a millisecond of the clock, and now and then one ends in the next.
  for (int i = 0; i < 5'000; ++i) window.took(i % 20 == 0 ? 1 : 0);
  EXPECT_EQ(window.size(), 256U);
}

TEST(RuntimeWindow, LearnsNothingWhileNobodyWaits) {
  Window window(64, 4'096);
  for (int64_t now_ms = 1'000; now_ms < 10'000; ++now_ms) {
    window.stored(false, now_ms);
    EXPECT_EQ(window.size(), 256U);
  }
}

}  // namespace
}  // namespace millrace::runtime
