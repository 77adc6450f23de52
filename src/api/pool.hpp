// The threads on which requests are answered.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/world.hpp"

namespace millrace::api {

class Pool {
 public:
  Pool(size_t threads, size_t waiting_max, base::Log& log);
  ~Pool();  // as stop()
  // False when too much waits, or it was stopped: the task is not run. What it throws is told to
  // the log, and ends nothing but it.
  bool post(base::Task task);
  // Ends after what runs; what waits is dropped.
  void stop();

 private:
  void run();

  const size_t waiting_max_;
  base::Log& log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<base::Task> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace millrace::api
