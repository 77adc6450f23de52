// A thread that runs reads one after the other, so that no lane waits for the disk.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/world.hpp"

namespace millrace::storage {

class ReadThread {
 public:
  ReadThread();
  // Runs what is queued, then ends.
  ~ReadThread();
  void post(base::Task task);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable queued_;
  std::deque<base::Task> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::storage
