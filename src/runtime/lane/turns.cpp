// How the turns of a lane's consumers are taken, committed and told of, and what follows from them.
#include <algorithm>

#include "runtime/lane/effects.hpp"
#include "runtime/lane/lane.hpp"
#include "runtime/promises.hpp"
#include "runtime/records/record.hpp"
#include "runtime/replay.hpp"

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;
using dialog::Phase;

// Whether a change will do for the next record; not when several whole states are read for it.
bool is_change_enough(const Consumer& consumer, const dialog::Turn& turn) {
  constexpr int kChangesMax = 200;
  constexpr size_t kTimesWhole = 4;
  return consumer.chat && consumer.chat->chat == turn.state.chat &&
         consumer.since_whole < kChangesMax &&
         consumer.bytes_since_whole <= kTimesWhole * consumer.whole_bytes;
}

}  // namespace

Standing Runtime::Lane::new_chat(const Consumer& consumer, const Solution& solution,
                                 const SessionRequest& request, base::Id chat) {
  const dialog::KnownAs known = consumer.chat ? consumer.chat->known_as : dialog::KnownAs();
  return {solution.program, dialog::open_chat(*solution.program, {.chat = chat,
                                                                  .consumer = consumer.id,
                                                                  .environment = ports_.environment,
                                                                  .locale = request.locale,
                                                                  .user_data = request.user_data,
                                                                  .at = now(),
                                                                  .channel = request.channel,
                                                                  .address = request.address,
                                                                  .known_as = known})};
}

// ---- the way of a turn: taken, written, stored, told, performed, settled
template <typename MakeTurn>
base::Result<Written> Runtime::Lane::take(Consumer& consumer,
                                          std::shared_ptr<const flow::Program> program,
                                          const dialog::Input* input, OnThrow on_throw,
                                          MakeTurn make) {
  return caught(consumer, *program, on_throw, [&]() -> base::Result<Written> {
    base::Result<dialog::Turn> turn = make();
    if (!turn) return std::unexpected(turn.error());
    return write(consumer, program, std::move(*turn), input);
  });
}

Written Runtime::Lane::write(const Consumer& consumer, std::shared_ptr<const flow::Program> program,
                             dialog::Turn turn, const dialog::Input* input) {
  const base::Timestamp at = input == nullptr ? now() : input->at;
  const bool whole = !is_change_enough(consumer, turn);
  JournalRecord record{
      .consumer = consumer.id,
      .number = consumer.number + 1,
      .body = write_record(turn, input, at, ports_.seal_key, whole ? nullptr : &*consumer.chat,
                           consumer.since_whole + 1),
      .due = due_of(turn.state),
      .whole = whole,
      .marks = marks_of(turn, input),
      .deliveries = deliveries_of(turn, *program, at, ports_.teller),
      .facts = facts_of(turn, at, program->solution)};
  return {std::move(program), std::move(turn), at, std::move(record)};
}

void Runtime::Lane::open(Consumer& consumer, Standing chat, TurnTaken taken) {
  auto written = take(consumer, std::move(chat.program), nullptr, OnThrow::say,
                      [&] { return dialog::Turn{std::move(chat.state), 0, {}}; });
  if (!written) return refuse(consumer, written.error(), taken);
  commit(consumer, std::move(*written), std::move(taken));
}

void Runtime::Lane::take_first_turn(Consumer& consumer, Standing chat, dialog::Input input,
                                    TurnTaken taken) {
  auto written = take(consumer, chat.program, &input, OnThrow::say,
                      [&] { return dialog::advance(*chat.program, std::move(chat.state), input); });
  if (!written) return refuse(consumer, written.error(), taken);
  commit(consumer, std::move(*written), std::move(taken));
}

void Runtime::Lane::take_turn(Consumer& consumer, dialog::Input input, TurnTaken taken) {
  if (!consumer.chat) return taken(fail(Code::not_found, "there is no such chat"));
  if (!consumer.program) {
    return taken(
        fail(Code::data_loss, "version " + consumer.chat->program + " is no longer installed"));
  }
  if (is_parked(consumer.id) && !std::holds_alternative<dialog::EndRequested>(input.what)) {
    return taken(fail(Code::internal,
                      "this conversation has met a fault of the server's, and waits until it is "
                      "mended"));
  }
  auto adopted = adopt(consumer, input);
  if (!adopted) return take_turn_as_it_stands(consumer, std::move(input), std::move(taken));
  // One that begins again has yet to be started, which what the consumer says does.
  if (auto* said = std::get_if<dialog::Said>(&input.what)) said->starts = true;
  commit(consumer, std::move(adopted->first), std::move(taken), std::move(input));
}

