// The threads that everything runs on, each with an event loop, and what they tell the operator.
// Stands under the edges, which may include it; knows nothing of what runs. Asio stays behind this
// header (event_loop.hpp shows it to those who need sockets).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/world.hpp"
#include "lanes/notices.hpp"

namespace millrace::lanes {

// How many CPUs this process may use; at least 1.
size_t usable_cpus();

// Threads with an event loop each, named "lane 0" and so on. A connection lives wholly on one lane.
class IoLanes final : public base::Lanes {
 public:
  // An exception that leaves a task ends that task and nothing else; `notices` is told, if given.
  // `name`: of the threads, before their numbers.
  static std::unique_ptr<IoLanes> make(size_t count, std::shared_ptr<Notices> notices = nullptr,
                                       std::string_view name = "lane");
  ~IoLanes() override;  // as stop()

  void start();
  // Ends the threads after the task each is running. What was posted and has not run is dropped.
  void stop();

  size_t count() const override;
  void run_on(size_t lane, base::Task task) override;
  void run_after(size_t lane, std::chrono::milliseconds delay, base::Task task) override;
  // The lane whose thread this is; nullopt on any other thread.
  std::optional<size_t> current_lane() const;

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit IoLanes(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::lanes
