// What stands before the calls of one command of one solution: its breaker, how many may run at
// once, and the calls that wait for room, first come first served. As a chat makes one call at a
// time, no chat can crowd out the others. Pure: the time comes in with each call; whoever holds a
// gate guards it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/resilience/breaker.hpp"
#include "calls/attempts.hpp"

namespace millrace::calls {

class Gate {
 public:
  using Ticket = uint64_t;
  enum class Entry { go, wait, full, breaker_open };

  explicit Gate(const runtime::CallPolicy& policy)
      : rules_(policy.breaker), breaker_(rules_), concurrency_max_(policy.concurrency_max) {}

  // May this attempt be made? After `go` it runs, and the gate is owed an end(); after `wait` it
  // stands in the queue.
  Entry enter(base::Timestamp now, Ticket ticket, size_t waiting_max);
  // Who may go now that there is room: runs, and owes an end(). When the breaker has opened
  // meanwhile the ticket comes with breaker_open, and nothing is owed.
  struct Called {
    Ticket ticket;
    Entry entry;
  };
  std::optional<Called> next(base::Timestamp now);
  // Takes a ticket out of the queue; false when it is not there.
  bool leave(Ticket ticket);

  // The attempt of that ticket ended. One that never ran says nothing about the node, but a probe
  // that could not be made is no sign of health either.
  void end(base::Timestamp now, Ticket ticket, runtime::CallOutcome outcome, bool has_begun);

  bool is_open(base::Timestamp now) const;
  base::Timestamp open_until() const { return breaker_.open_until(); }
  bool is_idle() const { return running_ == 0 && waiting_.empty(); }
  size_t waiting() const { return waiting_.size(); }
  RetryBudget& budget() { return budget_; }

 private:
  bool has_room() const { return concurrency_max_ <= 0 || running_ < concurrency_max_; }
  bool has_breaker() const { return rules_.calls_min > 0 && rules_.failures_percent <= 100; }
  Entry go(base::Timestamp now, Ticket ticket);

  base::BreakerRules rules_;
  base::Breaker breaker_;
  RetryBudget budget_;
  std::optional<Ticket> probe_;  // let through to see whether they are back
  int concurrency_max_ = 0;
  int running_ = 0;
  std::deque<Ticket> waiting_;
};

}  // namespace millrace::calls