std::optional<std::pair<Written, dialog::Input>> Runtime::Lane::adopt(Consumer& consumer,
                                                                      const dialog::Input& input) {
  const dialog::State& state = *consumer.chat;
  const bool by_consumer = std::holds_alternative<dialog::Said>(input.what) ||
                           std::holds_alternative<dialog::Started>(input.what);
  if (!by_consumer || state.phase == Phase::calling || state.phase == Phase::ended || state.agent) {
    return {};
  }
  const SolutionPtr latest = solutions_.named(consumer.program->solution);
  if (!latest || latest->on_live == OnLive::pin || latest->program->hash == state.program) {
    return {};
  }
  using Why = dialog::Adopted::Why;
  const Why why = latest->on_live == OnLive::migrate ? Why::migrated : Why::restarted;
  const dialog::Input adopted{input.at, dialog::Adopted{why}};
  auto written =
      take(consumer, latest->program, &adopted, OnThrow::say, [&]() -> base::Result<dialog::Turn> {
        auto fresh = runtime::adopt(*consumer.program, *latest->program, state, why);
        if (!fresh) return std::unexpected(fresh.error());
        return dialog::advance(*latest->program, std::move(*fresh), adopted);
      });
  if (!written) {
    ports_.log.line(base::Level::info, state.chat.to_string(),
                    "stays on version " + state.program + ": " + written.error().message);
    return {};
  }
  return std::pair{std::move(*written), adopted};
}

void Runtime::Lane::take_turn_as_it_stands(Consumer& consumer, dialog::Input input,
                                           TurnTaken taken) {
  auto advance = [&] {
    solutions_.understand(*consumer.program, *consumer.chat, input);
    // The state is copied here and nowhere else: until the turn is stored, the old one holds.
    return dialog::advance(*consumer.program, *consumer.chat, input);
  };
  auto written = take(consumer, consumer.program, &input, OnThrow::park, advance);
  if (!written) return refuse(consumer, written.error(), taken);
  commit(consumer, std::move(*written), std::move(taken));
}

// There is no turn; when it would have followed another one, that one is settled now.
void Runtime::Lane::refuse(Consumer& consumer, const base::Error& why, TurnTaken& taken) {
  taken(std::unexpected(why));
  if (consumer.busy) rest(consumer);
}

void Runtime::Lane::commit(Consumer& consumer, Written written, TurnTaken taken,
                           std::optional<dialog::Input> next) {
  MILLRACE_CHECK(consumer.loaded);
  consumer.busy = true;
  ++under_way_;
  JournalRecord& record = written.record;
  queue_.charge(written.program->solution, record.body.size());
  auto then = back_here<base::Result<int64_t>>(
      [this, &consumer,
       commit = Commit{std::move(written.program), std::move(written.turn), written.at,
                       record.marks, record.whole, record.body.size(), record.deliveries.size(),
                       std::move(taken), std::move(next)}](auto place) mutable {
        window_.stored(!queue_.is_empty(), ports_.clock.steady_ms());
        committed(consumer, std::move(commit), std::move(place));
      });
  if (is_kept(Promise::told_when_durable)) {
    ports_.journal.append(std::move(record), std::move(then));
    return;
  }
  ports_.journal.append(std::move(record), [](base::Result<int64_t>) {});
  then(0);
}

// What is in memory is what is on disk, before anything else is answered: whether the turn reached
// the disk is not known, and the journal alone can tell.
void Runtime::Lane::failed(Consumer& consumer, Commit commit, const base::Error& why) {
  log_failure(commit.turn.state.chat.to_string(), "the turn could not be stored", why);
  std::vector<Job> refused;
  while (!consumer.mailbox.empty()) refused.push_back(next_job(consumer));
  auto waiters = std::move(consumer.waiters);
  auto pages = std::move(consumer.pages);
  const auto listeners = std::move(consumer.listeners);
  const auto error = fail(Code::unavailable, "the turn could not be stored; try again");
  evict(consumer);
  for (const Listener& listener : listeners) {
    if (const auto subscriber = listener.subscriber.lock()) subscriber->lost();
  }
  commit.taken(error);
  for (Job& job : refused) job(error);
  for (Waiter& waiter : waiters) tell(std::move(waiter.done), base::Result<Answer>(error));
  for (PageRequest& page : pages) tell(std::move(page.done), base::Result<Snapshot>(error));
  finished_one();
}

