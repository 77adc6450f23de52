// What the room's tests share: a clock and lanes that move when told, a runner that waits to be
// told how each attempt ends, and a store in memory.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "calls/calls.hpp"

namespace millrace::calls::testing {

using Kind = runtime::CallOutcome;

class FakeClock final : public base::Clock {
 public:
  base::Timestamp now() override { return at; }
  base::Timestamp at{1'767'323'045'000};
};

class FakeLanes final : public base::Lanes {
 public:
  explicit FakeLanes(FakeClock& clock) : clock_(clock) {}
  size_t count() const override { return 2; }
  void run_on(size_t, base::Task task) override { task(); }
  void run_after(size_t, std::chrono::milliseconds delay, base::Task task) override {
    tasks_.emplace(clock_.at.ms + delay.count(), std::move(task));
  }
  // Lets that time pass; what falls due meanwhile runs at its moment.
  void pass(int64_t ms) {
    const int64_t until = clock_.at.ms + ms;
    while (!tasks_.empty() && tasks_.begin()->first <= until) {
      auto due = tasks_.extract(tasks_.begin());
      clock_.at.ms = std::max(clock_.at.ms, due.key());
      due.mapped()();
    }
    clock_.at.ms = until;
  }
  size_t waiting() const { return tasks_.size(); }

 private:
  FakeClock& clock_;
  std::multimap<int64_t, base::Task> tasks_;
};

class FakeRandom final : public base::Random {
 public:
  void fill(std::span<uint8_t> bytes) override { std::ranges::fill(bytes, uint8_t{0}); }
};

class FakeLog final : public base::Log {
 public:
  void line(base::Level, std::string_view, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    text_ += std::string(text) + "\n";
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

class FakeMeter final : public base::Meter {
 public:
  void count(std::string_view name, Labels labels, double by) override {
    const std::lock_guard lock(mutex_);
    values_[key(name, labels)] += by;
  }
  void set(std::string_view name, Labels labels, double value) override {
    const std::lock_guard lock(mutex_);
    values_[key(name, labels)] = value;
  }
  void observe(std::string_view name, Labels labels, double) override {
    const std::lock_guard lock(mutex_);
    values_[key(name, labels)] += 1;
  }
  // "calls_total Hotel Reserve returned"
  double value(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = values_.find(key);
    return found == values_.end() ? 0 : found->second;
  }

 private:
  static std::string key(std::string_view name, Labels labels) {
    std::string text(name);
    for (const auto& [label, value] : labels) text += " " + std::string(value);
    return text;
  }
  mutable std::mutex mutex_;
  std::map<std::string, double> values_;
};

class FakeRunner final : public runtime::Actions {
 public:
  struct Attempt {
    runtime::ActionCall call;
    Done done;
  };
  void call(runtime::ActionCall call, Done done) override {
    if (answers_at_once) {
      done({Kind::refused, {}, "the pool has stopped"});
      return;
    }
    attempts.push_back({std::move(call), std::move(done)});
  }
  // Ends the oldest attempt under way, and gives what it had been asked.
  runtime::ActionCall end(runtime::ActionOutcome outcome) {
    EXPECT_FALSE(attempts.empty()) << "no attempt is under way";
    Attempt attempt = std::move(attempts.front());
    attempts.pop_front();
    attempt.done(std::move(outcome));
    return std::move(attempt.call);
  }
  runtime::ActionCall end(Kind kind, std::string message = "") {
    return end(runtime::ActionOutcome{kind, {}, std::move(message)});
  }

  std::deque<Attempt> attempts;
  bool answers_at_once = false;
};

// Durable at once, unless it is told to hold commits back.
class FakeStore final : public base::KeyValueStore {
 public:
  base::Result<std::optional<std::string>> get(std::string_view key) override {
    const std::lock_guard lock(mutex_);
    const auto found = pairs_.find(std::string(key));
    return found == pairs_.end() ? std::nullopt : std::optional(found->second);
  }
  base::Result<std::vector<std::pair<std::string, std::string>>> scan(std::string_view prefix,
                                                                      std::string_view after,
                                                                      size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [key, value] : pairs_) {
      if (found.size() == limit) break;
      if (key.starts_with(prefix) && key > after) found.emplace_back(key, value);
    }
    return found;
  }
  void commit(base::KeyValueBatch batch, Done done) override {
    {
      const std::lock_guard lock(mutex_);
      for (auto& [key, value] : batch.writes) {
        if (fails) break;
        if (value) {
          pairs_[key] = *value;
        } else {
          pairs_.erase(key);
        }
      }
    }
    if (fails) {
      done(base::fail(base::Code::unavailable, "the disk is full"));
    } else {
      done({});
    }
  }
  std::vector<CallTrace> traces(std::string_view prefix = traces_of_all()) {
    std::vector<CallTrace> found;
    for (const auto& [key, value] : *scan(prefix, "", SIZE_MAX)) {
      found.push_back(*trace_from_json(value));
    }
    return found;
  }
  size_t size() const {
    const std::lock_guard lock(mutex_);
    return pairs_.size();
  }

  std::atomic<bool> fails = false;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> pairs_;
};

}  // namespace millrace::calls::testing
