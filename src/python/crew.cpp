#include "python/crew.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

// After a zygote or a worker that did not start, the next one waits for so long.
constexpr std::chrono::seconds kStartPause{1};
constexpr std::string_view kStopping = "the server is stopping";
constexpr std::string_view kNoWorker = "no worker could be started";
// What the zygote and the shared /tmp may hold besides the workers.
constexpr size_t kZygoteBytes = 256 << 20;
constexpr size_t kThreadsPerWorker = 64;

std::string group_name() {
  static std::atomic<uint64_t> last = 0;
  return "millrace-" + std::to_string(::getpid()) + "-" + std::to_string(++last);
}

}  // namespace

Crew::~Crew() {
  for (Loop::Timer* const timer : {&wait_timer_, &idle_timer_}) {
    setup_.loop.cancel(*timer);
  }
  workers_.clear();
  zygote_.reset();  // before its groups
}

void Crew::call(PendingCall call) {
  if (stopping_) return refuse(std::move(call), kStopping);
  if (waiting_.size() >= setup_.options.queue_max) {
    return refuse(std::move(call), "too many calls wait for a worker");
  }
  waiting_.push_back(std::move(call));
  pump();
}

void Crew::prewarm(size_t count) {
  const size_t wanted = std::min(count, workers_max());
  if (!stopping_ && workers_.size() < wanted) want_workers(wanted - workers_.size());
}

void Crew::add_exchange(uint64_t worker, uint64_t call, runtime::Exchange exchange) {
  if (Worker* const found = find(worker)) found->add_exchange(call, std::move(exchange));
}

void Crew::stop(runtime::Task on_empty) {
  stopping_ = true;
  on_empty_ = std::move(on_empty);
  refuse_waiting(kStopping);
  for (const auto& worker : workers_) {
    if (worker->state() != Worker::State::busy) worker->retire();
  }
  idle_.clear();
  end_zygote_when_alone();
  tell_when_empty();
}

void Crew::kill() {
  for (const auto& worker : workers_) {
    worker->end(Kind::refused, "stopped with the server; how far it came is not known");
  }
  if (zygote_) zygote_->end({});
}

void Crew::is_free(Worker& worker) {
  if (stopping_) {
    worker.retire();
    return;
  }
  if (gives_way(worker)) return;
  idle_.push_back(&worker);
  pump();
  if (idle_timer_ == Loop::Timer{}) {
    idle_timer_ = setup_.loop.at(Loop::now() + setup_.options.idle_max, [this] { end_idle(); });
  }
}

bool Crew::gives_way(Worker& worker) {
  if (!worker.has_run() && replacements_coming_ > 0) {
    --replacements_coming_;
    const auto worn = std::ranges::find_if(idle_, &Worker::is_worn);
    if (worn == idle_.end()) {
      ++replacements_here_;
      return false;
    }
    (*worn)->retire();
    idle_.erase(worn);
    return false;
  }
  if (!worker.is_worn()) return false;
  if (replacements_here_ > 0) {
    --replacements_here_;
    worker.retire();
    return true;
  }
  // It goes on until the one that replaces it is there.
  if (replacements_coming_ == 0 && zygote_ && zygote_->state() == Zygote::State::ready) {
    auto next = Worker::start(setup_, *zygote_, ++last_name_, *this);
    if (!next) return false;
    workers_.push_back(std::move(*next));
    ++replacements_coming_;
  }
  return false;
}

void Crew::is_gone(Worker& worker) {
  std::erase(idle_, &worker);
  const auto found = std::ranges::find(workers_, &worker, &std::unique_ptr<Worker>::get);
  MILLRACE_CHECK(found != workers_.end());
  // The worker is still speaking: it goes in a moment, not under its own feet.
  runtime::Task drop = [kept = std::move(*found)] {};
  workers_.erase(found);
  setup_.loop.post(drop);

  if (stopping_) {
    end_zygote_when_alone();
    tell_when_empty();
    return;
  }
  if (!worker.was_ready() && replacements_coming_ > 0) --replacements_coming_;
  if (worker.is_retired()) {
    end_zygote_when_alone();
    pump();
    return;
  }
  if (!worker.was_ready()) {
    setup_.log.line(
        runtime::Level::error, "python",
        "a worker of version " + setup_.version.hash + " did not start: " + worker.end_note());
    start_after_ = Loop::now() + kStartPause;
    // With no other worker there is nobody to wait for; the next call tries again.
    if (workers_.empty()) refuse_waiting(kNoWorker);
  } else if (worker.has_run()) {
    setup_.log.line(runtime::Level::warning, "python", "a worker ended: " + worker.end_note());
    // Keep one warm. A worker that dies before its first call is not replaced unasked, lest it
    // die for ever.
    if (workers_.empty()) want_workers(1);
  }
  pump();
}

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
    start_after_ = Loop::now() + kStartPause;
    refuse_waiting(kNoWorker);
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

