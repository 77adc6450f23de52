#include "outbox/writer.hpp"

#include <algorithm>

namespace millrace::outbox {
namespace {

using delivery::State;

constexpr int64_t kWriteAgainAfterMs = 1'000;

json::object config_error(const std::string& because) {
  return {{"outcome", "config_error"}, {"message", because}, {"items", json::array()}};
}

}  // namespace

void Writer::when_settled(std::string key, Done done) {
  if (waiter_count_.fetch_add(1) >= waiters_max_) {
    waiter_count_.fetch_sub(1);
    return done({{"outcome", "later"}, {"items", json::array()}});
  }
  inbox_.post([this, key = std::move(key), done = std::move(done)]() mutable {
    look_up(std::move(key), std::move(done));
  });
}

void Writer::write(runtime::DeliveryWrite change) {
  const uint64_t number = ++writes_;
  for (const delivery::RowUpdate& update : change.updates) pending_[update.id] = number;
  auto kept = std::make_shared<runtime::DeliveryWrite>(std::move(change));
  // Behind one that failed, so that what is older never comes later.
  if (!failed_.empty()) {
    failed_.emplace_back(number, std::move(kept));
  } else {
    submit(std::move(kept), number);
  }
}

void Writer::write_once(runtime::DeliveryWrite change,
                        std::move_only_function<void(base::Result<void>)> done) {
  ++under_way_;
  ports_.store.commit(std::move(change),
                      [this, done = std::move(done)](base::Result<void> result) mutable {
                        inbox_.post([this, result, done = std::move(done)]() mutable {
                          --under_way_;
                          done(std::move(result));
                        });
                      });
}

void Writer::prune(int64_t target, base::Timestamp before, size_t limit) {
  ++under_way_;
  ports_.store.prune(target, before, limit, [this](base::Result<void> done) {
    inbox_.post([this, done] {
      --under_way_;
      if (!done) ports_.log.line(base::Level::warning, "outbox", done.error().describe());
    });
  });
}

void Writer::step(base::Timestamp now) {
  if (!failed_.empty() && now >= write_again_at_) write_again();
}

void Writer::submit(Write change, uint64_t number) {
  ++under_way_;
  ports_.store.commit(*change, [this, change, number](base::Result<void> result) {
    inbox_.post(
        [this, change, number, result = std::move(result)] { written(change, number, result); });
  });
}

void Writer::written(const Write& change, uint64_t number, const base::Result<void>& result) {
  --under_way_;
  if (!result) {
    ports_.log.line(base::Level::error, "outbox",
                    "what became of deliveries cannot be written: " + result.error().describe());
    failed_.emplace_front(number, change);
    write_again_at_ = {ports_.clock.now().ms + kWriteAgainAfterMs};
    return;
  }
  for (const delivery::RowUpdate& update : change->updates) {
    const auto pending = pending_.find(update.id);
    if (pending == pending_.end() || pending->second != number) continue;  // there is a newer one
    pending_.erase(pending);
    if (update.state == State::waiting) continue;
    ports_.meter.count("deliveries_total", {{"outcome", delivery::to_string(update.state)}});
    tell_waiters(update);
  }
}

void Writer::write_again() {
  auto failed = std::exchange(failed_, {});
  std::ranges::sort(failed, {}, [](const auto& one) { return one.first; });
  for (auto& [number, change] : failed) {
    std::erase_if(change->updates, [&](const delivery::RowUpdate& update) {
      const auto pending = pending_.find(update.id);
      return pending == pending_.end() || pending->second != number;
    });
    submit(std::move(change), number);
  }
}

void Writer::look_up(std::string key, Done done) {
  const auto answer = [&](json::object outcome) {
    waiter_count_.fetch_sub(1);
    done(std::move(outcome));
  };
  const auto found = ports_.store.find(key);
  if (!found) return answer({{"outcome", "later"}, {"items", json::array()}});
  if (!*found) return answer({{"outcome", "unknown"}, {"items", json::array()}});
  const runtime::StoredDelivery& stored = **found;
  if (stored.state != State::waiting && !is_pending(stored.row.id)) {
    return answer(delivery::outcome_of(stored.state, stored.row.progress));
  }
  if (const std::string why = stopped_because_(stored.target); !why.empty()) {
    return answer(config_error(why));
  }
  waiters_[stored.row.id].push_back({stored.target, std::move(done)});
}

void Writer::tell_waiters(const delivery::RowUpdate& update) {
  auto waiting = waiters_.extract(update.id);
  if (waiting.empty()) return;
  for (Waiter& waiter : waiting.mapped()) {
    waiter_count_.fetch_sub(1);
    waiter.done(delivery::outcome_of(update.state, update.progress));
  }
}

void Writer::tell_config_error(int64_t target, const std::string& because) {
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    if (it->second.empty() || it->second.front().target != target) {
      ++it;
      continue;
    }
    for (Waiter& waiter : it->second) {
      waiter_count_.fetch_sub(1);
      waiter.done(config_error(because));
    }
    it = waiters_.erase(it);
  }
}

}  // namespace millrace::outbox
