// How attempts and calls end.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "calls/caller_impl.hpp"

namespace millrace::calls {
namespace {

using Kind = runtime::CallOutcome;

constexpr size_t kMessageCharactersMax = 2'000;

std::string bounded(std::string_view message) {
  if (!base::is_valid_utf8(message)) return "(a message that is not UTF-8)";
  return std::string(base::utf8_prefix(message, kMessageCharactersMax));
}

}  // namespace

void Caller::Impl::ended(Id id, runtime::ActionOutcome outcome) {
  Tasks tasks;
  {
    const std::lock_guard lock(mutex);
    const auto found = calls.find(id);
    MILLRACE_CHECK(found != calls.end());
    Call& call = *found->second;
    Door& door = *call.door;
    const base::Timestamp now = ports.clock.now();
    door.gate.end(now, id, outcome.kind, has_begun(outcome.kind));
    show_breaker(call);
    keep_attempt(call, outcome);
    const bool died = outcome.kind == Kind::crashed || outcome.kind == Kind::timed_out;
    const bool is_aside =
        died && quarantine.died(call.named, outcome.kind, bounded(outcome.message));
    if (!died && has_begun(outcome.kind)) quarantine.lived(call.named);
    if (stopping && outcome.kind == Kind::refused) quarantine.lived(call.named);
    const bool wanted = call.attempts.ended(call.request.policy, outcome) && !stopping;
    if (wanted && is_aside) outcome.message += "; not attempted again: the call is put aside";
    const bool again = wanted && !is_aside;
    if (again && door.gate.budget().take(now)) {
      pause(id, call, tasks);
    } else {
      if (again) outcome.message += "; not attempted again: too many attempts are repetitions";
      conclude(id, call, std::move(outcome), tasks);
    }
    pump(door, tasks);
  }
  run(std::move(tasks));
}

void Caller::Impl::keep_attempt(Call& call, runtime::ActionOutcome& outcome) {
  AttemptRecord& attempt = call.attempt;
  attempt.outcome = outcome.kind;
  attempt.message = bounded(outcome.message);
  const auto seconds_here = static_cast<double>(attempt.gate_ms) / 1e3;
  const auto seconds_there = static_cast<double>(outcome.trace.queued.count()) / 1e6;
  const std::string_view solution = call.trace.solution;
  const std::string_view command = call.trace.command;
  ports.meter.count(
      "call_attempts_total",
      {{"solution", solution}, {"command", command}, {"outcome", runtime::to_string(outcome.kind)}},
      1);
  ports.meter.observe("call_queue_seconds", {{"solution", solution}, {"command", command}},
                      seconds_here + seconds_there);
  attempt.trace = std::move(outcome.trace);
  // Whoever asked gets the figures and the hosts; the lines are the trace's.
  outcome.trace = {.began_at = attempt.trace.began_at,
                   .queued = attempt.trace.queued,
                   .ran = attempt.trace.ran,
                   .exchanges = attempt.trace.exchanges,
                   .worker = attempt.trace.worker};
  call.trace.attempts.push_back(std::exchange(attempt, {}));
}

void Caller::Impl::pause(Id id, Call& call, Tasks& tasks) {
  const base::Backoff& backoff = call.request.policy.backoff;
  const int64_t wait = base::wait_ms(backoff, call.attempts.made(), chance());
  call.place = Call::Place::pausing;
  call.since = ports.clock.now();
  call.attempt.paused_ms = wait;
  tasks.push_back([self = shared_from_this(), id, wait] {
    base::Lanes& lanes = self->ports.lanes;
    lanes.run_after(id % lanes.count(), std::chrono::milliseconds(wait),
                    [weak = std::weak_ptr(self), id] {
                      if (const auto impl = weak.lock()) impl->pause_over(id);
                    });
  });
}

void Caller::Impl::pause_over(Id id) {
  Tasks tasks;
  {
    const std::lock_guard lock(mutex);
    const auto found = calls.find(id);
    if (found == calls.end() || found->second->place != Call::Place::pausing) return;
    enter(id, *found->second, tasks);
  }
  run(std::move(tasks));
}

void Caller::Impl::refuse(Id id, Call& call, std::string why, Tasks& tasks) {
  conclude(id, call, {Kind::refused, {}, std::move(why)}, tasks);
}

void Caller::Impl::conclude(Id id, Call& call, runtime::ActionOutcome outcome, Tasks& tasks) {
  // What a stop refuses is called again by the next start, and as an uncertain call.
  const bool is_left = stopping && outcome.kind == Kind::refused;
  if (!is_left) outcome = call.attempts.conclude(std::move(outcome));
  CallTrace& trace = call.trace;
  trace.ended_at = ports.clock.now();
  trace.outcome = outcome.kind;
  trace.message = bounded(outcome.message);
  trace.effect_unknown =
      !is_left && outcome.kind != Kind::returned &&
      (is_effect_unknown(outcome.kind) || std::ranges::any_of(trace.attempts, [](const auto& made) {
         return is_effect_unknown(made.outcome);
       }));
  const auto ms = std::max<int64_t>(0, trace.ended_at.ms - trace.began_at.ms);
  ports.meter.count("calls_total",
                    {{"solution", trace.solution},
                     {"command", trace.command},
                     {"outcome", runtime::to_string(outcome.kind)}},
                    1);
  ports.meter.observe("call_seconds", {{"solution", trace.solution}, {"command", trace.command}},
                      static_cast<double>(ms) / 1e3);
  const bool is_traced = ports.traces != nullptr && (!is_left || !trace.attempts.empty());
  base::Task tell = [done = std::move(call.done), outcome = std::move(outcome)]() mutable {
    done(std::move(outcome));
  };
  if (!is_traced) {
    tasks.push_back(std::move(tell));
  } else if (!trace.effect_unknown) {
    tasks.push_back(std::move(tell));
    tasks.push_back([traces = ports.traces, trace = std::move(trace)]() mutable {
      traces->record(std::move(trace));
    });
  } else {
    // First it is on the list of those to look after, then the conversation goes on.
    tasks.push_back(
        [traces = ports.traces, trace = std::move(trace), tell = std::move(tell)]() mutable {
          traces->record(std::move(trace), std::move(tell));
        });
  }
  const auto own = by_solution.find(call.named.solution);
  if (--own->second == 0) by_solution.erase(own);
  calls.erase(id);
}

void Caller::Impl::show_breaker(const Call& call) {
  Door& door = *call.door;
  const bool open = door.gate.is_open(ports.clock.now());
  if (open == door.shown_open) return;
  door.shown_open = open;
  ports.meter.set("call_breaker_open",
                  {{"solution", call.trace.solution}, {"command", call.trace.command}},
                  open ? 1 : 0);
  ports.log.line(open ? base::Level::warning : base::Level::info, "calls",
                 call.trace.solution + ": the circuit breaker of " + call.trace.command +
                     (open ? " opened: too many of its calls failed" : " closed"));
}

uint64_t Caller::Impl::chance() {
  std::array<uint8_t, 8> bytes{};
  ports.random.fill(bytes);
  uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

}  // namespace millrace::calls
