// A thread that does one piece of work after another. For the files of this room only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/world.hpp"

namespace millrace::media {

class Worker {
 public:
  struct Limits {
    size_t tasks_max = 256;
    size_t bytes_max = size_t{128} << 20;  // that tasks hold in memory
  };
  // `every_hour` is run there first, and then once an hour, however much waits.
  Worker(const std::string& name, Limits limits, std::function<void()> every_hour = nullptr);
  // As stop().
  ~Worker();
  // What still waits is not done any more, and nothing else is taken. Returns when what is being
  // done has been done.
  void stop();

  // False when too much waits: the task is not done. `bytes` is what it holds.
  bool post(base::Task task, size_t bytes = 0);

 private:
  struct Waiting {
    base::Task task;
    size_t bytes = 0;
  };
  void run();

  const Limits limits_;
  const std::function<void()> every_hour_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  size_t bytes_ = 0;  // of what waits, and of what is being done
  bool stopped_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace millrace::media