void Crew::pump() {
  while (!waiting_.empty() && !idle_.empty()) {
    Worker* const worker = idle_.back();
    idle_.pop_back();
    if (worker->state() != Worker::State::idle) continue;  // it is dying
    PendingCall next = std::move(waiting_.front());
    waiting_.pop_front();
    worker->run(std::move(next));
  }
  if (waiting_.empty()) {
    setup_.loop.cancel(wait_timer_);
    return;
  }
  if (wait_timer_ == Loop::Timer{}) {
    wait_timer_ = setup_.loop.at(waiting_.front().since + setup_.options.queue_wait_max,
                                 [this] { refuse_the_oldest(); });
  }
  const size_t starting = count(Worker::State::starting) + workers_wanted_;
  if (waiting_.size() > starting) want_workers(waiting_.size() - starting);
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
    groups_ =
        Groups::make(group_name(), {workers * each + setup_.options.tmp_bytes_max + kZygoteBytes,
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
  refuse_waiting(kNoWorker);
}

void Crew::start_workers(size_t wanted) {
  for (; wanted > 0 && workers_.size() < workers_max(); --wanted) {
    auto worker = Worker::start(setup_, *zygote_, ++last_name_, *this);
    if (!worker) {
      setup_.log.line(runtime::Level::error, "python",
                      "no worker could be started: " + worker.error().describe());
      if (workers_.empty()) refuse_waiting(kNoWorker);
      return;
    }
    workers_.push_back(std::move(*worker));
  }
}

void Crew::refuse(PendingCall call, std::string_view reason) {
  setup_.loop.later([done = std::move(call.done), reason = std::string(reason)]() mutable {
    done({Kind::refused, {}, std::move(reason), {}});
  });
}

void Crew::refuse_waiting(std::string_view reason) {
  setup_.loop.cancel(wait_timer_);
  std::deque<PendingCall> refused = std::exchange(waiting_, {});
  for (PendingCall& one : refused) refuse(std::move(one), reason);
}

void Crew::refuse_the_oldest() {
  wait_timer_ = {};
  const Loop::Moment latest = Loop::now() - setup_.options.queue_wait_max;
  while (!waiting_.empty() && waiting_.front().since <= latest) {
    PendingCall refused = std::move(waiting_.front());
    waiting_.pop_front();
    refuse(std::move(refused), "no worker became free in time");
  }
  pump();
}

void Crew::end_idle() {
  idle_timer_ = {};
  const Loop::Moment moment = Loop::now();
  const PoolOptions& options = setup_.options;
  size_t kept = workers_.size();
  std::erase_if(idle_, [&](Worker* worker) {
    const auto limit = kept > 1 ? options.idle_max : options.idle_last_max;
    if (kept <= options.workers_min || worker->idle_since() + limit > moment) return false;
    --kept;
    worker->retire();
    return true;
  });
  if (kept == 0) return;
  const auto next =
      std::max<std::chrono::milliseconds>(options.idle_max / 2, std::chrono::milliseconds(10));
  idle_timer_ = setup_.loop.at(moment + next, [this] { end_idle(); });
}

Worker* Crew::find(uint64_t name) const {
  const auto found = std::ranges::find(workers_, name, &Worker::name);
  return found == workers_.end() ? nullptr : found->get();
}

size_t Crew::count(Worker::State state) const {
  return static_cast<size_t>(std::ranges::count(workers_, state, &Worker::state));
}

size_t Crew::workers_max() const {
  if (setup_.options.workers_max > 0) return setup_.options.workers_max;
  return std::max<size_t>(2, std::thread::hardware_concurrency());
}

void Crew::end_zygote_when_alone() {
  if (zygote_ && workers_.empty() && (stopping_ || waiting_.empty())) zygote_->end("retired");
}

void Crew::tell_when_empty() {
  if (workers_.empty() && !zygote_ && on_empty_) std::exchange(on_empty_, nullptr)();
}

}  // namespace millrace::python
