// The durable heart: one mailbox per consumer, one turn at a time, every turn durable in the
// journal before anyone sees its answer. An inbound message id makes a turn happen once; a repeat
// gets the recorded answer. Effects happen after the commit; what they bring comes back as an
// input.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/meter.hpp"
#include "base/result.hpp"
#include "dialog/dialog.hpp"
#include "runtime/ports.hpp"
#include "runtime/solutions.hpp"

namespace millrace::runtime {

struct Limits {
  // Kept in memory, over all lanes: how many, and the bytes that they are counted for.
  size_t hot_consumers_max = 50'000;
  size_t hot_bytes_max = 128 << 20;
  std::chrono::milliseconds idle_max{300'000};  // then a consumer is read back when needed
  size_t mailbox_max = 64;                      // inputs waiting for one consumer
  size_t waiting_bytes_max = 64 << 20;          // words that wait in mailboxes, over all lanes
  // Before that, for their solution's turn, once a lane has as much under way as it can: how many,
  // over all lanes, and the bytes of their words. Of that a solution has half of what others leave.
  size_t queue_max = 32'000;
  size_t queue_bytes_max = 64 << 20;
  // Turns and readings of a lane under way at once before others queue; more where that costs no
  // time, as with a disk that is slow to sync.
  size_t under_way_min = 64;
  size_t under_way_max = 4'096;
  size_t remembered_records = 1'000;  // how far back a repeated message id is recognised
  size_t page_records_max = 200;      // turns in one page of a chat, ...
  size_t page_bytes_max = 128 << 10;  // ... and the bytes of their records
};

enum class Side { consumer, bot, agent };

// One message of a chat, as the edges show it.
struct ChatMessage {
  base::Id id;  // the same on every reading
  int64_t sequence = 0;
  Side side = Side::bot;
  dialog::Message content;  // of the consumer's: the text alone
  flow::NodeNumber node = 0;
  // Consumer, agent: the id it came with; bot: the id of what it answers.
  std::string input_id;
  base::Timestamp at;
  std::string agent;  // id of the agent who said it, and the name that the consumer sees
  std::string agent_name;
};

// Someone of flesh and blood who talks with consumers.
struct Agent {
  std::string id;    // 1 to 128 bytes
  std::string name;  // at most 128 bytes
};

// Something an agent said.
struct AgentSay {
  base::Id consumer;
  base::Id chat;
  std::string agent;
  std::string input_id;  // as SayRequest's; ids of agents and of consumers are told apart
  std::string text;
};

// What a new session of an anonymous consumer is made from.
struct SessionRequest {
  base::Id app;
  std::string locale;
  json::object user_data;
  // By which channel they come, and who they are on it: State::channel and State::address.
  std::string channel = {};
  std::string address = {};
};
struct Session {
  base::Id consumer;
  base::Id chat;
  SolutionPtr solution;
};

// Something a consumer said. Exactly one of `chat` and `begin` is set: either it belongs to a chat
// that stands, or it begins one where none does.
struct SayRequest {
  base::Id consumer;
  std::optional<base::Id> chat;
  std::optional<SessionRequest> begin;
  // The sender's; at most 128 bytes; "" = none, then each call is a turn. One that was used for
  // another text is refused: already_exists.
  std::string input_id;
  std::string text;
  // With `begin`: whom the consumer was joined to (Identities::line). The words belong to the first
  // of them all who has a chat that has not ended; where none has, the last one begins a chat.
  std::vector<base::Id> joined = {};
  // With `chat`: the solution of the chat, whose share of the server this takes where the consumer
  // is not in memory.
  base::Id app = {};
};

struct Receipt {
  base::Id chat;
  base::Id message;
  int64_t sequence = 0;
  bool repeated = false;  // the turn had been taken before
};

struct Answer {
  Receipt receipt;
  std::vector<ChatMessage> messages;  // all that was said in answer, once nothing more will come
};

// A chat as it stands, and a page of what was said in it, the oldest message first.
struct Snapshot {
  dialog::State state;
  std::string solution;
  std::vector<ChatMessage> messages;
  int64_t before = 0;  // names the page before this one; 0 when this is the first
};

// Whoever wants to hear what happens in a chat, after it is durable. Called on the consumer's
// lane; must not block.
class Subscriber {
 public:
  virtual ~Subscriber() = default;
  virtual void said(const std::vector<ChatMessage>& messages) = 0;
  virtual void started() = 0;
  virtual void typing(bool is_typing) = 0;
  virtual void ended(std::string_view reason) = 0;
  // The chat waits for an agent, one has joined, or left.
  virtual void handed_over(const dialog::HandOver&) {}
  // Every turn, before what it says is told; `state` is how it left the chat. For those who look
  // over its shoulder.
  virtual void turned(const dialog::Turn& turn, const dialog::State& state,
                      const flow::Program& program) {
    (void)turn, (void)state, (void)program;
  }
  // For agents: what the consumer said to them. Its edges know what the consumer said.
  virtual void heard(const ChatMessage&) {}
  // The consumer writes, or has stopped writing. Kept nowhere.
  virtual void consumer_typing(bool) {}
  // The last call: what follows is no longer told. Subscribe again and read a snapshot.
  virtual void lost() = 0;
};

template <typename T>
using Done = std::move_only_function<void(base::Result<T>)>;

struct Consumer;
class Teller;  // told.hpp
class Typing;  // typing.hpp

class Runtime {
 public:
  struct Ports {
    base::Lanes& lanes;
    base::Clock& clock;
    base::Random& random;
    Journal& journal;
    Actions& actions;
    Deliveries& deliveries;
    base::Log& log;
    std::string seal_key;                 // 32 bytes; seals secure answers in the journal
    std::string environment = "sandbox";  // of the chats that begin here; or "live"
    base::Meter* meter = nullptr;         // none: nothing is counted
    const Teller* teller = nullptr;       // none: no session may ask for its events
    Typing* typing = nullptr;             // none: who writes is told to subscribers alone
  };

