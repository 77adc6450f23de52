// What goes into the next request, and when it may leave.
#include "delivery/pipe.hpp"

#include <algorithm>

namespace millrace::delivery {
namespace {

constexpr int kFailuresOfTheLame = 3;  // then others are tried first
constexpr size_t kSkippedMax = 1'000;  // rows looked at in vain for one request

}  // namespace

Pipe::Pipe(Rules rules, std::unique_ptr<Codec> codec)
    : rules_(rules),
      codec_(std::move(codec)),
      settlement_(rules_, *codec_),
      pace_(rules_),
      health_(rules_) {}

base::Result<void> Pipe::set(const Settings& settings) {
  auto done = codec_->set(settings);
  sensitive_ = codec_->sensitive();
  return done;
}

Effects Pipe::take_effects() {
  Effects effects = settlement_.take_effects();
  effects.notices = health_.take_notices();
  return effects;
}

base::Timestamp Pipe::wake_at(base::Timestamp now) const {
  const int under_way = flights_.under_way();
  const bool has_rows = settlement_.waiting_rows() > 0 || !flights_.is_none();
  if (under_way >= rules_.flights_max || !has_rows) return kNever;
  if (health_.is_stopped()) return health_.opens_at(under_way);
  const base::Timestamp at = pace_.opens_at();
  if (health_.is_away()) return std::max(at, health_.opens_at(under_way));
  return at > now ? at : flights_.first_at(kNever);
}

bool Pipe::may_send(base::Timestamp now) const {
  return flights_.under_way() < rules_.flights_max && pace_.allows(now) &&
         health_.allows(now, flights_.under_way());
}

std::optional<Sending> Pipe::next(base::Timestamp now) {
  pace_.look_at(now);
  for (;;) {
    if (!may_send(now)) return std::nullopt;
    const auto flight = choose(now);
    if (flight == flights_.none()) return std::nullopt;
    take_out_dropped(*flight);
    if (!flight->has_objects()) {
      end_if_done(flight);
      continue;
    }
    flights_.begin(*flight, now);
    pace_.request_began();
    health_.request_began(now);
    return sending_of(*flight, now);
  }
}

Flights::Place Pipe::choose(base::Timestamp now) {
  const auto best = flights_.best(now, health_.is_tried_alone());
  if (best != flights_.none() && best->failures < kFailuresOfTheLame) return best;
  const auto formed_max = 2 * static_cast<size_t>(rules_.flights_max);
  if (flights_.size() < formed_max && build(now)) return std::prev(flights_.none());
  return best;
}

bool Pipe::build(base::Timestamp now) {
  using Taken = Codec::Taken;
  Load load;
  Flight flight;
  std::unordered_set<uint64_t> closed;  // queues whose next row has to wait for another request
  size_t skipped = 0;
  auto& waiting = settlement_.waiting();
  for (auto it = waiting.begin(); it != waiting.end() && skipped < kSkippedMax;) {
    Entry& entry = it->second;
    const auto current = it++;
    const auto& queues = entry.parcel->queues;
    const bool must_wait = std::ranges::any_of(
        queues, [&](uint64_t queue) { return flights_.is_busy(queue) || closed.contains(queue); });
    const Taken taken = must_wait ? Taken::later : take(load, entry, now);
    if (taken == Taken::full) break;
    if (taken == Taken::later) {
      ++skipped;
      closed.insert(queues.begin(), queues.end());
      continue;
    }
    if (entry.progress.is_settled()) {  // nothing of it had to be sent
      settlement_.finish_waiting(current);
      continue;
    }
    flight.is_alone = entry.parcel->is_alone;
    flight.rows.push_back(current->first);
    flight.queues.insert(flight.queues.end(), queues.begin(), queues.end());
    settlement_.take_off(current);
    if (flight.is_alone || load.group.size() >= codec_->objects_max()) break;
  }
  settlement_.count_unchanged(load.unchanged);
  if (flight.rows.empty()) return false;
  flight.groups.push_back(std::move(load.group));
  flights_.add(std::move(flight));
  return true;
}

Codec::Taken Pipe::take(Load& load, Entry& entry, base::Timestamp now) {
  if (!entry.parcel->is_alone) return codec_->take(load, entry, now);
  if (!load.group.empty()) return Codec::Taken::later;
  load.group.push_back(slot_of(entry, 0));
  return Codec::Taken::yes;
}

void Pipe::take_out_dropped(Flight& flight) {
  for (Group& group : flight.groups) settlement_.take_out_dropped(group);
  settlement_.settle_touched();
}

Sending Pipe::sending_of(const Flight& flight, base::Timestamp now) {
  const Group& group = flight.groups.front();
  const Entry& first = settlement_.flying(group.front().sources.front().row);
  Sending out{codec_->write(group, *first.parcel, now), flight.number, group.size(), {}};
  for (const Slot& slot : group) {
    if (!slot.is_counting) continue;
    out.counting.insert(out.counting.end(), slot.sources.begin(), slot.sources.end());
  }
  return out;
}

void Pipe::end_if_done(Flights::Place flight) {
  while (!flight->groups.empty() && flight->groups.front().empty()) flight->finish_group();
  if (!flight->groups.empty()) return;
  for (const int64_t row : flight->rows) settlement_.land(row);
  flights_.remove(flight);
}

}  // namespace millrace::delivery
