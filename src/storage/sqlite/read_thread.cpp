#include "storage/sqlite/read_thread.hpp"
#include "posix/threads.hpp"

namespace millrace::storage {

ReadThread::ReadThread() : thread_(posix::named_thread("journal read", [this] { run(); })) {}

ReadThread::~ReadThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_all();
  thread_.join();
}

void ReadThread::post(base::Task task) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(task));
  }
  queued_.notify_one();
}

void ReadThread::run() {
  for (;;) {
    base::Task task;
    {
      std::unique_lock lock(mutex_);
      queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace millrace::storage
