#include "python/pool/crew.hpp"

#include <algorithm>
#include <utility>

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

constexpr std::string_view kStopping = "the server is stopping";
// Slots of workers that have ended are tidied by the next fork, or after so long without one.
constexpr std::chrono::milliseconds kFlushAfter{50};

}  // namespace

Crew::~Crew() {
  for (Loop::Timer* const timer : {&deadline_timer_, &wait_timer_, &idle_timer_, &flush_timer_}) {
    setup_.loop.cancel(*timer);
  }
  workers_.clear();
  zygote_.reset();  // before its groups
}

void Crew::call(PendingCall call) {
  if (stopping_) return refuse(std::move(call), kStopping);
  wants_spares_ = true;
  if (waiting_.size() >= setup_.options.queue_max) {
    return refuse(std::move(call), "too many calls wait for a worker");
  }
  waiting_.push_back(std::move(call));
  pump();
}

void Crew::prewarm(size_t count) {
  const size_t wanted = std::min(count, kSparesMax);
  if (!stopping_ && workers_.size() < wanted) want_workers(wanted - workers_.size());
}

void Crew::add_exchange(uint64_t worker, std::string_view nonce, web::Exchange exchange) {
  if (Worker* const found = find(worker)) found->add_exchange(nonce, std::move(exchange));
}

void Crew::stop(base::Task on_empty) {
  stopping_ = true;
  on_empty_ = std::move(on_empty);
  refuse_waiting(kStopping);
  for (const auto& worker : workers_) {
    if (worker->state() != Worker::State::busy) worker->retire();
  }
  idle_.clear();
  kept_.clear();
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
  idle_.push_back(&worker);
  pump();
  if (idle_timer_ == Loop::Timer{}) {
    idle_timer_ = setup_.loop.at(Loop::now() + setup_.options.idle_max, [this] { end_idle(); });
  }
}

void Crew::is_free_again(Worker& worker) {
  --running_;
  setup_.common.shares.ended();
  if (stopping_ || kept_.size() >= kKeptMax) {
    worker.retire();
  } else {
    kept_.push_back(&worker);
  }
  pump();
  setup_.common.place_is_free();
}

// Takes the worker off the crew. It is still speaking: it goes in a moment, not under its own feet.
void Crew::drop(Worker& worker) {
  std::erase(idle_, &worker);
  std::erase(kept_, &worker);
  const auto found = std::ranges::find(workers_, &worker, &std::unique_ptr<Worker>::get);
  MILLRACE_CHECK(found != workers_.end());
  base::Task later = [kept = std::move(*found)] {};
  workers_.erase(found);
  setup_.loop.post(later);
  slots_free_.push_back(worker.slot());
  if (zygote_) zygote_->reap(worker.slot());
  flush_later();
}

void Crew::is_gone(Worker& worker) {
  drop(worker);
  if (worker.has_call()) {
    --running_;
    setup_.common.shares.ended();
  }
  if (stopping_) {
    end_zygote_when_alone();
    tell_when_empty();
    return;
  }
  if (!worker.is_retired() && !worker.was_ready()) {
    did_not_start(worker);
  } else if (worker.has_call() && !worker.is_spent()) {
    setup_.log.line(base::Level::warning, "python", "a worker ended: " + worker.end_note());
  }
  if (worker.is_retired()) end_zygote_when_alone();
  pump();
  if (worker.has_call()) setup_.common.place_is_free();
}

void Crew::did_not_start(Worker& worker) {
  setup_.log.line(
      base::Level::error, "python",
      "a worker of version " + setup_.version.hash + " did not start: " + worker.end_note());
  start_after_ = Loop::now() + kCrewStartPause;
  if (worker.is_late() && zygote_) zygote_->end("it starts no worker any more");
  // With no other worker there is nobody to wait for; the next call tries again.
  if (workers_.empty()) refuse_waiting(kNoWorkerStarts);
}

void Crew::pump() {
  while (!waiting_.empty() && setup_.common.shares.may_run(running_) && run_one()) {
  }
  mind_the_wait();
  fill_up();
}

Worker* Crew::take(std::vector<Worker*>& from) {
  while (!from.empty()) {
    Worker* const worker = from.back();
    from.pop_back();
    if (worker->state() == Worker::State::idle) return worker;  // another is dying
  }
  return nullptr;
}

bool Crew::is_proven(const PendingCall& call) const {
  return setup_.options.calls_per_worker_max > 1 && zygote_ && zygote_->is_proven(call.command);
}

// The first that waits, or where no worker is left that has run nothing, the first that needs none.
bool Crew::run_one() {
  auto next = waiting_.begin();
  const auto proven = [this](const PendingCall& call) { return is_proven(call); };
  Worker* worker = nullptr;
  if (!kept_.empty()) {
    if (idle_.empty()) next = std::ranges::find_if(waiting_, proven);
    if (next != waiting_.end() && is_proven(*next)) worker = take(kept_);
  }
  if (worker == nullptr) {
    next = waiting_.begin();
    worker = take(idle_);
  }
  if (worker == nullptr) return false;
  PendingCall call = std::move(*next);
  waiting_.erase(next);
  const bool is_kept = is_proven(call);
  run(*worker, std::move(call), is_kept);
  return true;
}

