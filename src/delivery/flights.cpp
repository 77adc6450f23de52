#include "delivery/flights.hpp"

#include <algorithm>

namespace millrace::delivery {

void Flight::finish_group() {
  groups.pop_front();
  failures = 0;
  failures_alone = 0;
  not_before = {};
}

void Flight::split() {
  Group first = std::move(groups.front());
  groups.pop_front();
  const auto half = first.begin() + static_cast<std::ptrdiff_t>((first.size() + 1) / 2);
  Group second(std::make_move_iterator(half), std::make_move_iterator(first.end()));
  first.erase(half, first.end());
  groups.push_front(std::move(second));
  groups.push_front(std::move(first));
  failures = 0;
  failures_alone = 0;
  not_before = {};
}

Flights::Place Flights::best(base::Timestamp now, bool any) {
  auto best = list_.end();
  for (auto it = list_.begin(); it != list_.end(); ++it) {
    const bool is_ready = !it->is_sending && (any || it->not_before <= now);
    if (is_ready && (best == list_.end() || it->failures < best->failures)) best = it;
  }
  return best;
}

base::Timestamp Flights::first_at(base::Timestamp never) const {
  base::Timestamp first = never;
  for (const Flight& flight : list_) {
    if (!flight.is_sending) first = std::min(first, flight.not_before);
  }
  return first;
}

Flights::Place Flights::add(Flight flight) {
  busy_.insert(flight.queues.begin(), flight.queues.end());
  list_.push_back(std::move(flight));
  return std::prev(list_.end());
}

void Flights::begin(Flight& flight, base::Timestamp now) {
  flight.is_sending = true;
  flight.number = ++numbers_;
  flight.began = now;
  ++under_way_;
}

Flights::Place Flights::end(uint64_t number) {
  const auto flight = std::ranges::find_if(
      list_, [&](const Flight& one) { return one.is_sending && one.number == number; });
  MILLRACE_CHECK(flight != list_.end());
  flight->is_sending = false;
  --under_way_;
  return flight;
}

void Flights::remove(Place flight) {
  for (const uint64_t queue : flight->queues) busy_.erase(queue);
  list_.erase(flight);
}

}  // namespace millrace::delivery
