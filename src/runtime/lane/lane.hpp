// One lane's share of the consumers: their mailboxes, the turn under way for each, who waits for
// what. Everything here runs on the lane's own thread, one thing after another (run()); there are
// no locks. The way of a turn is in turns.cpp.
#pragma once

#include <atomic>
#include <deque>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "base/contain.hpp"
#include "runtime/admission/asked.hpp"
#include "runtime/admission/refusals.hpp"
#include "runtime/lane/consumer.hpp"
#include "runtime/lane/effects.hpp"
#include "runtime/lane/timers.hpp"
#include "runtime/promises.hpp"

namespace millrace::runtime {

// What a turn is taken on.
struct Standing {
  std::shared_ptr<const flow::Program> program;
  dialog::State state;
};

// Called when a turn has been stored, before its effects begin, or with the reason why there is
// none. Inside the turn: it may note what is to be told, and asks nothing of the lane.
using TurnTaken = std::move_only_function<void(base::Result<const dialog::Turn*>)>;

// A turn that was taken, and its record.
struct Written {
  std::shared_ptr<const flow::Program> program;
  dialog::Turn turn;
  base::Timestamp at;
  JournalRecord record;
};

// A turn on its way to the disk.
struct Commit {
  std::shared_ptr<const flow::Program> program;
  dialog::Turn turn;
  base::Timestamp at;
  std::vector<InputMark> marks;
  bool whole = true;
  size_t bytes = 0;  // of the record
  size_t owed = 0;   // rows that it wrote
  TurnTaken taken;
  // Comes next, before anyone else's turn: what was said, after the turn that took the chat to
  // another version; then `taken` is for it.
  std::optional<dialog::Input> next;
};

class Runtime::Lane {
 public:
  // `limits` are this lane's own: a share of what holds for all of them.
  Lane(size_t index, const Ports& ports, const Solutions& solutions, const Limits& limits);

  size_t index() const { return index_; }
  size_t hot() const { return hot_.load(std::memory_order_relaxed); }
  size_t parked() const { return parked_count_.load(std::memory_order_relaxed); }
  int retry_after_seconds() const { return refusals_.retry_after_seconds(); }
  // On this lane: the clock may have jumped.
  void look_at_timers();

  // Runs the task on this lane, from any thread: at once when the lane is free, else after what is
  // under way. So nothing here ever runs inside something else.
  template <typename F>
  void run_here(F task) {
    ports_.lanes.run_on(index_, [this, task = std::move(task)]() mutable { run(std::move(task)); });
  }
  // Calls `done` after what is under way.
  template <typename T>
  void tell(Done<T> done, base::Result<T> result) {
    later_.push_back([done = std::move(done), result = std::move(result)]() mutable {
      done(std::move(result));
    });
  }
  // What tells `done`, after the turn, what `result_of` makes of it.
  template <typename T, typename F>
  TurnTaken told(Done<T> done, F result_of) {
    return [this, done = std::move(done),
            result_of = std::move(result_of)](base::Result<const dialog::Turn*> turn) mutable {
      if (!turn) {
        tell(std::move(done), base::Result<T>(std::unexpected(turn.error())));
      } else if constexpr (std::is_void_v<T>) {
        result_of(**turn);
        tell(std::move(done), base::Result<void>());
      } else {
        tell(std::move(done), base::Result<T>(result_of(**turn)));
      }
    };
  }
  // What tells `done` all that is said in answer to this input, once nothing more will come.
  TurnTaken told_all(Consumer& consumer, std::string input_id, Done<Answer> done);

  // Has the job done when it is its turn: among all that wait for this lane, then in the consumer's
  // mailbox, the consumer having been read from the journal where needed. Or refuses it.
  void submit(Asked asked, Job job);

  // Takes one turn of the consumer's chat, which must be idle, and does all that follows from it.
  void take_turn(Consumer& consumer, dialog::Input input, TurnTaken taken);
  // The same, as the first turn of a chat that begins.
  void take_first_turn(Consumer& consumer, Standing chat, dialog::Input input, TurnTaken taken);
  // The same, for a chat in which nothing has been said.
  void open(Consumer& consumer, Standing chat, TurnTaken taken);
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
  // `deployed`: the version that was served then; nullopt: a former run's, to be tried again.
  void keep_parked(ParkedChat chat, std::optional<std::string> deployed);
  // Takes up what was due in the chats that are parked in this solution.
  void try_parked_again(const std::string& solution);

  // nullptr when it is not; never reads the journal.
  Consumer* in_memory(base::Id consumer);
  // True when the consumer is not in memory any more.
  bool leave_memory(base::Id consumer);
  static void drop_gone_listeners(Consumer& consumer);

  base::Timestamp now() { return ports_.clock.now(); }
  void drain(base::Task idle);
  void start_sweeping();
  const Solutions& solutions() const { return solutions_; }

