// The requests of a pipe: those under way, and those that have to be made again. No two of them
// share a queue.
#pragma once

#include <deque>
#include <list>
#include <unordered_set>
#include <vector>

#include "delivery/codec.hpp"

namespace millrace::delivery {

// Rows on their way together: the first group is what is sent next, or is being sent.
struct Flight {
  std::deque<Group> groups;
  std::vector<int64_t> rows;
  std::vector<uint64_t> queues;
  bool is_alone = false;
  bool is_sending = false;
  uint64_t number = 0;
  base::Timestamp began;
  base::Timestamp not_before;
  int failures = 0;
  int failures_alone = 0;  // of those, while others went through
  base::Timestamp failed_first;
  int bisections = 0;

  bool has_objects() const { return !groups.empty() && !groups.front().empty(); }
  // Its first group has come to its end.
  void finish_group();
  // Its first group becomes two.
  void split();
};

class Flights {
 public:
  using List = std::list<Flight>;
  using Place = List::iterator;

  size_t size() const { return list_.size(); }
  bool is_none() const { return list_.empty(); }
  Place none() { return list_.end(); }
  int under_way() const { return under_way_; }
  bool is_busy(uint64_t queue) const { return busy_.contains(queue); }

  // The one that failed least of those that may be sent now, so that one that always fails does not
  // stand before the others; `any`: whatever it was told to wait for.
  Place best(base::Timestamp now, bool any);
  // When the first of those that wait may be sent; `never` when none does.
  base::Timestamp first_at(base::Timestamp never) const;

  Place add(Flight flight);
  void begin(Flight& flight, base::Timestamp now);
  // The one of that number has ended. It must be under way.
  Place end(uint64_t number);
  // Lets go of its queues.
  void remove(Place flight);

 private:
  List list_;
  std::unordered_set<uint64_t> busy_;  // queues with something under way
  uint64_t numbers_ = 0;
  int under_way_ = 0;
};

}  // namespace millrace::delivery
