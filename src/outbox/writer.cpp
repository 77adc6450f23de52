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
  enqueue(std::move(change));
  write_next();
}

void Writer::mark(runtime::DeliveryWrite change, Marked done) {
  enqueue(std::move(change)).marked.push_back(std::move(done));
  write_next();
}

// At the end of what waits; with what is there already, unless that is of another target or being
// written.
Writer::Entry& Writer::enqueue(runtime::DeliveryWrite change) {
  const size_t waiting = queue_.size() - (is_writing_ ? 1 : 0);
  const bool fits = waiting > 0 && queue_.back().change.target == change.target;
  if (!fits) queue_.push_back({++entries_, {.target = change.target}, {}});
  Entry& entry = queue_.back();
  for (delivery::RowUpdate& update : change.updates) {
    uint64_t& pending = pending_[update.id];
    if (std::exchange(pending, entry.number) != entry.number) {
      entry.change.updates.push_back(std::move(update));
    } else {
      *std::ranges::find(entry.change.updates, update.id, &delivery::RowUpdate::id) =
          std::move(update);
    }
  }
  std::ranges::move(change.marks, std::back_inserter(entry.change.marks));
  std::ranges::move(change.unmark, std::back_inserter(entry.change.unmark));
  std::ranges::move(change.orders_done, std::back_inserter(entry.change.orders_done));
  if (change.stopped) entry.change.stopped = std::move(change.stopped);
  entry.change.at = change.at;
  return entry;
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
  if (now >= write_again_at_) write_next();
}

void Writer::write_next() {
  if (is_writing_ || queue_.empty() || ports_.clock.now() < write_again_at_) return;
  is_writing_ = true;
  ++under_way_;
  ports_.store.commit(queue_.front().change, [this](base::Result<void> result) {
    inbox_.post([this, result = std::move(result)] { written(result); });
  });
}

void Writer::written(const base::Result<void>& result) {
  --under_way_;
  is_writing_ = false;
  if (!result) {
    ports_.log.line(base::Level::error, "outbox",
                    "what became of deliveries cannot be written: " + result.error().describe());
    write_again_at_ = {ports_.clock.now().ms + kWriteAgainAfterMs};
    give_marks_up(result.error());
    return;
  }
  Entry entry = std::move(queue_.front());
  queue_.pop_front();
  for (const delivery::RowUpdate& update : entry.change.updates) {
    const auto pending = pending_.find(update.id);
    if (pending == pending_.end() || pending->second != entry.number)
      continue;  // a newer one comes
    pending_.erase(pending);
    if (update.state == State::waiting) continue;
    ports_.meter.count("deliveries_total", {{"outcome", delivery::to_string(update.state)}});
    tell_waiters(update);
  }
  for (Marked& marked : entry.marked) marked({});
  write_next();
}

// Whoever has marked does not send, then: what became of what left before is not on record either.
void Writer::give_marks_up(const base::Error& why) {
  std::vector<Marked> given_up;
  for (Entry& entry : queue_) {
    entry.change.marks.clear();
    std::ranges::move(entry.marked, std::back_inserter(given_up));
    entry.marked.clear();
  }
  for (Marked& marked : given_up) marked(std::unexpected(why));
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