 private:
  // Whether another turn or reading may begin.
  bool has_room() const { return under_way_ - calls_ < window_.size(); }
  void enter(const Asked& asked, Job job);
  void let_in();
  void refuse_entry(const Asked& asked, Job job, Refusal why, int64_t now_ms);
  std::string solution_of(const Asked& asked);
  Consumer& find_or_read(base::Id id);
  void loaded(Consumer& consumer, base::Result<Tail> tail);
  base::Result<void> restore(Consumer& consumer, Tail tail);
  void remember(Consumer& consumer, const std::vector<InputMark>& marks, int64_t place);
  void pump(Consumer& consumer);
  Job next_job(Consumer& consumer);
  void weigh(Consumer& consumer);
  // Runs the task now, or after what is under way.
  template <typename F>
  void run(F task) {
    if (running_ && is_kept(Promise::answers_come_after)) {
      later_.push_back(std::move(task));
      return;
    }
    const Running running(*this);
    task();
    run_later();
  }
  void run_later();
  // A deploy since the chat's version may want it to go on with the newer one: then the turn that
  // takes it there, and the input of that turn.
  std::optional<std::pair<Written, dialog::Input>> adopt(Consumer& consumer,
                                                         const dialog::Input& input);
  void take_turn_as_it_stands(Consumer& consumer, dialog::Input input, TurnTaken taken);
  // What is done about what the engine throws: the chat is parked, or there is none to park (it has
  // yet to begin, or goes on another way), and it is only said.
  enum class OnThrow { park, say };
  // The one place that catches it. Gives what `work` gives, a Result.
  template <typename Work>
  std::invoke_result_t<Work> caught(Consumer& consumer, const flow::Program& program,
                                    OnThrow on_throw, Work work) {
    const base::ChecksThrow checks;
    std::string what = "something that is no exception";
    try {
      return work();
    } catch (const std::exception& thrown) {
      what = base::name_of(thrown);
    } catch (...) {
    }
    return std::unexpected(on_throw == OnThrow::park ? park(consumer, program, std::move(what))
                                                     : engine_failed(program, std::move(what)));
  }
  // Takes a turn and writes its record. `input` is nullptr for the opening of a chat.
  template <typename MakeTurn>
  base::Result<Written> take(Consumer& consumer, std::shared_ptr<const flow::Program> program,
                             const dialog::Input* input, OnThrow on_throw, MakeTurn make);
  Written write(const Consumer& consumer, std::shared_ptr<const flow::Program> program,
                dialog::Turn turn, const dialog::Input* input);
  void commit(Consumer& consumer, Written written, TurnTaken taken,
              std::optional<dialog::Input> next = {});
  void committed(Consumer& consumer, Commit commit, base::Result<int64_t> place);
  void stored(Consumer& consumer, Commit& commit, int64_t place);
  void failed(Consumer& consumer, Commit commit, const base::Error& error);
  void refuse(Consumer& consumer, const base::Error& why, TurnTaken& taken);
  // Gives the waiters what was said in answer to theirs.
  void hand_out(Consumer& consumer, const std::vector<ChatMessage>& messages);
  void perform(Consumer& consumer, const ToDo& wanted, size_t owed);
  // No turn is under way any more: whoever waits in the mailbox has theirs.
  void rest(Consumer& consumer);
  // Both say in the log what the engine threw, and give the error for whoever asked.
  base::Error engine_failed(const flow::Program& program, std::string what);
  base::Error park(Consumer& consumer, const flow::Program& program, std::string what);
  // It is, and nothing has been deployed since.
  bool is_parked(base::Id consumer) const;
  void unpark(base::Id consumer);
  std::string deployed_of(const std::string& solution) const;
  // The solution that the one that has just ended names as its survey.
  SolutionPtr survey_after(const Consumer& consumer) const;
  void begin_survey(base::Id consumer);
  void call_action(Consumer& consumer, dialog::Call call, bool uncertain);
  void call_ended(base::Id consumer, std::string key, ActionOutcome outcome);
  std::string completion_token(const Consumer& consumer, const std::string& call_key);
  void await_delivery(base::Id consumer, std::string key);
  // What a former run, or a turn that failed, left open.
  void take_up(Consumer& consumer);
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
  // `over` is called once it has been taken, or is no longer awaited.
  void submit_until_taken(base::Id consumer, dialog::Input input, std::function<void()> over = {});
  void submit_until_taken(base::Id consumer, std::shared_ptr<const dialog::Input> input,
                          std::function<void()> over);
  void tell_of_turn(const Consumer& consumer, const dialog::Turn& turn);
  void tell_listeners(Consumer& consumer, const std::vector<ChatMessage>& messages,
                      const ToDo& wanted, base::Timestamp at);
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
      run_here(
          [then = std::move(then), value = std::move(value)]() mutable { then(std::move(value)); });
    };
  }

  // While one stands the lane is at something.
  class Running {
   public:
    explicit Running(Lane& lane) : lane_(lane) { lane_.running_ = true; }
    ~Running();
    Running(const Running&) = delete;

   private:
    Lane& lane_;
  };

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
  size_t calls_ = 0;      // of these the calls
  FairQueue<Queued> queue_;
  Window window_;
  Refusals refusals_;
  bool running_ = false;
  std::deque<base::Task> later_;  // follows what is under way, in this order
  struct Parked {
    ParkedChat chat;
    std::optional<std::string> deployed;
  };
  std::unordered_map<base::Id, Parked, base::IdHash> parked_;
  // Keys of the scripts' calls that this run has begun, until what they came to has been taken:
  // whatever becomes of a consumer in memory meanwhile, none is made a second time beside itself.
  std::unordered_set<std::string> running_calls_;
  std::atomic<size_t> parked_count_{0};
  bool draining_ = false;
  base::Task idle_;
  base::Timestamp failure_logged_;
  size_t failures_unlogged_ = 0;
};

}  // namespace millrace::runtime
