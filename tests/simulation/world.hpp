// A simulated world for the durable heart: one thread, a clock that jumps from event to event, a
// disk that forgets what was not synced, actions that are slow and fail, and crashes at any moment.
// Everything is drawn from one seed, so that a failing run can be had again.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "runtime/runtime.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::simulation {

// Tasks in the order of their time; those of one time in the order they came.
class Schedule {
 public:
  void at(int64_t ms, base::Task task) { events_.push({ms, ++order_, std::move(task)}); }
  void after(int64_t ms, base::Task task) { at(now_ + ms, std::move(task)); }
  int64_t now() const { return now_; }
  bool run_one();
  // What a crash takes with it.
  void forget() { events_ = {}; }

 private:
  struct Event {
    int64_t ms;
    int64_t order;
    mutable base::Task task;
    bool operator<(const Event& other) const {
      return std::pair(ms, order) > std::pair(other.ms, other.order);
    }
  };
  std::priority_queue<Event> events_;
  int64_t now_ = 1'767'323'045'000;
  int64_t order_ = 0;
};

// Seals what journals keep secret.
inline const std::string kKey(32, 'k');

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  int64_t between(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine_);
  }
  bool one_in(int64_t n) { return between(1, n) == 1; }
  // Whether something fails now; not any more once be_kind() was called.
  bool fails_one_in(int64_t n) { return !is_kind_ && one_in(n); }
  void be_kind() { is_kind_ = true; }

 private:
  std::mt19937_64 engine_;
  bool is_kind_ = false;
};

class Lanes final : public base::Lanes {
 public:
  Lanes(Schedule& schedule, Dice& dice) : schedule_(schedule), dice_(dice) {}
  size_t count() const override { return 3; }
  void run_on(size_t lane, base::Task task) override;
  void run_after(size_t lane, std::chrono::milliseconds delay, base::Task task) override;
  // An edge's thread is on no lane.
  static constexpr size_t kNone = SIZE_MAX;

 private:
  void run(size_t lane, base::Task task);
  Schedule& schedule_;
  Dice& dice_;
  size_t current_ = kNone;
};

class Clock final : public base::Clock {
 public:
  explicit Clock(Schedule& schedule) : schedule_(schedule) {}
  base::Timestamp now() override { return {schedule_.now() + ahead_}; }
  int64_t steady_ms() override { return schedule_.now(); }
  // Someone sets the clock.
  void jump(int64_t ms) { ahead_ += ms; }

 private:
  Schedule& schedule_;
  int64_t ahead_ = 0;
};

class Random final : public base::Random {
 public:
  explicit Random(Dice& dice) : dice_(dice) {}
  void fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(dice_.between(0, 255));
  }

 private:
  Dice& dice_;
};

using Log = fakes::NoLog;

// What survives: the synced records. Appends wait for a sync that comes a little later; now and
// then a sync fails and nothing of its group is kept.
class Disk final : public runtime::Journal {
 public:
  Disk(Schedule& schedule, Dice& dice) : schedule_(schedule), dice_(dice) {}
  void append(runtime::JournalRecord record, Appended appended) override;
  void read_tail(base::Id consumer, size_t marked_records, ReadTail done) override;
  void read_at(base::Id consumer, std::vector<int64_t> places, Read done) override;
  void read_before(base::Id consumer, int64_t place, Page page, Read done) override;
  base::Result<std::vector<runtime::DueConsumer>> due_consumers() override;
  void probe(Probed done) override;
  void park(runtime::ParkedChat chat) override { parked_[chat.consumer] = std::move(chat); }
  base::Result<std::vector<runtime::ParkedChat>> parked_chats() override;
  // Called with each record that is kept, as a part of its transaction.
  void when_kept(std::function<void(const runtime::JournalRecord&)> then) {
    kept_one_ = std::move(then);
  }
  // A crash: of what waited for the sync, a part may have reached the disk, in order.
  void crash();
  // Records that came out of order, which the journal does not take.
  int refused() const { return refused_; }
  const std::map<base::Id, std::vector<runtime::JournalRecord>>& kept() const { return kept_; }
  const std::map<base::Id, runtime::ParkedChat>& parked() const { return parked_; }

 private:
  void sync();
  bool keep(runtime::JournalRecord record);
  const std::vector<runtime::JournalRecord>& records_of(base::Id consumer) const;

  Schedule& schedule_;
  Dice& dice_;
  std::map<base::Id, std::vector<runtime::JournalRecord>> kept_;
  std::vector<std::pair<runtime::JournalRecord, Appended>> waiting_;
  std::map<base::Id, runtime::ParkedChat> parked_;
  std::function<void(const runtime::JournalRecord&)> kept_one_;
  bool sync_planned_ = false;
  int refused_ = 0;
};

// The back end: every effect that really happened, by idempotency key. An effect may come and its
// answer be lost. A call whose outcome was lost looks first, as the example's node does.
class BackEnd final : public runtime::Actions {
 public:
  BackEnd(Schedule& schedule, Dice& dice) : schedule_(schedule), dice_(dice) {}
  void call(runtime::ActionCall call, Done done) override;
  const std::map<std::string, int>& effects() const { return effects_; }

 private:
  Schedule& schedule_;
  Dice& dice_;
  std::map<std::string, int> effects_;
};

// What is owed is sent a little later; whoever asks is told then.
class Owing final : public runtime::Deliveries {
 public:
  Owing(Schedule& schedule, Dice& dice) : schedule_(schedule), dice_(dice) {}
  void owed(base::Id, size_t count) override { owed_ += count; }
  void when_settled(std::string key, Done done) override;
  size_t owed() const { return owed_; }

 private:
  Schedule& schedule_;
  Dice& dice_;
  size_t owed_ = 0;
};

}  // namespace millrace::simulation
