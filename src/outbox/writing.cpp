// What became of rows is made durable, then whoever waits is told.
#include "outbox/loop.hpp"

namespace millrace::outbox {
namespace {

using delivery::State;

constexpr int64_t kWriteAgainAfterMs = 1'000;
constexpr int64_t kComplainEveryMs = 60'000;

}  // namespace

void Sender::Loop::take_effects(Lane& lane, std::vector<int64_t> unmark,
                                std::vector<int64_t> orders) {
  delivery::Effects effects = lane.pipe.take_effects();
  for (const delivery::Notice& notice : effects.notices) tell(lane, notice);
  count(lane, effects);
  if (effects.updates.empty() && unmark.empty() && orders.empty()) return;
  auto change = std::make_shared<runtime::DeliveryWrite>();
  change->target = lane.target.number;
  change->updates = std::move(effects.updates);
  change->unmark = std::move(unmark);
  change->orders_done = std::move(orders);
  change->at = now();
  write(std::move(change));
}

void Sender::Loop::tell(Lane& lane, const delivery::Notice& notice) {
  using Kind = delivery::Notice::Kind;
  const auto stopped = [&](double value) {
    ports_.meter.set("millrace_delivery_stopped",
                     {{"solution", lane.target.solution}, {"environment", lane.target.environment}},
                     value);
  };
  switch (notice.kind) {
    case Kind::stopped:
      stopped(1);
      log(base::Level::error, lane,
          "deliveries are stopped, and kept: " + notice.text +
              "; mend it, then `millrace deliveries retry`");
      return tell_config_error(lane);
    case Kind::resumed: stopped(0); return log(base::Level::info, lane, notice.text);
    case Kind::away:
      return log(base::Level::warning, lane,
                 "does not take deliveries for now; they are kept: " + notice.text);
    case Kind::back: return log(base::Level::info, lane, "takes deliveries again");
    case Kind::strange:
      ports_.meter.count("millrace_delivery_strange_answers_total", {});
      if (now() < lane.complain_at) return;
      lane.complain_at = {now().ms + kComplainEveryMs};
      return log(base::Level::warning, lane, notice.text);
  }
}

void Sender::Loop::count(const Lane& lane, const delivery::Effects& effects) {
  const std::pair<std::string_view, size_t> outcomes[] = {{"delivered", effects.delivered},
                                                          {"unchanged", effects.unchanged},
                                                          {"rejected", effects.rejected},
                                                          {"held", effects.held},
                                                          {"resent", effects.resent}};
  for (const auto& [outcome, objects] : outcomes) {
    if (objects == 0) continue;
    ports_.meter.count("millrace_delivery_objects_total",
                       {{"solution", lane.target.solution}, {"outcome", outcome}},
                       static_cast<double>(objects));
  }
}

void Sender::Loop::write(Write change) {
  const uint64_t number = ++writes_;
  for (const delivery::RowUpdate& update : change->updates) pending_[update.id] = number;
  // Behind one that failed, so that what is older never comes later.
  if (!failed_writes_.empty()) {
    failed_writes_.emplace_back(number, std::move(change));
  } else {
    submit(std::move(change), number);
  }
}

void Sender::Loop::submit(Write change, uint64_t number) {
  ++writes_under_way_;
  ports_.store.commit(*change, [this, change, number](base::Result<void> result) {
    post([this, change, number, result = std::move(result)] { written(change, number, result); });
  });
}

void Sender::Loop::written(const Write& change, uint64_t number, const base::Result<void>& result) {
  --writes_under_way_;
  if (!result) {
    ports_.log.line(base::Level::error, "outbox",
                    "what became of deliveries cannot be written: " + result.error().describe());
    failed_writes_.emplace_front(number, change);
    write_again_at_ = {now().ms + kWriteAgainAfterMs};
    return;
  }
  for (const delivery::RowUpdate& update : change->updates) {
    const auto pending = pending_.find(update.id);
    if (pending == pending_.end() || pending->second != number) continue;  // there is a newer one
    pending_.erase(pending);
    if (update.state == State::waiting) continue;
    ports_.meter.count("millrace_deliveries_total",
                       {{"outcome", delivery::to_string(update.state)}});
    tell_waiters(update);
  }
}

void Sender::Loop::write_again() {
  auto failed = std::exchange(failed_writes_, {});
  std::ranges::sort(failed, {}, [](const auto& one) { return one.first; });
  for (auto& [number, change] : failed) {
    std::erase_if(change->updates, [&](const delivery::RowUpdate& update) {
      const auto pending = pending_.find(update.id);
      return pending == pending_.end() || pending->second != number;
    });
    submit(std::move(change), number);
  }
}

void Sender::Loop::look_up(std::string key, Deliveries::Done done) {
  const auto answer = [&](json::object outcome) {
    waiter_count_.fetch_sub(1);
    done(std::move(outcome));
  };
  const auto found = ports_.store.find(key);
  if (!found) return answer({{"outcome", "later"}, {"items", json::array()}});
  if (!*found) return answer({{"outcome", "unknown"}, {"items", json::array()}});
  const runtime::StoredDelivery& stored = **found;
  if (stored.state != State::waiting && !pending_.contains(stored.row.id)) {
    return answer(delivery::outcome_of(stored.state, stored.row.progress));
  }
  const auto lane = lanes_.find(stored.target);
  if (lane != lanes_.end() && lane->second->pipe.is_stopped()) {
    return answer({{"outcome", "config_error"},
                   {"message", lane->second->pipe.stopped_because()},
                   {"items", json::array()}});
  }
  waiters_[stored.row.id].push_back({stored.target, std::move(done)});
}

void Sender::Loop::tell_waiters(const delivery::RowUpdate& update) {
  auto waiting = waiters_.extract(update.id);
  if (waiting.empty()) return;
  for (Waiter& waiter : waiting.mapped()) {
    waiter_count_.fetch_sub(1);
    waiter.done(delivery::outcome_of(update.state, update.progress));
  }
}

void Sender::Loop::tell_config_error(const Lane& lane) {
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    if (it->second.empty() || it->second.front().target != lane.target.number) {
      ++it;
      continue;
    }
    for (Waiter& waiter : it->second) {
      waiter_count_.fetch_sub(1);
      waiter.done({{"outcome", "config_error"},
                   {"message", lane.pipe.stopped_because()},
                   {"items", json::array()}});
    }
    it = waiters_.erase(it);
  }
}

}  // namespace millrace::outbox
