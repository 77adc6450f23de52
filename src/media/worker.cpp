#include "media/worker.hpp"

#include "posix/threads.hpp"

namespace millrace::media {

Worker::Worker(const std::string& name, Limits limits, std::function<void()> every_hour)
    : limits_(limits), every_hour_(std::move(every_hour)) {
  thread_ = posix::named_thread<std::jthread>(name, [this] { run(); });
}

Worker::~Worker() {
  stop();
}

void Worker::stop() {
  std::deque<Waiting> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Worker::post(base::Task task, size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    const bool has_room =
        waiting_.size() < limits_.tasks_max && bytes_ + bytes <= limits_.bytes_max;
    if (stopped_ || !has_room) return false;
    waiting_.push_back({std::move(task), bytes});
    bytes_ += bytes;
  }
  changed_.notify_one();
  return true;
}

void Worker::run() {
  using Clock = std::chrono::steady_clock;
  auto due = every_hour_ ? Clock::now() : Clock::time_point::max();
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto is_awake = [&] { return stopped_ || !waiting_.empty(); };
    if (every_hour_) {
      changed_.wait_until(lock, due, is_awake);
    } else {
      changed_.wait(lock, is_awake);
    }
    if (stopped_) return;
    if (Clock::now() >= due) {
      lock.unlock();
      every_hour_();
      due = Clock::now() + std::chrono::hours(1);
      lock.lock();
      continue;
    }
    if (waiting_.empty()) continue;
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    next.task();
    next.task = nullptr;
    lock.lock();
    bytes_ -= next.bytes;
  }
}

}  // namespace millrace::media
