// The workers of one version, the zygote they come from, and the calls that wait for one. A worker
// runs one call, so some are always there before they are needed, the more of them the more calls
// come. Refuses what waits too long or finds no room, and says when calls wait for long.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "python/walls/groups.hpp"
#include "python/worker/worker.hpp"
#include "python/worker/zygote.hpp"

namespace millrace::python {

// After a zygote or a worker that did not start, the next one waits for so long.
inline constexpr std::chrono::seconds kCrewStartPause{1};
inline constexpr std::string_view kNoWorkerStarts = "no worker could be started";
// A call that has waited so long is told of in the log, and no other for as long as the second
// says.
inline constexpr std::chrono::seconds kLongWait{1};
inline constexpr std::chrono::seconds kLongWaitPause{10};
// Workers that are there before a call wants one.
inline constexpr size_t kSparesMin = 2;
inline constexpr size_t kSparesMax = 8;
// Workers that stay while no call wants them.
inline constexpr size_t kKeptMax = 16;

class Crew final : public Worker::Owner, public Zygote::Owner {
 public:
  explicit Crew(VersionSetup setup) : setup_(std::move(setup)) {}
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void call(PendingCall call);
  void prewarm(size_t count);
  void add_exchange(uint64_t worker, std::string_view nonce, web::Exchange exchange);

  // Gives calls that wait to workers that do, as far as this crew's share goes.
  void pump();
  bool has_waiting() const { return !waiting_.empty(); }
  size_t running() const { return running_; }

  // Refuses what waits and whatever still comes; lets calls in flight end. `on_empty` is called
  // once there is no process left, perhaps at once.
  void stop(base::Task on_empty);
  // Kills what is still in flight.
  void kill();

  void is_free(Worker& worker) override;
  void is_free_again(Worker& worker) override;
  void is_gone(Worker& worker) override;

  void is_ready(Zygote& zygote) override;
  void is_gone(Zygote& zygote) override;
  void has_not_forked(uint64_t worker, std::string_view reason) override;
  void has_exited(uint64_t worker, int status) override;

 private:
  void want_workers(size_t count);
  void want_zygote();
  void start_zygote();
  void make_groups();
  void start_workers(size_t count);
  size_t slots_max() const;
  void run(Worker& worker, PendingCall call, bool is_proven);
  bool is_proven(const PendingCall& call) const;
  bool run_one();
  Worker* take(std::vector<Worker*>& from);
  void keep_deadline(Loop::Moment until);
  void look_at_deadlines();
  void fill_up();
  void mind_the_wait();
  void look_at_the_wait();
  void flush_later();
  void drop(Worker& worker);
  void did_not_start(Worker& worker);
  void refuse(PendingCall call, std::string_view reason);
  void refuse_waiting(std::string_view reason);
  void end_idle();
  Worker* find(uint64_t name) const;
  size_t starting() const { return workers_.size() - idle_.size() - kept_.size() - running_; }
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
  // Those that have run calls that are proven to leave nothing behind, and may run only such.
  std::vector<Worker*> kept_;
  std::deque<uint32_t> slots_free_;
  size_t running_ = 0;
  size_t spares_ = kSparesMin;
  bool wants_spares_ = false;  // it was called since spares were last looked at
  uint64_t last_name_ = 0;
  Loop::Moment start_after_;
  Loop::Moment told_of_wait_;
  Loop::Timer deadline_timer_;
  Loop::Timer wait_timer_;
  Loop::Timer idle_timer_;
  Loop::Timer flush_timer_;
  bool stopping_ = false;
  base::Task on_empty_;
};

}  // namespace millrace::python
