// Word for the sender's thread from all others. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "base/world.hpp"

namespace millrace::outbox {

class Inbox {
 public:
  struct Word {
    std::vector<base::Task> tasks;
    bool has_owed = false;  // there may be new rows
    bool stops = false;
  };

  void post(base::Task task) {
    const std::lock_guard lock(mutex_);
    if (word_.tasks.empty()) came_.notify_one();
    word_.tasks.push_back(std::move(task));
  }
  void owed() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(word_.has_owed, true)) came_.notify_one();
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    word_.stops = true;
    came_.notify_all();
  }
  // Waits for word, at most so long; not at all for 0. That it stops is told every time, and waited
  // for once.
  Word take(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    const auto has_come = [this] {
      return !word_.tasks.empty() || word_.has_owed || (word_.stops && !std::exchange(told_, true));
    };
    if (longest.count() > 0) came_.wait_for(lock, longest, has_come);
    Word out = std::exchange(word_, {});
    word_.stops = out.stops;
    return out;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  Word word_{{}, true, false};  // what was there before the start
  bool told_ = false;           // that it stops
};

}  // namespace millrace::outbox
