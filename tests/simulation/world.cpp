#include "tests/simulation/world.hpp"

#include <algorithm>

namespace millrace::simulation {

bool Schedule::run_one() {
  if (events_.empty()) return false;
  now_ = std::max(now_, events_.top().ms);
  base::Task task = std::move(events_.top().task);
  events_.pop();
  task();
  return true;
}

void Lanes::run_on(size_t lane, base::Task task) {
  if (lane == current_) {
    task();
    return;
  }
  schedule_.after(dice_.between(0, 2),
                  [this, lane, task = std::move(task)]() mutable { run(lane, std::move(task)); });
}

void Lanes::run_after(size_t lane, std::chrono::milliseconds delay, base::Task task) {
  schedule_.after(delay.count(),
                  [this, lane, task = std::move(task)]() mutable { run(lane, std::move(task)); });
}

void Lanes::run(size_t lane, base::Task task) {
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
  const bool fails = dice_.fails_one_in(60);
  for (auto& [record, appended] : group) {
    base::Result<int64_t> result = record.number;
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
  record.place = record.number;
  parked_.erase(record.consumer);  // in the same transaction
  records.push_back(std::move(record));
  if (kept_one_) kept_one_(records.back());
  return true;
}

const std::vector<runtime::JournalRecord>& Disk::records_of(base::Id consumer) const {
  static const std::vector<runtime::JournalRecord> kNone;
  const auto found = kept_.find(consumer);
  return found == kept_.end() ? kNone : found->second;
}

void Disk::read_tail(base::Id consumer, size_t marked_records, ReadTail done) {
  const auto& all = records_of(consumer);
  runtime::Tail tail;
  auto whole = all.end();
  while (whole != all.begin() && !(--whole)->whole) {
  }
  tail.records.assign(whole, all.end());
  const auto marked = static_cast<ptrdiff_t>(std::min(marked_records, all.size()));
  for (auto at = all.end() - marked; at != all.end(); ++at) {
    for (const auto mark : at->marks) tail.marked.push_back({mark, at->place});
  }
  schedule_.after(dice_.between(0, 3), [done = std::move(done), tail = std::move(tail)]() mutable {
    done(std::move(tail));
  });
}

void Disk::read_at(base::Id consumer, std::vector<int64_t> places, Read done) {
  std::vector<runtime::JournalRecord> found;
  for (const int64_t place : places) {
    for (const auto& record : records_of(consumer)) {
      if (record.place == place) found.push_back(record);
    }
  }
  schedule_.after(
      dice_.between(0, 3),
      [done = std::move(done), found = std::move(found)]() mutable { done(std::move(found)); });
}

void Disk::read_before(base::Id consumer, int64_t place, Page page, Read done) {
  std::vector<runtime::JournalRecord> found;
  for (const auto& record : records_of(consumer)) {
    if (place == 0 || record.place < place) found.push_back(record);
  }
  if (found.size() > page.records_max) {
    found.erase(found.begin(), found.end() - static_cast<ptrdiff_t>(page.records_max));
  }
  schedule_.after(
      dice_.between(0, 3),
      [done = std::move(done), found = std::move(found)]() mutable { done(std::move(found)); });
}

base::Result<std::vector<runtime::DueConsumer>> Disk::due_consumers() {
  std::vector<runtime::DueConsumer> due;
  for (const auto& [consumer, records] : kept_) {
    if (records.back().due) due.push_back({consumer, *records.back().due});
  }
  return due;
}

base::Result<std::vector<runtime::ParkedChat>> Disk::parked_chats() {
  std::vector<runtime::ParkedChat> chats;
  for (const auto& [consumer, chat] : parked_) chats.push_back(chat);
  return chats;
}

void Disk::probe(Probed done) {
  base::Result<void> result;
  if (dice_.fails_one_in(60)) {
    result = base::fail(base::Code::unavailable, "the disk is full");
  }
  schedule_.after(dice_.between(0, 5),
                  [done = std::move(done), result]() mutable { done(result); });
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
  const bool fails = dice_.fails_one_in(6);
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
