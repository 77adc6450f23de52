#include "outbox/orders.hpp"

#include <future>

namespace millrace::outbox {
namespace {

using delivery::State;

constexpr size_t kOrdersMax = 1'000;  // looked at together
constexpr size_t kPrunedMax = 2'000;  // rows forgotten in one go
constexpr int64_t kForgetEveryMs = 1'000;

}  // namespace

base::Result<void> Orders::take_up_marks() {
  const auto marks = ports_.store.marks();
  if (!marks) return std::unexpected(marks.error());
  std::map<int64_t, std::vector<delivery::ObjectRef>> by_row;
  runtime::DeliveryWrite last;
  for (const auto& [mark, objects] : *marks) {
    lanes_.count_marks_from(mark);
    last.unmark.push_back(mark);
    for (const delivery::ObjectRef& ref : objects) by_row[ref.row].push_back(ref);
  }
  lanes_.find();
  std::map<int64_t, runtime::DeliveryWrite> writes;
  for (const auto& [row, objects] : by_row) {
    const auto stored = ports_.store.get(row);
    if (!stored) return std::unexpected(stored.error());
    if (!*stored || (*stored)->state != State::waiting) continue;
    Lane* lane = lanes_.of((*stored)->target);
    if (lane == nullptr) continue;
    lane->pipe.suppose_sent((*stored)->row, objects);
    const auto effects = lane->pipe.take_effects();
    lanes_.tell(*lane, effects);
    auto& updates = writes[lane->target.number].updates;
    updates.insert(updates.end(), effects.updates.begin(), effects.updates.end());
  }
  // The marks go last: a crash in between finds them again.
  writes[std::numeric_limits<int64_t>::max()] = std::move(last);
  for (auto& [target, write] : writes) {
    write.target = target;
    write.at = now();
    std::promise<base::Result<void>> promise;
    auto future = promise.get_future();
    ports_.store.commit(std::move(write),
                        [&](base::Result<void> done) { promise.set_value(done); });
    if (auto done = future.get(); !done) return done;
  }
  if (!by_row.empty()) {
    ports_.log.line(base::Level::warning, "outbox",
                    std::to_string(by_row.size()) +
                        " deliveries were under way when the server last ended; they may have "
                        "happened");
  }
  return {};
}

void Orders::step(base::Timestamp at) {
  if (at >= orders_at_) {
    look_for_orders();
    orders_at_ = {at.ms + settings_.orders_every.count()};
  }
  if (at >= measure_at_) {
    measure();
    measure_at_ = {at.ms + settings_.figures_every.count()};
  }
  if (at >= forget_at_) {
    forget_old();
    forget_at_ = {at.ms + kForgetEveryMs};
  }
}

void Orders::look_for_orders() {
  const auto orders = ports_.store.orders(kOrdersMax);
  if (!orders) {
    ports_.log.line(base::Level::error, "outbox", orders.error().describe());
    return;
  }
  if (orders->empty()) return;
  lanes_.find();
  std::vector<int64_t> done;
  for (const runtime::DeliveryOrder& order : *orders) {
    if (carry_out(order)) done.push_back(order.number);
  }
  lanes_.each([&](Lane& lane) { lanes_.take_effects(lane); });
  if (done.empty()) return;
  runtime::DeliveryWrite change;
  change.orders_done = std::move(done);
  change.at = now();
  writer_.write(std::move(change));
}

// False when it has to be looked at again.
bool Orders::carry_out(const runtime::DeliveryOrder& order) {
  using Action = runtime::DeliveryOrder::Action;
  const auto stored = ports_.store.get(order.row);
  if (!stored) return false;
  if (!*stored) return true;
  Lane* const lane = lanes_.of((*stored)->target);
  if (lane == nullptr || writer_.is_pending(order.row)) return false;
  const State state = (*stored)->state;
  if (order.action == Action::drop) {
    if (state == State::delivered || state == State::dropped) return true;
    lane->pipe.drop((*stored)->row);
    return !lane->pipe.has(order.row);  // while it is under way, see again
  }
  if (state == State::delivered) return true;
  if (lane->pipe.is_stopped() && lane->destination) lane->pipe.resume();
  if (state == State::waiting) return true;
  if (lane->pipe.rows() > 2 * settings_.rules.window_max) return false;
  lane->pipe.retry((*stored)->row);
  return true;
}

void Orders::measure() {
  lanes_.each([&](Lane& lane) {
    const auto depth = ports_.store.depth(lane.target.number);
    if (!depth) return;
    set_figure(ports_.meter, "deliveries_waiting", lane.target,
               static_cast<double>(depth->waiting));
    const int64_t age = depth->waiting == 0 ? 0 : now().ms - depth->oldest_owed_at.ms;
    set_figure(ports_.meter, "delivery_oldest_age_seconds", lane.target,
               static_cast<double>(std::max<int64_t>(0, age)) / 1'000);
  });
}

// A little at a time, so that no turn waits for it.
void Orders::forget_old() {
  lanes_.each([&](Lane& lane) {
    const std::chrono::milliseconds kept = settings_.retention_of(lane.target.solution);
    writer_.prune(lane.target.number, {now().ms - kept.count()}, kPrunedMax);
  });
}

}  // namespace millrace::outbox
