// The workers of one version and the calls that wait for one. Starts workers when calls wait, ends
// them when they have been idle for long, and refuses what waits too long or finds no room.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "python/worker.hpp"

namespace millrace::python {

class Crew final : public Worker::Owner {
 public:
  explicit Crew(WorkerSetup setup) : setup_(std::move(setup)) {}
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void call(runtime::ActionCall call, runtime::Actions::Done done);
  void prewarm(size_t count);

  // Refuses what waits and whatever still comes; lets calls in flight end. `on_empty` is called
  // once there is no worker left, perhaps at once.
  void stop(runtime::Task on_empty);
  // Kills what is still in flight.
  void kill();

  void is_free(Worker& worker) override;
  void is_gone(Worker& worker) override;

 private:
  struct Waiting {
    runtime::ActionCall call;
    runtime::Actions::Done done;
    Loop::Moment since;
  };

  void pump();
  void start_workers(size_t count);
  void refuse_waiting(std::string_view reason);
  void refuse_the_oldest();
  void end_idle();
  size_t count(Worker::State state) const;
  size_t workers_max() const;
  void tell_when_empty();

  WorkerSetup setup_;
  std::deque<Waiting> waiting_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> idle_;  // the last to become free is the first to be used
  Loop::Moment start_after_;
  Loop::Timer wait_timer_;
  Loop::Timer idle_timer_;
  bool stopping_ = false;
  runtime::Task on_empty_;
};

}  // namespace millrace::python
