#include "runtime/lane/timers.hpp"

namespace millrace::runtime {

void Timers::set(base::Id consumer, int64_t steady_ms, base::Timestamp at) {
  forget(consumer);
  by_consumer_.emplace(consumer, Entry{steady_ms, at});
  by_time_.emplace(steady_ms, consumer);
}

void Timers::forget(base::Id consumer) {
  const auto found = by_consumer_.find(consumer);
  if (found == by_consumer_.end()) return;
  by_time_.erase({found->second.steady_ms, consumer});
  by_consumer_.erase(found);
}

std::optional<int64_t> Timers::next_ms() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

std::optional<Timers::Due> Timers::take_due(int64_t now_ms) {
  if (by_time_.empty() || by_time_.begin()->first > now_ms) return std::nullopt;
  const base::Id consumer = by_time_.begin()->second;
  const Due due{consumer, by_consumer_.at(consumer).at};
  forget(consumer);
  return due;
}

}  // namespace millrace::runtime