void Runtime::Lane::committed(Consumer& consumer, Commit commit, base::Result<int64_t> place) {
  if (!place) return failed(consumer, std::move(commit), place.error());
  // In this order: who answered waits before the answer is handed out, the new state is the state
  // before anyone is told of it, and effects begin before anything follows.
  if (!commit.next) commit.taken(&commit.turn);
  const auto messages = bot_messages(commit.turn, commit.at);
  stored(consumer, commit, *place);
  hand_out(consumer, messages);
  const ToDo wanted = to_do(commit.turn);
  tell_of_turn(consumer, commit.turn);
  tell_listeners(consumer, messages, wanted, commit.at);
  perform(consumer, wanted, commit.owed);
  settle(consumer);
  if (commit.next) {
    take_turn_as_it_stands(consumer, std::move(*commit.next), std::move(commit.taken));
  } else {
    rest(consumer);
  }
  finished_one();
}

// What the record says is what holds from now on.
void Runtime::Lane::stored(Consumer& consumer, Commit& commit, int64_t place) {
  ++consumer.number;
  consumer.since_whole = commit.whole ? 0 : consumer.since_whole + 1;
  consumer.bytes_since_whole = commit.whole ? 0 : consumer.bytes_since_whole + commit.bytes;
  if (commit.whole) consumer.whole_bytes = commit.bytes;
  consumer.chat = std::move(commit.turn.state);
  consumer.program = std::move(commit.program);
  consumer.survey = survey_after(consumer);
  remember(consumer, commit.marks, place);
  keep_timer(consumer);
  unpark(consumer.id);
  weigh(consumer);  // while it is busy, and so cannot leave
}

void Runtime::Lane::rest(Consumer& consumer) {
  consumer.busy = false;
  pump(consumer);
}

void Runtime::Lane::perform(Consumer& consumer, const ToDo& wanted, size_t owed) {
  for (const dialog::Call* call : wanted.calls) call_action(consumer, *call, false);
  for (const auto* awaited : wanted.awaited) await_delivery(consumer.id, awaited->key);
  if (owed > 0) ports_.deliveries.owed(consumer.id, owed);
  if (consumer.survey) begin_survey(consumer.id);
}

SolutionPtr Runtime::Lane::survey_after(const Consumer& consumer) const {
  const dialog::State& state = *consumer.chat;
  const bool is_over = state.phase == Phase::ended && state.end_reason == dialog::kEndCompleted;
  if (!is_over || state.surveyed || !consumer.program || consumer.program->survey.empty()) {
    return nullptr;
  }
  SolutionPtr survey = solutions_.named(consumer.program->survey);
  if (!survey) {
    ports_.log.line(base::Level::warning, state.chat.to_string(),
                    "the survey '" + consumer.program->survey + "' is not served");
  }
  return survey;
}

void Runtime::Lane::begin_survey(base::Id id) {
  submit({id, Priority::consumer, From::inside}, [this](base::Result<Consumer*> found) {
    if (!found) return;  // read back later, the chat counts as ended
    Consumer& consumer = **found;
    const SolutionPtr survey = consumer.survey;
    if (!survey || !consumer.chat) return;
    const dialog::Input input{now(), dialog::Adopted{dialog::Adopted::Why::survey}};
    auto written = take(consumer, survey->program, &input, OnThrow::say,
                        [&] { return dialog::advance(*survey->program, *consumer.chat, input); });
    if (written) {
      commit(consumer, std::move(*written), [](base::Result<const dialog::Turn*>) {});
    } else {
      consumer.survey.reset();
      settle(consumer);
    }
  });
}

void Runtime::Lane::submit_until_taken(base::Id id, std::shared_ptr<const dialog::Input> input,
                                       std::function<void()> over) {
  const auto retry = [this, id, input, over](Code code) {
    if (code != Code::unavailable || draining_) {  // no longer awaited, which is fine
      if (over) over();
      return;
    }
    ports_.lanes.run_after(index_, std::chrono::seconds(1), [this, id, input, over] {
      run([this, id, input, over] { submit_until_taken(id, input, over); });
    });
  };
  submit({id, Priority::consumer, From::inside},
         [this, input, retry, over](base::Result<Consumer*> consumer) {
           if (!consumer) return retry(consumer.error().code);
           take_turn(**consumer, *input, [retry, over](base::Result<const dialog::Turn*> taken) {
             if (!taken) return retry(taken.error().code);
             if (over) over();
           });
         });
}

}  // namespace millrace::runtime
