// Where a crew's workers come from: its zygote's life, and the making of workers.

#include <algorithm>
#include <utility>

#include "python/pool/crew.hpp"

namespace millrace::python {
namespace {

// What the zygote may hold besides the workers.
constexpr size_t kZygoteBytes = 256 << 20;

}  // namespace

void Crew::is_ready(Zygote&) {
  slots_free_.clear();
  for (uint32_t slot = 0; slot < slots_max(); ++slot) slots_free_.push_back(slot);
  start_workers(std::max(std::exchange(workers_wanted_, 0), setup_.options.workers_min));
  pump();
}

void Crew::is_gone(Zygote& zygote) {
  base::Task drop = [kept = std::exchange(zygote_, nullptr)] {};
  setup_.loop.post(drop);
  const size_t wanted = std::exchange(workers_wanted_, 0);
  if (!zygote.was_ready() && !stopping_) {
    setup_.log.line(
        base::Level::error, "python",
        "the process of version " + setup_.version.hash + " did not start: " + zygote.end_note());
    start_after_ = Loop::now() + kCrewStartPause;
    refuse_waiting(kNoWorkerStarts);
  } else if (!stopping_ && !zygote.end_note().starts_with("retired")) {
    setup_.log.line(
        base::Level::warning, "python",
        "the process of version " + setup_.version.hash + " ended: " + zygote.end_note());
  }
  while (!workers_.empty()) workers_.back()->has_lost_its_zygote();
  tell_when_empty();
  if (stopping_) return;
  if (zygote.was_ready() && wanted > 0) want_workers(wanted);
  pump();
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
  workers_wanted_ = std::min(workers_wanted_ + wanted, slots_max());
  want_zygote();
}

void Crew::want_zygote() {
  if (zygote_ || zygote_is_wanted_) return;
  zygote_is_wanted_ = true;
  // On the loop's thread, whoever asks: the process dies with the thread that starts it.
  base::Task start = [this] {
    zygote_is_wanted_ = false;
    if (!stopping_ && !zygote_) start_zygote();
  };
  setup_.loop.post(start);
}

void Crew::start_zygote() {
  make_groups();
  auto zygote = Zygote::start(setup_, groups_.entrances(), slots_max(), *this);
  if (zygote) {
    zygote_ = std::move(*zygote);
    return;
  }
  setup_.log.line(base::Level::error, "python",
                  "no worker could be started: " + zygote.error().describe());
  workers_wanted_ = 0;
  refuse_waiting(kNoWorkerStarts);
}

void Crew::start_workers(size_t wanted) {
  for (; wanted > 0 && !slots_free_.empty(); --wanted) {
    auto worker = Worker::start(setup_, *zygote_, ++last_name_, slots_free_.front(), *this);
    if (!worker) {
      setup_.log.line(base::Level::error, "python",
                      "no worker could be started: " + worker.error().describe());
      start_after_ = Loop::now() + kCrewStartPause;
      if (workers_.empty()) refuse_waiting(kNoWorkerStarts);
      return;
    }
    slots_free_.pop_front();
    workers_.push_back(std::move(*worker));
  }
}

// Calls that run, workers that are there before they are needed, and some that are being tidied.
size_t Crew::slots_max() const {
  return setup_.common.shares.calls_max() + 2 * kSparesMax + kKeptMax;
}

void Crew::make_groups() {
  if (groups_made_ || setup_.ground.sandbox != Sandbox::bubblewrap) return;
  groups_made_ = true;
  const PoolOptions& options = setup_.options;
  const size_t each = setup_.version.worker_memory_bytes_max > 0
                          ? setup_.version.worker_memory_bytes_max
                          : options.worker_memory_bytes_max;
  const size_t calls = setup_.common.shares.calls_max();
  const size_t all = calls * (each + options.tmp_bytes_max) + kZygoteBytes;
  const size_t memory =
      options.memory_bytes_max > 0 ? std::min(all, options.memory_bytes_max) : all;
  groups_ = Groups::make({memory, slots_max() * kThreadsMax});
}

void Crew::end_zygote_when_alone() {
  if (zygote_ && workers_.empty() && (stopping_ || waiting_.empty())) zygote_->end("retired");
}

}  // namespace millrace::python
