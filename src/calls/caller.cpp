// How calls come in, wait for their turn and are handed to the runner.
#include <algorithm>
#include <set>
#include <utility>

#include "calls/caller_impl.hpp"

namespace millrace::calls {
namespace {

// Calls of one command share a gate while their rules are the same; a deploy that changes the rules
// brings a new one.
std::string gate_name(const runtime::ActionCall& call) {
  const base::BreakerRules& rules = call.policy.breaker;
  std::string name = call.solution + '\0' + call.command;
  for (const int64_t number : {int64_t{call.policy.concurrency_max}, int64_t{rules.calls_min},
                               int64_t{rules.failures_percent}, rules.window_ms, rules.open_ms}) {
    name += '\0' + std::to_string(number);
  }
  return name;
}

}  // namespace

void run(Tasks tasks) {
  thread_local Tasks* under_way = nullptr;
  if (under_way != nullptr) {
    std::ranges::move(tasks, std::back_inserter(*under_way));
    return;
  }
  under_way = &tasks;
  for (size_t i = 0; i < tasks.size(); ++i) {
    base::Task task = std::move(tasks[i]);
    task();
  }
  under_way = nullptr;
}

std::string breaker_message(const CallTrace& trace, const Gate& gate, base::Timestamp now) {
  const int64_t left = std::max<int64_t>(0, gate.open_until().ms - now.ms);
  return "the circuit breaker of " + trace.command +
         " is open, as too many of its calls failed; the next may be let through in " +
         std::to_string(left) + " ms";
}

void Caller::Impl::call(runtime::ActionCall request, Done done) {
  Tasks tasks;
  auto aside = quarantine.refusal(request);
  {
    const std::lock_guard lock(mutex);
    auto owned = std::make_unique<Call>();
    Call& made = *owned;
    made.attempts = Attempts(request.uncertain);
    made.trace = {.solution = request.solution,
                  .version = request.version,
                  .chat_id = request.chat_id,
                  .node = request.node,
                  .command = request.command,
                  .key = request.idempotency_key,
                  .began_at = ports.clock.now(),
                  .uncertain = request.uncertain};
    made.named.solution = request.solution;
    made.named.version = request.version;
    made.named.command = request.command;
    made.named.idempotency_key = request.idempotency_key;
    made.named.uncertain = request.uncertain;
    made.request = std::move(request);
    made.done = std::move(done);
    const Id id = ++last_id;
    const bool is_room = has_room(made.request.solution);
    ++by_solution[made.request.solution];
    calls.emplace(id, std::move(owned));
    if (stopping) {
      refuse(id, made, std::string(kStopping), tasks);
    } else if (!is_room) {
      refuse(id, made, "too many calls of " + made.trace.solution + " are under way", tasks);
    } else if (aside) {
      refuse(id, made, std::move(*aside), tasks);
    } else {
      made.door = &door_of(made.request);
      made.door->gate.budget().called(made.trace.began_at);
      enter(id, made, tasks);
    }
  }
  run(std::move(tasks));
}

// However many calls one solution makes, as many again are left to the others.
bool Caller::Impl::has_room(std::string_view solution) const {
  const auto found = by_solution.find(solution);
  const size_t own = found == by_solution.end() ? 0 : found->second;
  const size_t others = calls.size() - own;
  return others < limits.calls_max && 2 * own < limits.calls_max - others;
}

Caller::Impl::Door& Caller::Impl::door_of(const runtime::ActionCall& request) {
  std::string name = gate_name(request);
  const auto found = doors.find(name);
  if (found != doors.end()) return *found->second;
  if (doors.size() >= limits.gates_max) forget_idle_doors();
  auto door = std::make_unique<Door>(Gate(request.policy));
  return *doors.emplace(std::move(name), std::move(door)).first->second;
}

void Caller::Impl::forget_idle_doors() {
  std::set<const Door*> used;
  for (const auto& [id, call] : calls) used.insert(call->door);
  std::erase_if(doors, [&](const auto& entry) { return !used.contains(entry.second.get()); });
}

void Caller::Impl::enter(Id id, Call& call, Tasks& tasks) {
  const base::Timestamp now = ports.clock.now();
  call.attempt.number = call.attempts.made() + 1;
  call.attempt.uncertain = call.attempts.is_uncertain();
  call.since = now;
  Gate& gate = call.door->gate;
  switch (gate.enter(now, id, limits.waiting_max)) {
    case Gate::Entry::go: begin(id, call, tasks); break;
    case Gate::Entry::wait:
      call.place = Call::Place::waiting;
      watch_waiting(tasks);
      break;
    case Gate::Entry::full:
      refuse(id, call, "too many calls of " + call.trace.command + " wait for their turn", tasks);
      break;
    case Gate::Entry::breaker_open: refuse(id, call, breaker_message(call.trace, gate, now), tasks);
  }
}

void Caller::Impl::begin(Id id, Call& call, Tasks& tasks) {
  const base::Timestamp now = ports.clock.now();
  call.attempt.at = now;
  call.attempt.gate_ms = now.ms - call.since.ms;
  call.place = Call::Place::running;
  call.since = now;
  const bool is_last = call.attempt.number >= call.request.policy.attempts_max;
  runtime::ActionCall request = is_last ? std::move(call.request) : call.request;
  if (is_last) call.request.policy = request.policy;
  request.attempt = call.attempt.number;
  request.uncertain = call.attempt.uncertain;
  tasks.push_back([self = shared_from_this(), id, request = std::move(request)]() mutable {
    self->ports.runner.call(std::move(request), [self, id](runtime::ActionOutcome outcome) {
      self->ended(id, std::move(outcome));
    });
  });
}

void Caller::Impl::pump(Door& door, Tasks& tasks) {
  const base::Timestamp now = ports.clock.now();
  while (const auto called = door.gate.next(now)) {
    const auto found = calls.find(called->ticket);
    MILLRACE_CHECK(found != calls.end());
    Call& call = *found->second;
    if (called->entry == Gate::Entry::go) {
      begin(called->ticket, call, tasks);
    } else {
      refuse(called->ticket, call, breaker_message(call.trace, door.gate, now), tasks);
    }
  }
}

void Caller::Impl::watch_waiting(Tasks& tasks) {
  if (std::exchange(watching, true)) return;
  tasks.push_back([self = shared_from_this()] {
    const auto every = std::max(std::chrono::milliseconds(10), self->limits.wait_max / 30);
    self->ports.lanes.run_after(0, every, [weak = std::weak_ptr(self)] {
      if (const auto impl = weak.lock()) impl->refuse_waiting();
    });
  });
}

void Caller::Impl::refuse_waiting() {
  Tasks tasks;
  {
    const std::lock_guard lock(mutex);
    watching = false;
    const int64_t latest = ports.clock.now().ms - limits.wait_max.count();
    std::vector<Id> late;
    bool any_left = false;
    for (const auto& [id, call] : calls) {
      if (call->place != Call::Place::waiting) continue;
      const bool is_late = call->since.ms <= latest;
      any_left = any_left || !is_late;
      if (is_late) late.push_back(id);
    }
    for (const Id id : late) {
      Call& call = *calls.at(id);
      call.door->gate.leave(id);
      refuse(id, call, "its turn did not come in time: too many calls of " + call.trace.command,
             tasks);
    }
    if (any_left) watch_waiting(tasks);
  }
  run(std::move(tasks));
}

void Caller::Impl::stop() {
  Tasks tasks;
  {
    const std::lock_guard lock(mutex);
    if (std::exchange(stopping, true)) return;
    std::vector<Id> left;
    for (const auto& [id, call] : calls) {
      if (call->place != Call::Place::running) left.push_back(id);
    }
    for (const Id id : left) {
      Call& call = *calls.at(id);
      call.door->gate.leave(id);
      refuse(id, call, std::string(kStopping), tasks);
    }
  }
  run(std::move(tasks));
}

Caller::Caller(Ports ports, CallerLimits limits) : impl_(std::make_shared<Impl>(ports, limits)) {}

Caller::~Caller() {
  stop();
}

void Caller::call(runtime::ActionCall call, Done done) {
  impl_->call(std::move(call), std::move(done));
}

void Caller::stop() {
  impl_->stop();
}

}  // namespace millrace::calls
