// What the durable heart needs from the outside world, in its own words. The edges implement these
// (`http` the lanes, `storage` the journal, `python` the actions, `app` the rest); tests and the
// simulator bring their own. The runtime holds them by reference and owns none.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/resilience/backoff.hpp"
#include "base/resilience/breaker.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/web/outbound.hpp"
#include "base/world.hpp"

namespace millrace::runtime {

// Something owed to an outside system. It is made durable together with the turn that owes it.
struct Delivery {
  std::string key;    // chat:turn:step, unique for ever
  base::Id consumer;  // deliveries of one consumer are sent in the order in which they are owed
  std::string chat_id;
  std::string solution;
  std::string environment;  // "sandbox" or "live": whose system it goes to
  std::string receiver;     // whose it is: a codec's name, and which of several: "webhook:crm"
  std::string kind;         // what the body is, as the receiver's codec defines it
  json::object body;
};

// Stands for a message id in the journal: tells it from others, and says nothing about it.
using InputMark = uint64_t;

// What a list of chats shows of one, as a turn leaves it (archive.hpp).
struct ChatFacts {
  base::Id chat;
  std::string solution;      // its name; "" = as for other chats of that version
  std::string version;       // content hash; "" = as the turn before left it
  std::string phase;         // its name (dialog/state/names.hpp); "" = as the turn before left it
  int64_t turns = 0;         // taken in this chat
  base::Timestamp begun_at;  // {0} = as the turn before left it
  base::Timestamp at;        // of this turn
};

// One turn as the journal keeps it.
struct JournalRecord {
  base::Id consumer;
  int64_t number = 0;  // 1, 2, 3, ... within the consumer; the journal refuses any other order
  std::string body;    // JSON, opaque to the journal
  // When something is due by itself (a timer; {0} = at once: an action's result), so that
  // due_consumers() lists the consumer until a later record says otherwise; nullopt = nothing is.
  std::optional<base::Timestamp> due;
  bool whole = true;                 // can be read without the records before it
  std::vector<InputMark> marks;      // of the message ids whose texts or answers it holds
  std::vector<Delivery> deliveries;  // owed by this turn; written in the same transaction
  std::optional<ChatFacts> facts;    // not kept with the record, and not read back with it
  int64_t place = 0;                 // where the journal has it; the journal's to give
};

// Where a message id's text or answers are.
struct MarkedPlace {
  InputMark mark = 0;
  int64_t place = 0;
};

// What it takes to go on with a consumer. Both oldest first.
struct Tail {
  std::vector<JournalRecord> records;  // the last whole one and all after it
  std::vector<MarkedPlace> marked;
};

struct DueConsumer {
  base::Id consumer;
  base::Timestamp at;
};

// A chat whose turn the engine could not take, through a fault of the engine's: it threw, or broke
// a check. Its texts hold no words of the consumer's.
struct ParkedChat {
  base::Id consumer;
  std::string chat_id;
  std::string solution;
  std::string version;  // content hash of the version the chat is on
  std::string node;     // where it stood
  std::string what;     // what was thrown
  base::Timestamp at;
};

class Journal {
 public:
  // Gives the record's place.
  using Appended = std::move_only_function<void(base::Result<int64_t>)>;
  using Probed = std::move_only_function<void(base::Result<void>)>;
  using Read = std::move_only_function<void(base::Result<std::vector<JournalRecord>>)>;
  using ReadTail = std::move_only_function<void(base::Result<Tail>)>;
  struct Page {
    size_t records_max = 0;
    size_t bytes_max = 0;  // of bodies; the first record comes whatever its size
  };

