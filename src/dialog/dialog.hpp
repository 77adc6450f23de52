// The engine: a pure function from a program, a chat's state and one input to the chat's next state
// and its effects. It reads no clock and does no I/O: time comes in with the input, and everything
// that is to happen in the world goes out as a value. The same inputs always give the same bytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "dialog/input.hpp"
#include "dialog/message.hpp"
#include "flow/program.hpp"

namespace millrace::dialog {

inline constexpr size_t kMessageLengthMax = 4'096;       // code points of one consumer message
inline constexpr size_t kHeldMessagesMax = 16;           // said while an action runs
inline constexpr int kStepsMax = 200;                    // nodes run in one turn
inline constexpr int kStreakMax = 1'000;                 // nodes run since the consumer last spoke
inline constexpr size_t kHistoryMax = 100;               // answers that can be gone back to
inline constexpr size_t kAheadMax = 32;                  // answers given before their question came
inline constexpr size_t kEventsMax = 100;                // page events kept for the scripts
inline constexpr size_t kEventNameMax = 128;             // bytes of a page event's name
inline constexpr size_t kEventDetailBytesMax = 8 << 10;  // weight of its detail
inline constexpr size_t kStateBytesMax = 64 << 10;       // weight() of a state
inline constexpr size_t kHistoryBytesMax = 16 << 10;  // of that, answers that can be gone back to,
inline constexpr size_t kEventsBytesMax = 16 << 10;   // ... and page events; the oldest go first
inline constexpr size_t kAgentIdMax = 128;            // bytes
inline constexpr size_t kAgentNameMax = 128;          // bytes; of a skill too
inline constexpr size_t kTurnBytesMax = 256 << 10;    // of texts that one turn says or assigns
inline constexpr std::string_view kMask = "\u2022\u2022\u2022\u2022";  // stands for what is secure

// Why a chat ended, under the published names (reference: reporting-api.md).
inline constexpr std::string_view kEndCompleted = "killbot_via_graph_flag";
inline constexpr std::string_view kEndByConsumer = "killbot_via_consumer_end";
inline constexpr std::string_view kEndAbandoned = "killbot_abandon_timeout";
inline constexpr std::string_view kEndBotError = "killbot_bot_error";

enum class Phase {
  opened,      // created; nothing has run
  greeting,    // started; waits a moment for the consumer to speak first
  waiting,     // at a node that waits for an answer
  calling,     // an action runs
  paused,      // at a node that waits for time to pass
  queued,      // waits for an agent to take it; the bot is silent
  with_agent,  // an agent has it; the bot is silent
  ended,
};

// A message that came while an action was running; it is taken up when the chat next waits.
struct HeldMessage {
  std::string input_id;
  std::string text;
  std::optional<Understood> understood = {};
  bool operator==(const HeldMessage&) const = default;
};

// The call under way. Its payload is not kept: advance() makes it again from the state.
struct PendingCall {
  std::string key;  // idempotency key: chat, turn and step
  flow::NodeNumber node = 0;
  base::Timestamp made_at;
  bool left_pending = false;  // the script has returned; its result comes from elsewhere
  bool told = false;          // the consumer has been told that it takes a while
  bool operator==(const PendingCall&) const = default;
};

// How each receiver of deliveries knows the consumer, by its kind: the kind's own to read.
using KnownAs = std::map<std::string, json::value, std::less<>>;

// The hand-over to an agent, in the phases queued and with_agent.
struct Seat {
  flow::NodeNumber node = 0;  // that handed over; 0: it was asked for from outside
  std::string skill;
  base::Timestamp asked_at;
  std::string id;    // of the agent who has the chat; "" while it waits
  std::string name;  // as the consumer sees it
  base::Timestamp joined_at;
  std::optional<flow::NodeNumber> back;  // where the bot would have gone on meanwhile
  bool operator==(const Seat&) const = default;
};

// Where a flow that was called, or that interrupted a question, goes back to.
struct Frame {
  enum class Kind { call, interruption };
  Kind kind = Kind::call;
  flow::NodeNumber node = 0;
  bool operator==(const Frame&) const = default;
};

// An answer that can be gone back to or changed.
struct Answered {
  flow::NodeNumber node = 0;
  std::string text;                   // as given; "" when secure
  std::optional<std::string> before;  // the variable's value before it
  size_t frames = 0;                  // depth of the stack then
  bool operator==(const Answered&) const = default;
};

struct State {
  std::string program;  // hash of the version the chat began with, and stays on
  base::Id chat;
  base::Id consumer;
  std::string environment;  // "sandbox" or "live"
  std::string channel;      // by which the consumer talks: "rest", "web"; "" in a chat of before
  std::string address;      // theirs on it, as the channel knows them; "" = it needs none
  Phase phase = Phase::opened;
  flow::NodeNumber node = 0;
  size_t locale = 0;   // index into the program's locales
  std::string region;  // the consumer's own tag of that language, "en-GB"; how they write dates
  std::map<std::string, std::string, std::less<>> variables;
  std::map<std::string, std::string, std::less<>> secrets;  // variables asked for securely
  std::map<flow::NodeNumber, json::value> kept;             // for Node Input and dynamic assets
  json::object user_data;                                   // context['user_data']
  json::array events;         // context['events']: [{"name", "detail"}], the oldest first
  json::object global_props;  // of analytics events
  std::string last_message;
  std::string answering;  // id of the input whose answer is being given
  std::vector<HeldMessage> held;
  std::vector<Frame> frames;
  std::vector<Answered> history;
  std::vector<Answered> again;  // answers to give again after an earlier one was changed
  std::map<flow::NodeNumber, std::string> ahead;  // answers given before their question came
  std::vector<ask::Candidate> candidates;  // an ambiguous answer's readings, being asked about
  std::vector<ask::Candidate> meant;       // intents that are close, being asked about
  int tries = 0;                           // not understood, at this question
  int reminders = 0;                       // given since the consumer last spoke
  int streak = 0;                          // nodes run since the consumer last spoke
  std::optional<PendingCall> call;
  std::optional<Seat> agent;
  KnownAs known_as;
  std::optional<Timer> timer;
  json::object error;    // context['error'] while it is being handled
  int64_t turn = 0;      // turns taken
  int64_t sequence = 0;  // messages said by either side
  base::Timestamp created_at;
  std::string end_reason;  // in phase ended
  bool surveyed = false;   // the survey after the end has begun
};

// ---- what is to happen

struct Say {
  int64_t sequence = 0;
  Message message;
  flow::NodeNumber node = 0;
  // Id of the input that this answers, or with which an agent said it; "" when the bot speaks by
  // itself.
  std::string reply_to;
  std::string agent;  // id of the agent who says it; "" = the bot
  std::string agent_name;
};

struct Call {
  std::string key;
  std::string command;
  json::object payload;
  json::array env_values;  // as runtime/ports.hpp describes
  json::object context;
};

// Something owed to an outside system; it is made durable with the turn (runtime/ports.hpp).
struct Owe {
  std::string key;
  std::string kind;  // what the body is
  json::object body;
  std::string receiver;  // whose it is
  std::string command;   // that owes it; "" for what goes with another, or with an event
};

// The outcome of what was owed under this key is to come back as CallEnded.
struct AwaitDelivery {
  std::string key;
};

struct SetTimer {
  Timer timer;
};

// The chat goes over to a person, or comes back. `unanswered`: nobody came, and the bot has it
// again. `ended`: with the chat, which waited or was an agent's.
struct HandOver {
  enum class Step { asked, joined, left, unanswered, ended };
  Step step = Step::asked;
  std::string skill;
  std::string agent = {};  // id and name of who has the chat, or had it; "" when nobody had
  std::string name = {};
  base::Timestamp asked_at = {};
  std::string why = {};  // unanswered: "timeout" or "unavailable"; ended: the chat's end_reason
};

// The consumer said this while an agent has the chat, or is to have it.
struct TellAgent {
  int64_t sequence = 0;
  std::string text;
  std::string input_id;
};

// An analytics event (reference: studio-and-action-nodes.md 4.9).
struct Track {
  std::string name;
  json::object properties;
  std::map<std::string, int> retention_days;
};

struct Ended {
  std::string reason;
};

using Effect =
    std::variant<Say, Call, Owe, AwaitDelivery, SetTimer, HandOver, TellAgent, Track, Ended>;

// A road of flow::roads_of(from) that the conversation took.
struct Taken {
  flow::NodeNumber from = 0;
  flow::RoadKind kind = flow::RoadKind::next;
  int index = 0;
};

// Something that went wrong at a node without ending the chat, for its author: never a consumer's
// words.
struct Remark {
  flow::NodeNumber node = 0;
  std::string message;
};

struct Turn {
  State state;
  int64_t said_sequence = 0;  // the number given to the consumer's message; 0 when none came
  std::string said;           // that message as it may be kept: masked when it was secure
  std::vector<Taken> taken;   // roads taken, in order
  std::vector<Effect> effects;
  std::vector<Remark> remarks = {};
};

struct ChatBirth {
  base::Id chat;
  base::Id consumer;
  std::string environment = "sandbox";
  std::string locale;  // as requested: "pt-BR", or an Accept-Language list; may be empty
  json::object user_data;
  base::Timestamp at;
  std::string channel;
  std::string address;
  KnownAs known_as;  // as the consumer's chat before this one left it
};
State open_chat(const flow::Program& program, const ChatBirth& birth);

// The chat's state as it stands in another version of its solution: every node is found by its id,
// or by the id that `was:` names. failed_precondition when the node it waits at, one it has to
// return to, or a call under way is not in that version. The turn of Adopted follows.
base::Result<State> migrate(const flow::Program& from, const flow::Program& to, State state);
// The chat begun again in another version: its ids and counters stay, what was said goes.
State begin_again(const flow::Program& to, const State& state);

// One turn. Refused, with the state as it was: already_exists (started twice), failed_precondition
// (not started yet), not_found (the chat has ended, or the call or timer is no longer awaited),
// resource_exhausted (too much said while an action runs), invalid_argument (what is said does not
// fit into the state any more). A call's result that does not fit counts as raised; a flow that
// outgrows the bounds by itself ends the chat with an apology.
base::Result<Turn> advance(const flow::Program& program, State state, const Input& input);

// A consumer's text as the engine takes it: without what no one can see or type, and cut to
// kMessageLengthMax.
std::string heard(std::string_view text);

// Whether `state.call` waits for a delivery, rather than for a script.
bool awaits_delivery(const flow::Program& program, const State& state);

// The call that `state.call` stands for, made anew; the same bytes as when it was first made.
Call pending_call(const flow::Program& program, const State& state);

// The form of a state's JSON, which stands in it as "v". What has another is not guessed at: that
// of a former version is brought into this one first (state_v0.hpp).
inline constexpr int kStateVersion = 1;

// Without what must not be kept in clear (`secrets`, `held`): that is sealed_part().
json::object to_json(const State& state);
json::object sealed_part(const State& state);  // empty when there is nothing
// Both data_loss when a word is unknown, a needed member is missing, one is of another type, or the
// version is not kStateVersion.
base::Result<void> restore_sealed(State& state, const json::object& part);
base::Result<State> state_from_json(const json::object& object);

std::string_view to_string(Phase phase);

// Bytes of texts that the state holds: what people said, scripts returned and pages told.
size_t weight(const State& state);

}  // namespace millrace::dialog
