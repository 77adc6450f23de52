// What a Caller is made of: a table of calls and the doors they stand before, under one lock. The
// runner, timers and callbacks are only called outside it: whatever is to be called is put into
// `tasks` first. attempts.hpp and gate.hpp decide; here is only what carries that out.
#pragma once

#include <map>
#include <mutex>
#include <unordered_map>

#include "calls/attempts.hpp"
#include "calls/calls.hpp"
#include "calls/gate.hpp"

namespace millrace::calls {

using Tasks = std::vector<base::Task>;

// Runs tasks one after the other, those too that they cause on this thread, so that a runner which
// answers at once does not grow the stack.
void run(Tasks tasks);

inline constexpr std::string_view kStopping = "the server is stopping";

std::string breaker_message(const CallTrace& trace, const Gate& gate, base::Timestamp now);

struct Caller::Impl : std::enable_shared_from_this<Caller::Impl> {
  struct Door {
    Gate gate;
    bool shown_open = false;
  };
  struct Call {
    enum class Place { waiting, pausing, running };

    runtime::ActionCall request;
    Done done;
    Door* door = nullptr;
    Attempts attempts;
    Place place = Place::waiting;
    base::Timestamp since;  // when it came to this place
    CallTrace trace;
    AttemptRecord attempt;      // the one under way, or the next
    runtime::ActionCall named;  // who it is, for the quarantine; without payload and context
  };
  using Id = uint64_t;

  Impl(Ports given_ports, CallerLimits given_limits)
      : ports(given_ports),
        limits(given_limits),
        quarantine(given_ports.deaths, given_ports.clock, given_ports.log, given_ports.meter) {}

  void call(runtime::ActionCall request, Done done);
  void stop();

  // What follows is called under the lock, and puts what is to be called outside it into `tasks`.
  bool has_room(std::string_view solution) const;
  Door& door_of(const runtime::ActionCall& request);
  void forget_idle_doors();
  void enter(Id id, Call& call, Tasks& tasks);
  void begin(Id id, Call& call, Tasks& tasks);
  void pump(Door& door, Tasks& tasks);
  void pause(Id id, Call& call, Tasks& tasks);
  void conclude(Id id, Call& call, runtime::ActionOutcome outcome, Tasks& tasks);
  void refuse(Id id, Call& call, std::string why, Tasks& tasks);
  void keep_attempt(Call& call, runtime::ActionOutcome& outcome);
  void watch_waiting(Tasks& tasks);
  void show_breaker(const Call& call);

  // These take the lock themselves.
  void ended(Id id, runtime::ActionOutcome outcome);
  void pause_over(Id id);
  void refuse_waiting();

  uint64_t chance();

  const Ports ports;
  const CallerLimits limits;
  Quarantine quarantine;  // has a lock of its own
  std::mutex mutex;       // guards what follows
  bool stopping = false;
  bool watching = false;  // a timer for those that wait is set
  Id last_id = 0;
  std::unordered_map<Id, std::unique_ptr<Call>> calls;
  std::map<std::string, size_t, std::less<>> by_solution;  // how many of them
  std::map<std::string, std::unique_ptr<Door>, std::less<>> doors;
};

}  // namespace millrace::calls
