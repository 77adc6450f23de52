// Stores in memory whose writes can be held back, fail, or be lost as a crash loses them.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/key_value.hpp"
#include "base/record_log.hpp"

namespace millrace::fakes {

// A batch is durable at once, or when `release` is called. Thread-safe, but for who holds and
// releases.
class MemoryStore final : public base::KeyValueStore {
 public:
  base::Result<std::optional<std::string>> get(std::string_view key) override {
    ++gets;
    if (reads_fail) return base::fail(base::Code::unavailable, "the disk is away");
    const std::lock_guard lock(mutex_);
    const auto found = pairs_.find(key);
    return found == pairs_.end() ? std::nullopt : std::optional(found->second);
  }
  base::Result<std::vector<std::pair<std::string, std::string>>> scan(std::string_view prefix,
                                                                      std::string_view after,
                                                                      size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [key, value] : pairs_) {
      if (out.size() == limit) break;
      if (key.starts_with(prefix) && key > after) out.emplace_back(key, value);
    }
    return out;
  }
  void commit(base::KeyValueBatch batch, Done done) override {
    if (!holds) return apply({std::move(batch), std::move(done)});
    const std::lock_guard lock(mutex_);
    waiting_.emplace_back(std::move(batch), std::move(done));
  }

  // The oldest ones, so many of them.
  void release(size_t most = SIZE_MAX) {
    for (; most > 0; --most) {
      std::unique_lock lock(mutex_);
      if (waiting_.empty()) return;
      Waiting one = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      apply(std::move(one));
    }
  }
  size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  // As a crash does.
  void lose_what_waits() {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
  }
  size_t size() const {
    const std::lock_guard lock(mutex_);
    return pairs_.size();
  }

  std::atomic<bool> holds = false;
  std::atomic<bool> fails = false;
  std::atomic<bool> reads_fail = false;
  std::atomic<int> gets = 0;

 private:
  using Waiting = std::pair<base::KeyValueBatch, Done>;

  void apply(Waiting one) {
    if (fails) return one.second(base::fail(base::Code::unavailable, "the disk is full"));
    {
      const std::lock_guard lock(mutex_);
      for (auto& [key, value] : one.first.writes) {
        if (value) {
          pairs_[key] = *value;
        } else {
          pairs_.erase(key);
        }
      }
    }
    one.second({});
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> pairs_;
  std::deque<Waiting> waiting_;
};

// A record is durable at once, or when `release` is called. For one thread.
class MemoryRecords final : public base::RecordLog {
 public:
  base::Result<uint64_t> each(const Each& each) override {
    for (const auto& [number, record] : kept_) {
      if (auto done = each(number, record); !done) return std::unexpected(done.error());
    }
    return last_;
  }
  void append(uint64_t number, std::string record, Done done) override {
    waiting_.push_back({number, std::move(record), std::move(done)});
    if (!holds) release();
  }
  void drop(uint64_t through) override {
    if (!keeps_dropped) kept_.erase(kept_.begin(), kept_.upper_bound(through));
  }
  void clear(Done done) override {
    ++clearings;
    if (fails) return done(base::fail(base::Code::unavailable, "the disk is full"));
    done({});
  }

  void release(size_t most = SIZE_MAX) {
    for (; most > 0 && !waiting_.empty(); --most) {
      Waiting one = std::move(waiting_.front());
      waiting_.pop_front();
      if (fails || one.number != last_ + 1) {
        one.done(base::fail(base::Code::unavailable, "the disk is full"));
        continue;
      }
      last_ = one.number;
      kept_[one.number] = std::move(one.record);
      one.done({});
    }
  }
  size_t waiting() const { return waiting_.size(); }
  void lose_what_waits() { waiting_.clear(); }
  size_t records() const { return kept_.size(); }

  std::atomic<bool> holds = false;
  std::atomic<bool> fails = false;
  std::atomic<bool> keeps_dropped = false;  // they come back, as they may
  size_t clearings = 0;

 private:
  struct Waiting {
    uint64_t number = 0;
    std::string record;
    Done done;
  };
  std::map<uint64_t, std::string> kept_;
  uint64_t last_ = 0;
  std::deque<Waiting> waiting_;
};

}  // namespace millrace::fakes
