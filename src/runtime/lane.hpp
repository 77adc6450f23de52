// One lane's share of the consumers: their mailboxes, the turn under way for each, who waits for
// what. Everything here runs on the lane's own thread; there are no locks.
#pragma once

#include <atomic>
#include <deque>
#include <list>
#include <unordered_map>
#include <unordered_set>

#include "runtime/record.hpp"
#include "runtime/runtime.hpp"

namespace millrace::runtime {

// Someone who asked for the whole answer to one input.
struct Waiter {
  Receipt receipt;
  std::string input_id;
  std::vector<ChatMessage> messages;
  Done<Answer> done;
};

struct Listener {
  base::Id chat;
  std::weak_ptr<Subscriber> subscriber;
};

struct Consumer;
// Runs when the consumer has been read and no turn of its is under way; or is told why not.
using Job = std::move_only_function<void(base::Result<Consumer*>)>;

struct Consumer {
  base::Id id;
  bool loaded = false;
  bool busy = false;   // a turn is being committed, or the journal is being read for one
  int64_t number = 0;  // of the last durable record
  std::optional<dialog::State> chat;             // the latest one
  std::shared_ptr<const flow::Program> program;  // of that chat; null when not installed
  std::unordered_set<std::string> inputs;        // message ids whose turn has been taken, ...
  std::deque<std::string> inputs_by_age;         // ... the oldest first
  std::deque<Job> mailbox;
  SolutionPtr survey;  // follows at once, the chat having ended
  std::vector<Waiter> waiters;
  std::vector<Listener> listeners;
  base::Timestamp touched;
  std::list<Consumer*>::iterator place;  // in the lane's order of use
};

class Runtime::Lane {
 public:
  Lane(size_t index, size_t hot_max, const Ports& ports, const Solutions& solutions,
       const Limits& limits);

  size_t index() const { return index_; }
  size_t hot() const { return hot_.load(std::memory_order_relaxed); }

  // Queues a job for the consumer, reading it from the journal first where needed.
  enum class From { outside, inside };
  void submit(base::Id consumer, From from, Job job);

  // Takes one turn of the consumer's chat and commits it; `done` comes after the commit, before
  // anyone else hears of the turn. The consumer must be idle.
  void take_turn(Consumer& consumer, dialog::Input input, Done<dialog::Turn*> done);
  // Commits a turn made elsewhere (the opening of a chat).
  void commit(Consumer& consumer, dialog::Turn turn, const dialog::Input* input,
              Done<dialog::Turn*> done);
  // Begins a chat in memory; the turn that follows makes it durable.
  void begin_chat(Consumer& consumer, const Solution& solution, const SessionRequest& request,
                  base::Id chat);
  // Collects what was said in answer to a repeated input, and goes on waiting if more is to come.
  // already_exists when that input said something else than `text`: nothing is told then.
  void answer_again(Consumer& consumer, Waiter waiter, std::string text);
  void read_history(base::Id consumer, base::Id chat, Done<Snapshot> done);

  // nullptr when it is not; never reads the journal.
  Consumer* in_memory(base::Id consumer);
  static void drop_gone_listeners(Consumer& consumer);

  base::Id new_id();
  base::Timestamp now() { return ports_.clock.now(); }
  void drain(Task idle);
  void start_sweeping();
  const Solutions& solutions() const { return solutions_; }

 private:
  Consumer& find_or_read(base::Id id);
  void loaded(Consumer& consumer, base::Result<std::vector<JournalRecord>> records);
  base::Result<void> restore(Consumer& consumer, const std::vector<JournalRecord>& records);
  void remember(Consumer& consumer, std::string input_id);
  void pump(Consumer& consumer);
  // A deploy since the chat's version may want it to go on with the newer one: then the turn that
  // takes it there.
  std::optional<std::pair<dialog::Turn, dialog::Input>> adopt(const Consumer& consumer,
                                                              const dialog::Input& input);
  void take_turn_as_it_stands(Consumer& consumer, dialog::Input input, Done<dialog::Turn*> done);
  void committed(Consumer& consumer, dialog::Turn turn, std::string input_id, base::Timestamp at,
                 base::Result<void> result, Done<dialog::Turn*> done);
  void perform(Consumer& consumer, const dialog::Turn& turn);
  // The solution that the one that has just ended names as its survey.
  SolutionPtr survey_after(const Consumer& consumer, const dialog::Turn& turn) const;
  void begin_survey(base::Id consumer);
  void call_action(Consumer& consumer, dialog::Call call, bool uncertain);
  void call_ended(base::Id consumer, std::string key, ActionOutcome outcome);
  std::string completion_token(const Consumer& consumer, const std::string& call_key);
  void await_delivery(base::Id consumer, std::string key);
  // What a former run left open when it ended.
  void take_up_call(Consumer& consumer);
  void set_timer(base::Id consumer, dialog::Timer timer);
  // An input of our own making must not be lost because the journal was away for a moment.
  void submit_until_taken(base::Id consumer, dialog::Input input);
  void tell_listeners(Consumer& consumer, const std::vector<ChatMessage>& messages,
                      const dialog::Turn& turn);
  void settle(Consumer& consumer);
  void touch(Consumer& consumer);
  void evict(Consumer& consumer);
  void evict_least_used();
  void sweep();
  bool is_evictable(const Consumer& consumer) const;
  void finished_one();

  // Runs `then` back on this lane with whatever an adapter's thread hands over.
  template <typename T, typename F>
  auto back_here(F then) {
    return [this, then = std::move(then)](T value) mutable {
      ports_.lanes.run_on(index_, [then = std::move(then), value = std::move(value)]() mutable {
        then(std::move(value));
      });
    };
  }

  const size_t index_;
  const size_t hot_max_;
  Ports ports_;
  const Solutions& solutions_;
  const Limits limits_;
  std::unordered_map<base::Id, std::unique_ptr<Consumer>, base::IdHash> consumers_;
  std::list<Consumer*> by_use_;  // the most recently used first
  std::atomic<size_t> hot_{0};
  size_t under_way_ = 0;  // commits, reads and calls whose end has not come
  bool draining_ = false;
  Task idle_;
};

}  // namespace millrace::runtime