  virtual ~Journal() = default;
  // Makes the record durable, then calls `appended` on a thread of the journal's. Records appended
  // at about the same time share one sync; order is kept. Thread-safe.
  virtual void append(JournalRecord record, Appended appended) = 0;
  // The end of a consumer's records, with the marks of the last `marked_records` of them. `done` is
  // called on a thread of the journal's. Sees every record whose `appended` was called.
  // Thread-safe.
  virtual void read_tail(base::Id consumer, size_t marked_records, ReadTail done) = 0;
  // The consumer's records at these places, in that order; a place that has none of theirs is
  // passed over. `done` as above. Thread-safe.
  virtual void read_at(base::Id consumer, std::vector<int64_t> places, Read done) = 0;
  // The consumer's records before the one at `place` (0: the last ones), oldest first. not_found
  // when none of theirs is there. `done` as above. Thread-safe.
  virtual void read_before(base::Id consumer, int64_t place, Page page, Read done) = 0;
  // Consumers with something due. Blocks; meant for the start.
  virtual base::Result<std::vector<DueConsumer>> due_consumers() = 0;
  // Notes that a chat is parked, for people to see and for the next start, until a record of its
  // consumer follows: that one strikes the note. Soon durable, or lost in a crash. Thread-safe,
  // never blocks.
  virtual void park(ParkedChat chat) = 0;
  // Blocks; meant for the start.
  virtual base::Result<std::vector<ParkedChat>> parked_chats() = 0;
  // A commit of nothing that writes and syncs, telling whether a record could be taken now. `done`
  // as above. Thread-safe.
  virtual void probe(Probed done) = 0;
};

// How a call ended. `result` is what the script returned when `kind` is `returned`.
enum class CallOutcome {
  returned,
  raised,     // the script raised, or returned something that is not a dict
  timed_out,  // killed at its deadline
  crashed,    // the worker died
  refused,    // never ran: no such script, the queue is full, or the breaker is open
  unknown,    // lost by a restart, and the script does not say that it may be repeated
};
std::string_view to_string(CallOutcome outcome);

// What is done about a call that fails (solution.yaml: actions).
struct CallPolicy {
  std::chrono::milliseconds time_limit{10'000};  // of one attempt
  int attempts_max = 1;
  // Outcomes that are attempted again. `refused` always may be: it never ran.
  std::vector<CallOutcome> retry_on;
  base::Backoff backoff;
  int concurrency_max = 0;  // calls of this command at once, over all chats; 0 = no bound
  base::BreakerRules breaker;
};

// One call of an action node, as handed to whoever runs it.
struct ActionCall {
  std::string version;   // content hash of the solution version whose script is to run
  std::string solution;  // its name
  std::string node;      // id of the node, for people
  std::string command;   // script and class name
  std::string chat_id;
  std::string idempotency_key;  // the same for every attempt of this call, also after a restart
  json::object payload;         // Parameter Input after substitution of variables, plus Node Input
  // Where the payload still wants values of the environment's PARAMS, which never pass through
  // here: [{"path": ["headers", "Authorization"], "parts": [{"text": "Bearer "}, {"env": "key"}]}]
  json::array env_values;
  json::object context;    // as documented for execute(); the runner adds `env`, `deadline`,
                           // `idempotency_key`, `attempt` and `uncertain`
  bool uncertain = false;  // an earlier attempt's outcome was lost: it may have happened
  int attempt = 1;
  CallPolicy policy;  // the time limit for the runner, the rest for whoever makes the attempts
};

// What one attempt at a call was seen to do. Its texts are free of secrets and of consumers' words.
struct AttemptTrace {
  base::Timestamp began_at;  // when a worker had it
  std::chrono::microseconds queued{0};
  std::chrono::microseconds ran{0};
  std::vector<std::string> lines;  // "info: text", as logged; at most as many as are logged
  std::vector<web::Exchange> exchanges;
  uint64_t worker = 0;
};

struct ActionOutcome {
  using Kind = CallOutcome;
  Kind kind = Kind::returned;
  json::object result;
  std::string message;  // redacted; for the log and for the error handler's context['error']
  AttemptTrace trace;
};

class Actions {
 public:
  using Done = std::move_only_function<void(ActionOutcome)>;
  virtual ~Actions() = default;
  // Runs the call; `done` is called exactly once, on any thread. Thread-safe, never blocks.
  virtual void call(ActionCall call, Done done) = 0;
};

// Sends what turns owe (JournalRecord::deliveries) and knows what became of it.
class Deliveries {
 public:
  // {"outcome": "delivered" | "partial" | "rejected" | "config_error" | "later" | "unknown" |
  //  "dropped", "items": [...], ...}
  using Done = std::move_only_function<void(json::object outcome)>;
  virtual ~Deliveries() = default;
  // There are new rows. Called after they are durable. Thread-safe, never blocks.
  virtual void owed(base::Id consumer, size_t count) = 0;
  // Calls `done` once, when the delivery of that key has settled, perhaps at once, on any thread.
  // A key that nobody owes settles as {"outcome": "unknown"}. Thread-safe, never blocks.
  virtual void when_settled(std::string key, Done done) = 0;
};

}  // namespace millrace::runtime
