// When work has to be refused because what was taken before it waits too long already: the rule of
// CoDel (a standing queue is one in which nobody waited less than the target for a whole interval;
// a short burst is none), and how many turns are worth having under way at once. Both pure: the
// caller says what time it is, in milliseconds of a clock that does not go back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace millrace::runtime {

// Watches one queue.
class Patience {
 public:
  static constexpr int64_t kIntervalMs = 100;

  explicit Patience(int64_t target_ms) : target_ms_(target_ms) {}

  // The first one came to an empty queue.
  void begins(int64_t now_ms) {
    measured_since_ms_ = now_ms;
    taken_ = 0;
    saw(0, now_ms);
  }
  // One was taken that had waited so long, and so many wait behind it.
  void took(int64_t waited_ms, size_t waiting, int64_t now_ms) {
    ++taken_;
    const int64_t passed = now_ms - measured_since_ms_;
    if (passed >= kIntervalMs) {
      ms_each_ = static_cast<double>(passed) / static_cast<double>(taken_);
      measured_since_ms_ = now_ms;
      taken_ = 0;
    }
    saw(std::max(waited_ms, expected_ms(waiting)), now_ms);
  }
  // Whether one more may wait behind `waiting` others, the first of which has waited so long.
  bool admits(size_t waiting, int64_t first_waited_ms, int64_t now_ms) {
    const int64_t expected = expected_ms(waiting);
    if (std::max(first_waited_ms, expected) > target_ms_) saw(target_ms_ + 1, now_ms);
    if (!is_standing(now_ms)) return true;
    const bool is_stuck = now_ms - measured_since_ms_ > kIntervalMs + target_ms_;
    return !is_stuck && expected <= target_ms_;
  }

 private:
  void saw(int64_t waited_ms, int64_t now_ms) {
    if (waited_ms > target_ms_) {
      if (!above_since_ms_) above_since_ms_ = now_ms;
    } else if (waited_ms <= target_ms_ / 2 || !is_standing(now_ms)) {
      // What is held at the target by refusing must not count as over: half of it does.
      above_since_ms_.reset();
    }
  }
  // Of one who came now, at the pace at which others were taken.
  int64_t expected_ms(size_t waiting) const {
    return static_cast<int64_t>(static_cast<double>(waiting) * ms_each_);
  }
  bool is_standing(int64_t now_ms) const {
    return above_since_ms_ && now_ms - *above_since_ms_ >= kIntervalMs;
  }

  int64_t target_ms_;
  std::optional<int64_t> above_since_ms_;  // since when nobody waited less
  int64_t measured_since_ms_ = 0;
  size_t taken_ = 0;  // since then
  double ms_each_ = 0;
};

// How many turns may be on their way to the disk at once: as few as keep it busy, so that the rest
// waits where it can be put in order. Every other quarter of a second it tries twice as many, or
// half, and keeps what proves right: more only for the sake of many more turns. And never more than
// the lane itself is at for some time.
class Window {
 public:
  static constexpr int64_t kPeriodMs = 250;

  Window(size_t least, size_t most)
      : least_(std::max<size_t>(1, least)),
        most_(std::max(least_, most)),
        size_(std::min(kFirst * least_, most_)) {}

  size_t size() const {
    const double in_time = kAheadMs / std::max(each_ms_, 1e-3);
    return std::min(size_, std::max(kLeastOfAll, static_cast<size_t>(in_time)));
  }
  // One was let in, and its turn took the lane so long: no disk gets faster by turns that are still
  // to be taken.
  void took(int64_t ms) { each_ms_ += kPartOfNew * (static_cast<double>(ms) - each_ms_); }
  // A turn was stored; `others_wait`: because of this window.
  void stored(bool others_wait, int64_t now_ms) {
    ++stored_;
    was_full_ = was_full_ && others_wait;
    const int64_t passed = now_ms - since_ms_;
    if (passed < kPeriodMs) return;
    // Nothing is learnt from a time in which too little came.
    const bool is_telling = was_full_ && passed < 2 * kPeriodMs;
    judge(is_telling ? static_cast<double>(stored_) / static_cast<double>(passed) : 0);
    since_ms_ = now_ms;
    stored_ = 0;
    was_full_ = true;
  }

 private:
  static constexpr size_t kFirst = 4;         // times the least
  static constexpr double kWorthMore = 1.25;  // times as many turns, for twice as many at once
  static constexpr double kNoLoss = 0.95;
  static constexpr double kAheadMs = 50;  // of the lane's time: who comes next waits for it
  static constexpr size_t kLeastOfAll = 8;
  static constexpr double kPartOfNew = 0.02;  // of the average

  void judge(double rate) {
    if (tried_from_ != 0) {
      const bool is_kept = rate > before_ * (size_ > tried_from_ ? kWorthMore : kNoLoss);
      if (rate == 0 || !is_kept) size_ = tried_from_;
      tried_from_ = 0;
      return;
    }
    if (rate == 0) return;
    before_ = rate;
    grows_ = !grows_;
    const size_t trial = grows_ ? std::min(size_ * 2, most_) : std::max(size_ / 2, least_);
    if (trial != size_) tried_from_ = std::exchange(size_, trial);
  }

  const size_t least_;
  const size_t most_;
  size_t size_;
  size_t tried_from_ = 0;  // the size before the one that is being tried; 0: none is
  double before_ = 0;      // turns a millisecond, with that size
  bool grows_ = true;      // of the last trial; the first is with half
  bool was_full_ = false;  // since then others have waited all the time
  int64_t since_ms_ = 0;
  size_t stored_ = 0;
  double each_ms_ = 0;  // of the lane's time for a turn
};

}  // namespace millrace::runtime
