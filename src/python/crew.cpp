#include "python/crew.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

constexpr std::string_view kStopping = "the server is stopping";
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
    start_after_ = Loop::now() + kCrewStartPause;
    // With no other worker there is nobody to wait for; the next call tries again.
    if (workers_.empty()) refuse_waiting(kNoWorkerStarts);
  } else if (worker.has_run()) {
    setup_.log.line(runtime::Level::warning, "python", "a worker ended: " + worker.end_note());
    // Keep one warm. A worker that dies before its first call is not replaced unasked, lest it
    // die for ever.
    if (workers_.empty()) want_workers(1);
  }
  pump();
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

void Crew::tell_when_empty() {
  if (workers_.empty() && !zygote_ && on_empty_) std::exchange(on_empty_, nullptr)();
}

}  // namespace millrace::python
