#include "tests/simulation/world.hpp"

#include <algorithm>

namespace millrace::simulation {

bool Schedule::run_one() {
  if (events_.empty()) return false;
  now_ = std::max(now_, events_.top().ms);
  runtime::Task task = std::move(events_.top().task);
  events_.pop();
  task();
  return true;
}

void Lanes::run_on(size_t lane, runtime::Task task) {
  if (lane == current_) {
    task();
    return;
  }
  schedule_.after(dice_.between(0, 2),
                  [this, lane, task = std::move(task)]() mutable { run(lane, std::move(task)); });
}

void Lanes::run_after(size_t lane, std::chrono::milliseconds delay, runtime::Task task) {
  schedule_.after(delay.count(),
                  [this, lane, task = std::move(task)]() mutable { run(lane, std::move(task)); });
}

void Lanes::run(size_t lane, runtime::Task task) {
  current_ = lane;
  task();
  current_ = kNone;
}

void Disk::append(runtime::JournalRecord record, Appended appended) {
  waiting_.emplace_back(std::move(record), std::move(appended));
  if (std::exchange(sync_planned_, true)) return;
  schedule_.after(dice_.between(0, 5), [this] { sync(); });
}

void Disk::sync() {
  sync_planned_ = false;
  auto group = std::move(waiting_);
  waiting_.clear();
  const bool fails = may_fail_ && dice_.one_in(60);
  for (auto& [record, appended] : group) {
    base::Result<void> result;
    if (fails || !keep(std::move(record))) {
      result = base::fail(base::Code::unavailable, "the disk is full");
    }
    schedule_.after(0, [tell = std::move(appended), result]() mutable { tell(result); });
  }
}

bool Disk::keep(runtime::JournalRecord record) {
  auto& records = kept_[record.consumer];
  if (record.number != static_cast<int64_t>(records.size()) + 1) {
    ++refused_;
    return false;
  }
  records.push_back(std::move(record));
  return true;
}

void Disk::read(base::Id consumer, size_t limit, Read done) {
  const auto found = kept_.find(consumer);
  std::vector<runtime::JournalRecord> records;
  if (found != kept_.end()) {
    const auto& all = found->second;
    records.assign(all.end() - static_cast<int64_t>(std::min(limit, all.size())), all.end());
  }
  schedule_.after(dice_.between(0, 3),
                  [done = std::move(done), records = std::move(records)]() mutable {
                    done(std::move(records));
                  });
}

void Disk::probe(Appended done) {
  base::Result<void> result;
  if (may_fail_ && dice_.one_in(60)) {
    result = base::fail(base::Code::unavailable, "the disk is full");
  }
  schedule_.after(dice_.between(0, 5),
                  [done = std::move(done), result]() mutable { done(result); });
}

base::Result<std::vector<base::Id>> Disk::open_consumers() {
  std::vector<base::Id> open;
  for (const auto& [consumer, records] : kept_) {
    if (records.back().open) open.push_back(consumer);
  }
  return open;
}

void Disk::crash() {
  const auto whole = dice_.between(0, static_cast<int64_t>(waiting_.size()));
  for (int64_t i = 0; i < whole; ++i) {
    (void)keep(std::move(waiting_[static_cast<size_t>(i)].first));
  }
  waiting_.clear();
  sync_planned_ = false;
}

void BackEnd::call(runtime::ActionCall call, Done done) {
  using Kind = runtime::ActionOutcome::Kind;
  const std::string key = call.idempotency_key;
  const bool already = call.uncertain && effects_.contains(key);
  const Kind failure = static_cast<Kind>(dice_.between(1, 4));  // raised ... refused
  const bool fails = may_fail_ && dice_.one_in(6);
  const bool acts = !already && (!fails || (failure != Kind::refused && dice_.one_in(2)));
  const int64_t until_effect = dice_.between(0, 40);
  const int64_t until_answer = until_effect + dice_.between(0, 40);
  if (acts) schedule_.after(until_effect, [this, key] { ++effects_[key]; });
  runtime::ActionOutcome outcome;
  outcome.kind = fails && !already ? failure : Kind::returned;
  if (outcome.kind == Kind::returned) outcome.result = {{"success", "true"}};
  schedule_.after(until_answer, [done = std::move(done), outcome = std::move(outcome)]() mutable {
    done(std::move(outcome));
  });
}

void Owing::when_settled(std::string, Done done) {
  schedule_.after(dice_.between(0, 200),
                  [done = std::move(done)]() mutable { done({{"outcome", "delivered"}}); });
}

}  // namespace millrace::simulation
