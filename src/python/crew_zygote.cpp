// Where a crew's workers come from: its zygote's life, and the making of workers.

#include <algorithm>
#include <utility>

#include "python/crew.hpp"

namespace millrace::python {
namespace {

// What the zygote may hold besides the workers and the shared /tmp.
constexpr size_t kZygoteBytes = 256 << 20;
constexpr size_t kThreadsPerWorker = 64;

}  // namespace

void Crew::is_ready(Zygote&) {
  start_workers(std::max(std::exchange(workers_wanted_, 0), setup_.options.workers_min));
  pump();
}

void Crew::is_gone(Zygote& zygote) {
  runtime::Task drop = [kept = std::exchange(zygote_, nullptr)] {};
  setup_.loop.post(drop);
  const size_t wanted = std::exchange(workers_wanted_, 0);
  if (!zygote.was_ready() && !stopping_) {
    setup_.log.line(
        runtime::Level::error, "python",
        "the process of version " + setup_.version.hash + " did not start: " + zygote.end_note());
    start_after_ = Loop::now() + kCrewStartPause;
    refuse_waiting(kNoWorkerStarts);
  } else if (!stopping_ && !zygote.end_note().starts_with("retired")) {
    setup_.log.line(
        runtime::Level::warning, "python",
        "the process of version " + setup_.version.hash + " ended: " + zygote.end_note());
  }
  while (!workers_.empty()) workers_.back()->has_lost_its_zygote();
  tell_when_empty();
  if (stopping_) return;
  if (zygote.was_ready() && wanted > 0) want_workers(wanted);
  pump();
}

void Crew::has_forked(uint64_t name, Fd process) {
  if (Worker* const worker = find(name)) {
    worker->has_process(std::move(process));
  } else {
    kill_process(process);
  }
}

void Crew::has_not_forked(uint64_t name, std::string_view reason) {
  if (Worker* const worker = find(name)) worker->has_no_process(reason);
}

void Crew::has_exited(uint64_t name, int status) {
  if (Worker* const worker = find(name)) worker->has_exited(status);
}

void Crew::want_workers(size_t wanted) {
  if (zygote_ && zygote_->state() == Zygote::State::ready) {
    if (workers_.empty() || Loop::now() >= start_after_) start_workers(wanted);
    return;
  }
  workers_wanted_ = std::min(workers_wanted_ + wanted, workers_max());
  want_zygote();
}

void Crew::want_zygote() {
  if (zygote_ || zygote_is_wanted_) return;
  zygote_is_wanted_ = true;
  // On the loop's thread, whoever asks: the process dies with the thread that starts it.
  runtime::Task start = [this] {
    zygote_is_wanted_ = false;
    if (!stopping_ && !zygote_) start_zygote();
  };
  setup_.loop.post(start);
}

void Crew::start_zygote() {
  if (!groups_made_ && setup_.ground.sandbox == Sandbox::bubblewrap) {
    const size_t each = setup_.version.worker_memory_bytes_max > 0
                            ? setup_.version.worker_memory_bytes_max
                            : setup_.options.worker_memory_bytes_max;
    // One more than the most workers, for the time in which one replaces another.
    const size_t workers = workers_max() + 1;
    groups_ = Groups::make({workers * each + setup_.options.tmp_bytes_max + kZygoteBytes,
                            workers * kThreadsPerWorker});
    groups_made_ = true;
  }
  auto zygote = Zygote::start(setup_, groups_.entrances(), *this);
  if (zygote) {
    zygote_ = std::move(*zygote);
    return;
  }
  setup_.log.line(runtime::Level::error, "python",
                  "no worker could be started: " + zygote.error().describe());
  workers_wanted_ = 0;
  refuse_waiting(kNoWorkerStarts);
}

void Crew::start_workers(size_t wanted) {
  for (; wanted > 0 && workers_.size() < workers_max(); --wanted) {
    auto worker = Worker::start(setup_, *zygote_, ++last_name_, *this);
    if (!worker) {
      setup_.log.line(runtime::Level::error, "python",
                      "no worker could be started: " + worker.error().describe());
      if (workers_.empty()) refuse_waiting(kNoWorkerStarts);
      return;
    }
    workers_.push_back(std::move(*worker));
  }
}

void Crew::end_zygote_when_alone() {
  if (zygote_ && workers_.empty() && (stopping_ || waiting_.empty())) zygote_->end("retired");
}

}  // namespace millrace::python