  Runtime(Ports ports, const Solutions& solutions, Limits limits = {});
  ~Runtime();

  // Takes up what a former run left open: actions whose outcome is not known, timers, chats that
  // are parked. Call once, before the first request. Blocks; thread-safe like all that follows.
  base::Result<void> recover();

  // What holds for every method with a `done`: it may be called from any thread and never blocks.
  // `done` is called exactly once, on the consumer's lane, never before the method has returned to
  // a caller on that lane, and never inside a turn: the turn that it answers is durable, its
  // effects have begun, and whatever `done` asks of the runtime comes after it. When the lanes have
  // been stopped it is not called any more. Errors of all of them: not_found (no such solution,
  // consumer or chat), invalid_argument (more than a chat may hold), resource_exhausted (mailbox
  // full, or the solution's part of the queue), unavailable (what waits does so for too long, the
  // journal cannot write, or drain() was called), internal (the chat is parked), data_loss (its
  // version or its records cannot be read). What is refused for the load may be asked again after
  // retry_after_seconds().

  // A new consumer, with a chat that nothing has been said in. Durable when `done` is called.
  void open_session(SessionRequest request, Done<Session> done);
  // The bot may begin. Errors besides: already_exists (it was started).
  void start(base::Id consumer, base::Id chat, Done<void> done);
  // Takes the turn that answers these words; `done` comes when that turn is durable. Errors
  // besides: already_exists (the id was another text's), failed_precondition (not started).
  void say(SayRequest request, Done<Receipt> done);
  // As say, and waits until everything said in answer is durable too.
  void converse(SayRequest request, Done<Answer> done);
  // Ends the chat, also one that is parked.
  void end(base::Id consumer, base::Id chat, std::string reason, Done<void> done);
  // A page that the chat runs in, or has opened, tells of an event.
  void tell_event(base::Id consumer, base::Id chat, dialog::PageEvent event, Done<void> done);
  // An agent is to take the chat, wherever it stands. Errors besides: already_exists (one was asked
  // for, or has it).
  void offer_to_agent(base::Id consumer, base::Id chat, std::string skill, Done<void> done);
  // Of two who join one chat the first one has it. Errors besides: failed_precondition (the chat
  // does not wait for an agent), already_exists (one has it).
  void agent_join(base::Id consumer, base::Id chat, Agent agent, Done<void> done);
  // `done` comes when it is durable. Errors besides: failed_precondition (that agent does not have
  // the chat), already_exists (the id was another text's).
  void agent_say(AgentSay say, Done<Receipt> done);
  // The bot has the chat again, at the node of the id `to`; "" = where the hand-over leads, or at
  // what stands open. Errors besides: failed_precondition, as above; invalid_argument (no such
  // node).
  void agent_leave(base::Id consumer, base::Id chat, std::string agent, std::string to,
                   Done<void> done);
  // Nobody will take the chat that waits: it goes the road `unavailable`. Errors besides:
  // failed_precondition (it does not wait).
  void no_agent(base::Id consumer, base::Id chat, Done<void> done);
  // Gives variables of the chat these values, wherever it stands. Errors besides: invalid_argument
  // (a name that cannot be a variable's).
  void assign(base::Id consumer, base::Id chat, std::map<std::string, std::string> variables,
              Done<void> done);
  // The result of a call that its script left pending. The token is the one that the script had as
  // context['completion_token']. Errors besides: permission_denied (no token of ours, or too old),
  // not_found (no longer awaited: it was completed, or given up). A token that is none of ours is
  // refused on the caller's thread, before the method returns.
  void complete(std::string_view token, json::object result, Done<void> done);
  // The last page (`before` = 0), or the one that another page's `before` names. Errors besides:
  // not_found (no such page), resource_exhausted (too many are being read for this consumer).
  void snapshot(base::Id consumer, base::Id chat, int64_t before, Done<Snapshot> done);
  // From now on, until the subscriber is gone; `done` gives the chat's phase at that moment.
  // Errors besides: resource_exhausted (too many listen to this consumer).
  void subscribe(base::Id consumer, base::Id chat, std::weak_ptr<Subscriber> subscriber,
                 Done<dialog::Phase> done);
  // The consumer writes, or has stopped: told to whoever listens to the chat, but for the one whom
  // they told it through. It is no turn, reads nothing, and is not known to fail.
  void type(base::Id consumer, base::Id chat, bool is_typing,
            std::weak_ptr<Subscriber> told_through = {});

