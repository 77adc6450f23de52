#include "api/pool.hpp"

#include "base/contain.hpp"
#include "posix/threads.hpp"

namespace millrace::api {

Pool::Pool(size_t threads, size_t waiting_max, base::Log& log)
    : waiting_max_(waiting_max), log_(log) {
  for (size_t i = 0; i < threads; ++i) {
    threads_.push_back(posix::named_thread("operator-" + std::to_string(i), [this] { run(); }));
  }
}

Pool::~Pool() {
  stop();
}

bool Pool::post(base::Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.size() >= waiting_max_) return false;
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

void Pool::stop() {
  std::deque<base::Task> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Pool::run() {
  for (;;) {
    base::Task task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    try {
      const base::ChecksThrow checks;
      task();
    } catch (const std::exception& thrown) {
      log_.line(base::Level::error, "api", base::name_of(thrown));
    }
  }
}

}  // namespace millrace::api
