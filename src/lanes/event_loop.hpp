// The lanes' insides, for this room and for edges whose sockets live on a lane.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lanes/lanes.hpp"

namespace millrace::lanes {

namespace asio = boost::asio;
using error_code = boost::system::error_code;

struct IoLanes::Impl {
  struct Timer {
    asio::steady_timer timer;
    base::Task task;
  };

  // Tasks and timers are kept here rather than in the event loop: when the lanes have stopped, what
  // they hold (connections of other lanes, often) must go while every loop still exists.
  struct Lane {
    asio::io_context context{1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    std::thread thread;
    std::mutex mutex;
    std::vector<base::Task> tasks;
    bool is_woken = false;  // run_tasks is to come
    bool stopped = false;
    // Those of `tasks` that come next, from `at` on; the lane's own thread's.
    std::vector<base::Task> batch;
    size_t at = 0;
    std::list<Timer> timers;  // the lane's own thread's
  };

  void run(Lane& lane);
  void run_tasks(Lane& lane);
  // The one place where what escapes from a task ends.
  void run_task(base::Task task) noexcept;

  std::vector<std::unique_ptr<Lane>> lanes;
  bool running = false;
  std::string name;  // of the threads
  std::shared_ptr<Notices> notices;
};

}  // namespace millrace::lanes
