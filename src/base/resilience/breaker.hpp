// A circuit breaker: stops asking somebody who keeps failing, and lets one attempt through now and
// then to see whether they are back. Pure: the time comes in with each call.
#pragma once

#include <cstdint>
#include <deque>

#include "base/time.hpp"

namespace millrace::base {

struct BreakerRules {
  int failures_percent = 50;   // opens at this share of failures, ...
  int calls_min = 20;          // ... of at least so many outcomes, ...
  int64_t window_ms = 10'000;  // ... within this time
  int64_t open_ms = 5'000;     // so long before one attempt is let through
};

class Breaker {
 public:
  enum class State { closed, open, half_open };

  explicit Breaker(BreakerRules rules = {}) : rules_(rules) {}

  // Whether an attempt may be made now. In half_open only one is under way at a time; whoever got
  // a `true` owes a report().
  bool allow(Timestamp now);
  void report(Timestamp now, bool succeeded);
  State state(Timestamp now) const;
  // When the next attempt may be let through; in the past when it may be now.
  Timestamp open_until() const { return {opened_at_.ms + rules_.open_ms}; }

 private:
  struct Outcome {
    Timestamp at;
    bool succeeded = false;
  };

  void forget_before(Timestamp moment);
  void open(Timestamp now);

  BreakerRules rules_;
  std::deque<Outcome> outcomes_;  // of the window, at most kOutcomesMax
  int failures_ = 0;
  bool is_open_ = false;
  bool probing_ = false;
  Timestamp opened_at_;
};

}  // namespace millrace::base
