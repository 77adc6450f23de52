#include "python/crew.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

// After a worker that did not start, the others go on alone for so long.
constexpr std::chrono::seconds kStartPause{1};
constexpr std::string_view kStopping = "the server is stopping";

}  // namespace

Crew::~Crew() {
  setup_.loop.cancel(wait_timer_);
  setup_.loop.cancel(idle_timer_);
}

void Crew::call(runtime::ActionCall call, runtime::Actions::Done done) {
  if (stopping_) {
    done({Kind::refused, {}, std::string(kStopping)});
    return;
  }
  if (waiting_.size() >= setup_.options.queue_max) {
    done({Kind::refused, {}, "too many calls wait for a worker"});
    return;
  }
  waiting_.push_back({std::move(call), std::move(done), Loop::now()});
  pump();
}

void Crew::prewarm(size_t count) {
  const size_t wanted = std::min(count, workers_max());
  if (!stopping_ && workers_.size() < wanted) start_workers(wanted - workers_.size());
}

void Crew::stop(runtime::Task on_empty) {
  stopping_ = true;
  on_empty_ = std::move(on_empty);
  refuse_waiting(kStopping);
  for (const auto& worker : workers_) {
    if (worker->state() != Worker::State::busy) worker->retire();
  }
  idle_.clear();
  tell_when_empty();
}

void Crew::kill() {
  for (const auto& worker : workers_) {
    worker->end(Kind::refused, "stopped with the server; how far it came is not known");
  }
}

void Crew::is_free(Worker& worker) {
  if (stopping_) {
    worker.retire();
    return;
  }
  idle_.push_back(&worker);
  pump();
  if (idle_timer_ == Loop::Timer{}) {
    idle_timer_ = setup_.loop.at(Loop::now() + setup_.options.idle_max, [this] { end_idle(); });
  }
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
    tell_when_empty();
    return;
  }
  if (worker.is_retired()) {
    pump();
    return;
  }
  if (!worker.was_ready()) {
    setup_.log.line(
        runtime::Level::error, "python",
        "a worker of version " + setup_.version.hash + " did not start: " + worker.end_note());
    start_after_ = Loop::now() + kStartPause;
    // With no other worker there is nobody to wait for; the next call tries again.
    if (workers_.empty()) refuse_waiting("no worker could be started");
  } else if (worker.has_run()) {
    setup_.log.line(runtime::Level::warning, "python", "a worker ended: " + worker.end_note());
    // Keep one warm. A worker that dies before its first call is not replaced unasked, lest it
    // die for ever.
    if (workers_.empty()) start_workers(1);
  }
  pump();
}

void Crew::pump() {
  while (!waiting_.empty() && !idle_.empty()) {
    Worker* const worker = idle_.back();
    idle_.pop_back();
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    worker->run(std::move(next.call), std::move(next.done));
  }
  if (waiting_.empty()) {
    setup_.loop.cancel(wait_timer_);
    return;
  }
  if (wait_timer_ == Loop::Timer{}) {
    wait_timer_ = setup_.loop.at(waiting_.front().since + setup_.options.queue_wait_max,
                                 [this] { refuse_the_oldest(); });
  }
  if (!workers_.empty() && Loop::now() < start_after_) return;
  const size_t starting = count(Worker::State::starting);
  if (waiting_.size() > starting) start_workers(waiting_.size() - starting);
}

void Crew::start_workers(size_t wanted) {
  for (; wanted > 0 && workers_.size() < workers_max(); --wanted) {
    auto worker = Worker::start(setup_, *this);
    if (!worker) {
      setup_.log.line(runtime::Level::error, "python",
                      "no worker could be started: " + worker.error().describe());
      if (workers_.empty()) refuse_waiting("no worker could be started");
      return;
    }
    workers_.push_back(std::move(*worker));
  }
}

void Crew::refuse_waiting(std::string_view reason) {
  setup_.loop.cancel(wait_timer_);
  std::deque<Waiting> refused = std::exchange(waiting_, {});
  for (Waiting& one : refused) one.done({Kind::refused, {}, std::string(reason)});
}

void Crew::refuse_the_oldest() {
  wait_timer_ = {};
  const Loop::Moment latest = Loop::now() - setup_.options.queue_wait_max;
  while (!waiting_.empty() && waiting_.front().since <= latest) {
    Waiting refused = std::move(waiting_.front());
    waiting_.pop_front();
    refused.done({Kind::refused, {}, "no worker became free in time"});
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
    if (worker->idle_since() + limit > moment) return false;
    --kept;
    worker->retire();
    return true;
  });
  if (kept == 0) return;
  const auto next =
      std::max<std::chrono::milliseconds>(options.idle_max / 2, std::chrono::milliseconds(10));
  idle_timer_ = setup_.loop.at(moment + next, [this] { end_idle(); });
}

size_t Crew::count(Worker::State state) const {
  return static_cast<size_t>(std::ranges::count(workers_, state, &Worker::state));
}

size_t Crew::workers_max() const {
  if (setup_.options.workers_max > 0) return setup_.options.workers_max;
  return std::max<size_t>(2, std::thread::hardware_concurrency());
}

void Crew::tell_when_empty() {
  if (workers_.empty() && on_empty_) std::exchange(on_empty_, nullptr)();
}

}  // namespace millrace::python
