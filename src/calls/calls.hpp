// Stands before the runner of scripts: makes a call's attempts, waits between them, keeps away from
// a node that keeps failing, bounds how many run at once, and keeps a trace of every call. It runs
// nothing itself. A call given to it ends exactly once, whatever the runner does.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/key_value.hpp"
#include "base/meter.hpp"
#include "calls/quarantine.hpp"
#include "runtime/ports.hpp"

namespace millrace::calls {

// One attempt as a trace keeps it.
struct AttemptRecord {
  int number = 1;
  base::Timestamp at;     // when it was handed to the runner
  int64_t paused_ms = 0;  // the back-off before it
  int64_t gate_ms = 0;    // how long it waited here for room
  bool uncertain = false;
  runtime::CallOutcome outcome = runtime::CallOutcome::returned;
  std::string message;
  runtime::AttemptTrace trace;
};

// What became of one call. Free of payloads and results; its texts are the runner's, redacted.
struct CallTrace {
  std::string solution;
  std::string version;
  std::string chat_id;
  std::string node;
  std::string command;
  std::string key;
  base::Timestamp began_at;
  base::Timestamp ended_at;
  bool uncertain = false;  // a restart had lost an earlier outcome
  runtime::CallOutcome outcome = runtime::CallOutcome::returned;
  std::string message;
  // Whether some attempt may have acted without anybody knowing: what `actions unknown` lists.
  bool effect_unknown = false;
  std::vector<AttemptRecord> attempts;
};

// At most kTraceBytesMax of JSON: lines and exchanges beyond are left out, and counted.
inline constexpr size_t kTraceBytesMax = 64 << 10;
std::string to_json(const CallTrace& trace);
base::Result<CallTrace> trace_from_json(std::string_view text);
// As whoever looks is shown it: the same, with times in ISO 8601.
json::object shown(const CallTrace& trace);

struct TraceLimits {
  size_t count_max = 100'000;
  uint64_t bytes_max = 256 << 20;
  std::chrono::hours age_max{7 * 24};
  // Calls whose effect is unknown are kept apart, and longer.
  size_t unknown_count_max = 10'000;
  std::chrono::hours unknown_age_max{90 * 24};
  // When given, the age that traces of either kind may reach, asked on the thread that forgets
  // them; nullopt: as above.
  std::function<std::optional<std::chrono::hours>()> age_asked;
  size_t pending_max = 10'000;  // not written yet; those beyond are dropped
  std::chrono::milliseconds write_every{100};
};

// Writes traces to a store on a thread of its own, and forgets the oldest.
class Traces {
 public:
  // All must outlive it.
  Traces(base::KeyValueStore& store, base::Clock& clock, base::Log& log, base::Meter& meter,
         TraceLimits limits = {});
  // Writes what is pending.
  ~Traces();
  Traces(const Traces&) = delete;
  Traces& operator=(const Traces&) = delete;

  // Never blocks. With `written` the trace is written at once and never dropped; `written` is
  // called when it is durable, or could not be made so, on a thread of the store's.
  void record(CallTrace trace, base::Task written = nullptr);
  // Removes what is kept of these chats' calls, also what was recorded before this and is not
  // written yet. `done` is called once, on the writing thread.
  void forget(std::set<std::string> chats, std::move_only_function<void(base::Result<void>)> done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Where a store keeps traces, for those who read it beside a running server.
std::string traces_of_chat(std::string_view chat_id);  // a prefix: one chat's, oldest first
std::string_view traces_of_all();                      // a prefix: every trace, by chat
// A prefix: an entry for each call whose effect is unknown, by age; and where the traces of the
// chat that such an entry's value names are, "" when it names none.
std::string_view unknown_calls();
std::string traces_beside(std::string_view entry);

struct CallerLimits {
  size_t calls_max = 20'000;                   // at once; a solution has half of what others leave
  size_t waiting_max = 1'000;                  // for room, of one command
  size_t gates_max = 10'000;                   // commands remembered
  std::chrono::milliseconds wait_max{30'000};  // for room; then the call is refused
};

class Caller final : public runtime::Actions {
 public:
  // All must outlive the runner's last `done`; the runner must outlive the Caller.
  struct Ports {
    runtime::Actions& runner;
    base::Lanes& lanes;  // for what is to be done later; nothing is lost when they stop
    base::Clock& clock;
    base::Random& random;
    base::Log& log;
    base::Meter& meter;
    Traces* traces = nullptr;
    DeathRecords* deaths = nullptr;  // without it nothing is ever put aside
  };

  explicit Caller(Ports ports, CallerLimits limits = {});
  // As stop().
  ~Caller() override;

  // `done` is called on a thread of the runner's, of the lanes' or of the store's, or at once.
  void call(runtime::ActionCall call, Done done) override;

  // Makes no further attempts: refuses what comes and what waits. What runs ends when the runner
  // ends it, so stop the runner after this. Thread-safe; a second stop does nothing.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with what the runner and the lanes still hold
};

}  // namespace millrace::calls
