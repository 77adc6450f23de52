// What people want done about deliveries, what a former run left behind, and the figures.
#include <future>

#include "outbox/loop.hpp"

namespace millrace::outbox {
namespace {

using delivery::State;

constexpr size_t kOrdersMax = 1'000;  // looked at together
constexpr size_t kPrunedMax = 2'000;  // rows forgotten in one go

}  // namespace

// Runs before the thread does.
base::Result<void> Sender::Loop::take_up_marks() {
  const auto marks = ports_.store.marks();
  if (!marks) return std::unexpected(marks.error());
  std::map<int64_t, std::vector<delivery::ObjectRef>> by_row;
  runtime::DeliveryWrite last;
  for (const auto& [mark, objects] : *marks) {
    marks_ = std::max(marks_, mark);
    last.unmark.push_back(mark);
    for (const delivery::ObjectRef& ref : objects) by_row[ref.row].push_back(ref);
  }
  find_lanes();
  std::map<int64_t, runtime::DeliveryWrite> writes;
  for (const auto& [row, objects] : by_row) {
    const auto stored = ports_.store.get(row);
    if (!stored) return std::unexpected(stored.error());
    if (!*stored || (*stored)->state != State::waiting) continue;
    const auto lane = lanes_.find((*stored)->target);
    if (lane == lanes_.end()) continue;
    lane->second->pipe.suppose_sent((*stored)->row, objects);
    const auto effects = lane->second->pipe.take_effects();
    count(*lane->second, effects);
    for (const delivery::Notice& notice : effects.notices) tell(*lane->second, notice);
    auto& updates = writes[lane->first].updates;
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

void Sender::Loop::look_for_orders() {
  const auto orders = ports_.store.orders(kOrdersMax);
  if (!orders) {
    ports_.log.line(base::Level::error, "outbox", orders.error().describe());
    return;
  }
  if (orders->empty()) return;
  find_lanes();
  std::vector<int64_t> done;
  for (const runtime::DeliveryOrder& order : *orders) {
    if (carry_out(order)) done.push_back(order.number);
  }
  for (const auto& [number, lane] : lanes_) take_effects(*lane);
  if (done.empty()) return;
  auto change = std::make_shared<runtime::DeliveryWrite>();
  change->orders_done = std::move(done);
  change->at = now();
  write(std::move(change));
}

// False when it has to be looked at again.
bool Sender::Loop::carry_out(const runtime::DeliveryOrder& order) {
  using Action = runtime::DeliveryOrder::Action;
  const auto stored = ports_.store.get(order.row);
  if (!stored) return false;
  if (!*stored) return true;
  const auto found = lanes_.find((*stored)->target);
  if (found == lanes_.end() || pending_.contains(order.row)) return false;
  Lane& lane = *found->second;
  const State state = (*stored)->state;
  if (order.action == Action::drop) {
    if (state == State::delivered || state == State::dropped) return true;
    lane.pipe.drop((*stored)->row);
    return !lane.pipe.has(order.row);  // while it is under way, see again
  }
  if (state == State::delivered) return true;
  if (lane.pipe.is_stopped() && lane.destination) lane.pipe.resume();
  if (state == State::waiting) return true;
  if (lane.pipe.rows() > 2 * settings_.rules.window_max) return false;
  lane.pipe.retry((*stored)->row, now());
  return true;
}

void Sender::Loop::measure() {
  for (const auto& [number, lane] : lanes_) {
    const auto depth = ports_.store.depth(number);
    if (!depth) continue;
    const std::pair<std::string_view, std::string_view> labels[] = {
        {"solution", lane->target.solution}, {"environment", lane->target.environment}};
    ports_.meter.set("millrace_deliveries_waiting", {labels[0], labels[1]},
                     static_cast<double>(depth->waiting));
    const int64_t age = depth->waiting == 0 ? 0 : now().ms - depth->oldest_owed_at.ms;
    ports_.meter.set("millrace_delivery_oldest_age_seconds", {labels[0], labels[1]},
                     static_cast<double>(std::max<int64_t>(0, age)) / 1'000);
  }
}

// A little at a time, so that no turn waits for it.
void Sender::Loop::forget_old() {
  const auto kept = std::chrono::duration_cast<std::chrono::milliseconds>(settings_.retention);
  ++writes_under_way_;
  ports_.store.prune({now().ms - kept.count()}, kPrunedMax, [this](base::Result<void> done) {
    post([this, done] {
      --writes_under_way_;
      if (!done) ports_.log.line(base::Level::warning, "outbox", done.error().describe());
    });
  });
}

}  // namespace millrace::outbox
