// Work from many threads for one that takes it a group at a time, so that a group shares one sync.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::storage {

template <typename Work>
class GroupQueue {
 public:
  void submit(Work work) {
    bool was_empty = false;
    {
      const std::lock_guard lock(mutex_);
      was_empty = queue_.empty();
      queue_.push_back(std::move(work));
    }
    if (was_empty) queued_.notify_one();
  }

  // Waits for work and puts all there is into `group`, which is empty. False once the queue was
  // ended and nothing is left.
  bool take(std::vector<Work>& group) {
    {
      std::unique_lock lock(mutex_);
      queued_.wait(lock, [this] { return is_ended_ || !queue_.empty(); });
      if (queue_.empty()) return false;
    }
    let_the_group_grow();
    const std::lock_guard lock(mutex_);
    group.swap(queue_);
    return true;
  }

  // What was submitted before can still be taken.
  void end() {
    {
      const std::lock_guard lock(mutex_);
      is_ended_ = true;
    }
    queued_.notify_all();
  }

 private:
  // Those who are about to submit get the processor first, for as long as that brings more: fewer
  // syncs for the same work. With nobody about to, it costs nothing.
  void let_the_group_grow() {
    constexpr int kTries = 16;
    size_t before = 0;
    for (int i = 0; i < kTries; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (queue_.size() == before || is_ended_) return;
        before = queue_.size();
      }
      std::this_thread::yield();
    }
  }

  std::mutex mutex_;
  std::condition_variable queued_;
  std::vector<Work> queue_;
  bool is_ended_ = false;
};

}  // namespace millrace::storage
