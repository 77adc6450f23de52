// One lane's share of the consumers: their mailboxes, the turn under way for each, who waits for
// what. Everything here runs on the lane's own thread; there are no locks.
#pragma once

#include <atomic>
#include <limits>
#include <unordered_map>

#include "runtime/consumer.hpp"
#include "runtime/timers.hpp"

namespace millrace::runtime {

// What a turn is taken on.
struct Standing {
  std::shared_ptr<const flow::Program> program;
  dialog::State state;
};

// A turn that takes the chat to another version.
struct Adoption {
  std::shared_ptr<const flow::Program> program;
  dialog::Turn turn;
  dialog::Input input;
};

// A turn on its way to the disk.
struct Commit {
  std::shared_ptr<const flow::Program> program;
  dialog::Turn turn;
  base::Timestamp at;
  std::vector<InputMark> marks;
  bool whole = true;
  size_t bytes = 0;  // of the record
  Done<dialog::Turn*> done;
};

class Runtime::Lane {
 public:
  // `limits` are this lane's own: a share of what holds for all of them.
  Lane(size_t index, const Ports& ports, const Solutions& solutions, const Limits& limits);

  size_t index() const { return index_; }
  size_t hot() const { return hot_.load(std::memory_order_relaxed); }

  // Queues a job for the consumer, reading it from the journal first where needed. `bytes` is what
  // the job holds of the consumer's words.
  enum class From { outside, inside };
  void submit(base::Id consumer, From from, Job job, size_t bytes = 0);

  // Takes one turn of the consumer's chat and commits it; `done` comes after the commit, before
  // anyone else hears of the turn. The consumer must be idle.
  void take_turn(Consumer& consumer, dialog::Input input, Done<dialog::Turn*> done);
  // The same, as the first turn of a chat that begins.
  void take_first_turn(Consumer& consumer, Standing chat, dialog::Input input,
                       Done<dialog::Turn*> done);
  // Commits a turn that was taken elsewhere (the opening of a chat: then `input` is nullptr).
  void commit(Consumer& consumer, std::shared_ptr<const flow::Program> program, dialog::Turn turn,
              const dialog::Input* input, Done<dialog::Turn*> done);
  // A chat that is to begin. Nothing has it before its first turn is durable.
  Standing new_chat(const Consumer& consumer, const Solution& solution,
                    const SessionRequest& request, base::Id chat);
  // A message with this id has been taken before.
  bool is_repeated(const Consumer& consumer, std::string_view input_id) const;
  // Collects what was said in answer to a repeated input, and goes on waiting if more is to come.
  // already_exists when that input said something else than `text`: nothing is told then.
  void answer_again(Consumer& consumer, Waiter waiter, std::string text);
  // Reads a page of the consumer's chat, after those that were asked for before.
  void read_page(Consumer& consumer, PageRequest request);
  // False when too many listen to this consumer already.
  bool listen(Consumer& consumer, base::Id chat, std::weak_ptr<Subscriber> subscriber);
  // Puts a consumer with something due among the timers, without reading it.
  void recover(const DueConsumer& due);

  // nullptr when it is not; never reads the journal.
  Consumer* in_memory(base::Id consumer);
  static void drop_gone_listeners(Consumer& consumer);

  base::Id new_id();
  base::Timestamp now() { return ports_.clock.now(); }
  void drain(base::Task idle);
  void start_sweeping();
  const Solutions& solutions() const { return solutions_; }

 private:
  Consumer& find_or_read(base::Id id);
  void loaded(Consumer& consumer, base::Result<Tail> tail);
  base::Result<void> restore(Consumer& consumer, Tail tail);
  void remember(Consumer& consumer, const std::vector<InputMark>& marks, int64_t place);
  void pump(Consumer& consumer);
  Job next_job(Consumer& consumer);
  void weigh(Consumer& consumer);
  // A deploy since the chat's version may want it to go on with the newer one: then the turn that
  // takes it there.
  std::optional<Adoption> adopt(const Consumer& consumer, const dialog::Input& input);
  void take_turn_as_it_stands(Consumer& consumer, dialog::Input input, Done<dialog::Turn*> done);
  void committed(Consumer& consumer, Commit commit, base::Result<int64_t> place);
  void failed(Consumer& consumer, Commit commit, const base::Error& error);
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
  // Timers: the consumer's one as its state has it; what is due now; a wake for what comes next.
  void keep_timer(const Consumer& consumer);
  void fire_due();
  void fire(const Timers::Due& due);
  void fired(const Timers::Due& due, base::Result<void> taken);
  void plan_wake();
  void read_next_page(Consumer& consumer);
  void page_read(Consumer& consumer, base::Result<Snapshot> page);
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
  // One line a second for what befalls everyone: a journal that is away for a moment.
  void log_failure(const std::string& subject, std::string_view what, const base::Error& why);

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
  Ports ports_;
  const Solutions& solutions_;
  const Limits limits_;
  std::unordered_map<base::Id, std::unique_ptr<Consumer>, base::IdHash> consumers_;
  std::list<Consumer*> by_use_;  // the most recently used first
  std::atomic<size_t> hot_{0};
  size_t hot_bytes_ = 0;      // of the consumers in memory, by their own count
  size_t waiting_bytes_ = 0;  // of what waits in mailboxes
  Timers timers_;
  int64_t wake_ms_ = std::numeric_limits<int64_t>::max();  // of the next planned look at them
  size_t firing_ = 0;                                      // timers whose turns are under way
  size_t under_way_ = 0;  // commits, reads and calls whose end has not come
  bool draining_ = false;
  base::Task idle_;
  base::Timestamp failure_logged_;
  size_t failures_unlogged_ = 0;
};

}  // namespace millrace::runtime
