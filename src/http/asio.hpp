// Asio and the lanes' insides, for the files of this room only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "http/http.hpp"

namespace millrace::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using error_code = boost::system::error_code;

struct IoLanes::Impl {
  struct Timer {
    asio::steady_timer timer;
    runtime::Task task;
  };

  // Tasks and timers are kept here rather than in the event loop: when the lanes have stopped, what
  // they hold (connections of other lanes, often) must go while every loop still exists.
  struct Lane {
    asio::io_context context{1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    std::thread thread;
    std::mutex mutex;
    std::vector<runtime::Task> tasks;
    bool stopped = false;
    std::list<Timer> timers;  // the lane's own thread's
  };

  void run(Lane& lane);
  void run_tasks(Lane& lane);
  // The one place where what escapes from a task ends.
  void run_task(runtime::Task task) noexcept;

  std::vector<std::unique_ptr<Lane>> lanes;
  bool running = false;
  std::shared_ptr<Notices> notices;
};

}  // namespace millrace::http
