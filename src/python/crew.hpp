// The workers of one version, the zygote they come from, and the calls that wait for one. Starts
// workers when calls wait, replaces those that are worn, ends those that have been idle for long,
// and refuses what waits too long or finds no room.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "python/groups.hpp"
#include "python/worker.hpp"
#include "python/zygote.hpp"

namespace millrace::python {

// After a zygote or a worker that did not start, the next one waits for so long.
inline constexpr std::chrono::seconds kCrewStartPause{1};
inline constexpr std::string_view kNoWorkerStarts = "no worker could be started";

class Crew final : public Worker::Owner, public Zygote::Owner {
 public:
  explicit Crew(VersionSetup setup) : setup_(std::move(setup)) {}
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void call(PendingCall call);
  void prewarm(size_t count);
  void add_exchange(uint64_t worker, uint64_t call, runtime::Exchange exchange);

  // Refuses what waits and whatever still comes; lets calls in flight end. `on_empty` is called
  // once there is no process left, perhaps at once.
  void stop(runtime::Task on_empty);
  // Kills what is still in flight.
  void kill();

  void is_free(Worker& worker) override;
  void is_gone(Worker& worker) override;

  void is_ready(Zygote& zygote) override;
  void is_gone(Zygote& zygote) override;
  void has_forked(uint64_t worker, Fd process) override;
  void has_not_forked(uint64_t worker, std::string_view reason) override;
  void has_exited(uint64_t worker, int status) override;

 private:
  void pump();
  void want_workers(size_t count);
  void want_zygote();
  void start_zygote();
  void start_workers(size_t count);
  // Whether this worker goes now because one that replaces it has come.
  bool gives_way(Worker& worker);
  void refuse(PendingCall call, std::string_view reason);
  void refuse_waiting(std::string_view reason);
  void refuse_the_oldest();
  void end_idle();
  Worker* find(uint64_t name) const;
  size_t count(Worker::State state) const;
  size_t workers_max() const;
  void end_zygote_when_alone();
  void tell_when_empty();

  VersionSetup setup_;
  Groups groups_;
  bool groups_made_ = false;
  std::deque<PendingCall> waiting_;
  std::unique_ptr<Zygote> zygote_;
  bool zygote_is_wanted_ = false;  // the loop has been asked to start it
  size_t workers_wanted_ = 0;      // once the zygote is ready
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> idle_;  // the last to become free is the first to be used
  uint64_t last_name_ = 0;
  size_t replacements_coming_ = 0;
  size_t replacements_here_ = 0;
  Loop::Moment start_after_;
  Loop::Timer wait_timer_;
  Loop::Timer idle_timer_;
  bool stopping_ = false;
  runtime::Task on_empty_;
};

}  // namespace millrace::python
