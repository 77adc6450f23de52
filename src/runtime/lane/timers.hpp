// When each of a lane's consumers has something due, whether it is in memory or not: one timer a
// consumer, since setting another forgets the first. Times are of Clock::steady_ms(). Plain data;
// the lane that owns it runs what falls due.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/id.hpp"
#include "base/time.hpp"

namespace millrace::runtime {

class Timers {
 public:
  struct Due {
    base::Id consumer;
    base::Timestamp at;  // as the chat's state has it: tells this timer from an outdated one
  };

  void set(base::Id consumer, int64_t steady_ms, base::Timestamp at);
  void forget(base::Id consumer);
  bool has(base::Id consumer) const { return by_consumer_.contains(consumer); }
  size_t size() const { return by_consumer_.size(); }
  // When the next one falls due.
  std::optional<int64_t> next_ms() const;
  // Takes out the one that has been due the longest; nullopt when none is due by now.
  std::optional<Due> take_due(int64_t now_ms);

 private:
  struct Entry {
    int64_t steady_ms;
    base::Timestamp at;
  };
  std::unordered_map<base::Id, Entry, base::IdHash> by_consumer_;
  std::set<std::pair<int64_t, base::Id>> by_time_;
};

}  // namespace millrace::runtime