void Crew::run(Worker& worker, PendingCall call, bool is_proven) {
  if (!is_proven && idle_.empty()) spares_ = std::min(spares_ + 1, kSparesMax);
  ++running_;
  setup_.common.shares.began();
  worker.run(std::move(call), is_proven);
  keep_deadline(worker.until());
}

// As many on their way or there as wait and may run, and the spares. While calls run and spares are
// left, there is no hurry: a fork would only take CPU from them.
void Crew::fill_up() {
  const bool hurries = !waiting_.empty() || idle_.size() * 2 < spares_;
  if (!wants_spares_ || (running_ > 0 && !hurries)) return;
  const size_t wanted = std::min(waiting_.size(), kSparesMax) + spares_;
  const size_t there = idle_.size() + starting() + workers_wanted_;
  if (there < wanted) want_workers(wanted - there);
}

// One timer for all: calls mostly have the same limit, so the next one seldom moves it.
void Crew::keep_deadline(Loop::Moment until) {
  if (deadline_timer_ != Loop::Timer{} && deadline_timer_.first <= until) return;
  setup_.loop.cancel(deadline_timer_);
  deadline_timer_ = setup_.loop.at(until, [this] { look_at_deadlines(); });
}

void Crew::look_at_deadlines() {
  deadline_timer_ = {};
  std::vector<Worker*> busy;
  for (const auto& worker : workers_) {
    if (worker->state() == Worker::State::busy) busy.push_back(worker.get());
  }
  // A worker that goes is kept until the round is over, so none of these is lost meanwhile.
  for (Worker* const worker : busy) {
    if (worker->state() == Worker::State::busy) worker->keep_deadline();
  }
  for (const auto& worker : workers_) {
    if (worker->state() == Worker::State::busy) keep_deadline(worker->until());
  }
}

void Crew::mind_the_wait() {
  if (waiting_.empty()) {
    setup_.loop.cancel(wait_timer_);
    return;
  }
  if (wait_timer_ != Loop::Timer{}) return;
  const auto first = std::min<std::chrono::milliseconds>(kLongWait, setup_.options.queue_wait_max);
  const Loop::Moment moment = std::max(waiting_.front().since + first, Loop::now() + first / 10);
  wait_timer_ = setup_.loop.at(moment, [this] { look_at_the_wait(); });
}

void Crew::look_at_the_wait() {
  wait_timer_ = {};
  const Loop::Moment moment = Loop::now();
  while (!waiting_.empty() && waiting_.front().since + setup_.options.queue_wait_max <= moment) {
    PendingCall refused = std::move(waiting_.front());
    waiting_.pop_front();
    refuse(std::move(refused), "no worker became free in time");
  }
  if (!waiting_.empty() && waiting_.front().since + kLongWait <= moment) {
    setup_.options.waited_long(setup_.version.hash, waiting_.size());
    if (told_of_wait_ + kLongWaitPause <= moment) {
      told_of_wait_ = moment;
      setup_.log.line(base::Level::warning, "python",
                      std::to_string(waiting_.size()) + " calls of version " + setup_.version.hash +
                          " wait for a worker, the first for more than a " + "second; " +
                          std::to_string(running_) + " run (--action-workers)");
    }
  }
  pump();
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

void Crew::end_idle() {
  idle_timer_ = {};
  const Loop::Moment moment = Loop::now();
  const PoolOptions& options = setup_.options;
  size_t kept = workers_.size();
  const auto is_over = [&](Worker* worker) {
    const auto limit = kept > 1 ? options.idle_max : options.idle_last_max;
    if (kept <= options.workers_min || worker->idle_since() + limit > moment) return false;
    --kept;
    worker->retire();
    return true;
  };
  std::erase_if(kept_, is_over);
  std::erase_if(idle_, is_over);
  spares_ = kSparesMin;
  wants_spares_ = false;
  if (kept == 0) return;
  const auto next =
      std::max<std::chrono::milliseconds>(options.idle_max / 2, std::chrono::milliseconds(10));
  idle_timer_ = setup_.loop.at(moment + next, [this] { end_idle(); });
}

void Crew::flush_later() {
  if (flush_timer_ != Loop::Timer{} || stopping_) return;
  flush_timer_ = setup_.loop.at(Loop::now() + kFlushAfter, [this] {
    flush_timer_ = {};
    if (zygote_) zygote_->flush();
  });
}

Worker* Crew::find(uint64_t name) const {
  const auto found = std::ranges::find(workers_, name, &Worker::name);
  return found == workers_.end() ? nullptr : found->get();
}

void Crew::tell_when_empty() {
  if (workers_.empty() && !zygote_ && on_empty_) std::exchange(on_empty_, nullptr)();
}

}  // namespace millrace::python