  // Calls `then` on the consumer's lane: with true when the consumer is not in memory, or could
  // leave it at once, so that whatever reads them next reads the journal; with false when they are
  // in the midst of something.
  void when_at_rest(base::Id consumer, std::move_only_function<void(bool)> then);
  // The clock has been put forward: what is due by now is taken up now.
  void clock_moved();
  // A subscriber of that consumer has gone: what was kept for it is given back.
  void forget_gone_subscribers(base::Id consumer);
  // Another version of this solution is served from now on: what is parked in it is tried again.
  void deployed(const std::string& solution);

  // Refuses new inputs with `unavailable` and calls `idle`, on some lane, once no turn, no action
  // and no waiting answer is under way. Call once.
  void drain(base::Task idle);

  // When it is worth asking again, for whoever was refused with resource_exhausted or unavailable;
  // at least 1. Thread-safe.
  int retry_after_seconds() const;

  // For tests and metrics; approximate while lanes run.
  size_t hot_consumers() const;
  size_t parked_chats() const;

 private:
  class Lane;
  std::vector<std::unique_ptr<Lane>> lanes_;
  Ports ports_;
  const Solutions& solutions_;

  enum class Wait { no, yes };
  struct Asked;  // who asks for something to be done on a consumer's lane
  struct Queued;
  Lane& home(base::Id consumer);
  base::Id new_id();
  // Calls body(lane, consumer, done) on the consumer's lane once it is in memory and no turn of its
  // is under way; or `done` with the reason why not.
  template <typename T, typename Body>
  void on_consumer(Asked asked, Done<T> done, Body body);
  void take_input(Asked asked, base::Id chat, decltype(dialog::Input::what) what, Done<void> done);
  enum class Came { straight, forwarded };  // forwarded: to whom the consumer was joined
  void take_said(SayRequest request, Wait wait, Came came, Done<Answer> done);
};

// What the sender called a message whose ChatMessage::input_id this is: people who were joined have
// one chat, in which each one's ids are told apart from the others'.
std::string_view sender_message_id(std::string_view input_id);

// The id of a chat's message, derived so that it is the same after any restart.
base::Id message_id(base::Id chat, int64_t sequence);

}  // namespace millrace::runtime
