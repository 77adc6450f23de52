// The turns of a lane's consumers: taking one, committing it, telling those who wait or listen,
// and doing what it wants done.
#include <algorithm>

#include "runtime/lane.hpp"
#include "runtime/promises.hpp"
#include "runtime/record.hpp"

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;
using dialog::Phase;

std::vector<Delivery> deliveries_of(const dialog::Turn& turn, const flow::Program* program) {
  std::vector<Delivery> owed;
  for (const dialog::Effect& effect : turn.effects) {
    const auto* owe = std::get_if<dialog::Owe>(&effect);
    if (owe == nullptr) continue;
    owed.push_back({owe->key, turn.state.consumer, turn.state.chat.to_string(),
                    program != nullptr ? program->solution : std::string(), turn.state.environment,
                    owe->kind, owe->body});
  }
  return owed;
}

// A longer pause between two messages is not worth a held request.
constexpr int64_t kPauseWaitedForMs = 10'000;

// More will be said in answer to this input.
bool is_unsettled(const Consumer& consumer, std::string_view input_id, base::Timestamp now) {
  if (!consumer.chat) return false;
  if (consumer.survey) return consumer.chat->answering == input_id;
  const Phase phase = consumer.chat->phase;
  const auto& timer = consumer.chat->timer;
  const bool goes_on_soon =
      phase == Phase::paused && timer && timer->due.ms - now.ms <= kPauseWaitedForMs;
  const bool runs = phase == Phase::calling && !consumer.chat->call->left_pending;
  if (!runs && !goes_on_soon) return false;
  if (consumer.chat->answering == input_id) return true;
  return std::ranges::any_of(consumer.chat->held, [&](const dialog::HeldMessage& held) {
    return held.input_id == input_id;
  });
}

// Whether a change suffices for the next record, or a whole state is due: when what has to be read
// for it is several times what it would take to write it anew.
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
  const dialog::BrazeUser known = consumer.chat ? consumer.chat->braze : dialog::BrazeUser();
  return {solution.program, dialog::open_chat(*solution.program, {.chat = chat,
                                                                  .consumer = consumer.id,
                                                                  .environment = ports_.environment,
                                                                  .locale = request.locale,
                                                                  .user_data = request.user_data,
                                                                  .at = now(),
                                                                  .braze = known})};
}

void Runtime::Lane::take_first_turn(Consumer& consumer, Standing chat, dialog::Input input,
                                    Done<dialog::Turn*> done) {
  auto turn = dialog::advance(*chat.program, std::move(chat.state), input);
  if (!turn) {
    done(std::unexpected(turn.error()));
    return;
  }
  commit(consumer, std::move(chat.program), std::move(*turn), &input, std::move(done));
}

void Runtime::Lane::take_turn(Consumer& consumer, dialog::Input input, Done<dialog::Turn*> done) {
  if (!consumer.chat) {
    done(fail(Code::not_found, "there is no such chat"));
    return;
  }
  if (!consumer.program) {
    done(fail(Code::data_loss, "version " + consumer.chat->program + " is no longer installed"));
    return;
  }
  auto adopted = adopt(consumer, input);
  if (!adopted) {
    take_turn_as_it_stands(consumer, std::move(input), std::move(done));
    return;
  }
  // One that begins again has yet to be started, which what the consumer says does.
  if (auto* said = std::get_if<dialog::Said>(&input.what)) said->starts = true;
  commit(consumer, std::move(adopted->program), std::move(adopted->turn), &adopted->input,
         [this, &consumer, input = std::move(input),
          done = std::move(done)](base::Result<dialog::Turn*> taken) mutable {
           if (taken) {
             take_turn_as_it_stands(consumer, std::move(input), std::move(done));
           } else {
             done(std::unexpected(taken.error()));
           }
         });
}

std::optional<Adoption> Runtime::Lane::adopt(const Consumer& consumer, const dialog::Input& input) {
  const dialog::State& state = *consumer.chat;
  const bool by_consumer = std::holds_alternative<dialog::Said>(input.what) ||
                           std::holds_alternative<dialog::Started>(input.what);
  if (!by_consumer || state.phase == Phase::calling || state.phase == Phase::ended) return {};
  const SolutionPtr latest = solutions_.named(consumer.program->solution);
  if (!latest || latest->on_live == OnLive::pin || latest->program->hash == state.program) {
    return {};
  }
  using Why = dialog::Adopted::Why;
  const bool migrates = latest->on_live == OnLive::migrate;
  const dialog::Input adopted{input.at, dialog::Adopted{migrates ? Why::migrated : Why::restarted}};
  auto fresh = migrates ? dialog::migrate(*consumer.program, *latest->program, state)
                        : dialog::begin_again(*latest->program, state);
  auto turn = fresh ? dialog::advance(*latest->program, std::move(*fresh), adopted)
                    : std::unexpected(fresh.error());
  if (!turn) {
    ports_.log.line(base::Level::info, state.chat.to_string(),
                    "stays on version " + state.program + ": " + turn.error().message);
    return {};
  }
  return Adoption{latest->program, std::move(*turn), adopted};
}

void Runtime::Lane::take_turn_as_it_stands(Consumer& consumer, dialog::Input input,
                                           Done<dialog::Turn*> done) {
  auto turn = dialog::advance(*consumer.program, *consumer.chat, input);
  if (!turn) {
    done(std::unexpected(turn.error()));
    return;
  }
  commit(consumer, consumer.program, std::move(*turn), &input, std::move(done));
}

void Runtime::Lane::commit(Consumer& consumer, std::shared_ptr<const flow::Program> program,
                           dialog::Turn turn, const dialog::Input* input,
                           Done<dialog::Turn*> done) {
  MILLRACE_CHECK(consumer.loaded && !consumer.busy);
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
      .deliveries = deliveries_of(turn, program.get())};
  consumer.busy = true;
  ++under_way_;
  auto then = back_here<base::Result<int64_t>>(
      [this, &consumer,
       commit = Commit{std::move(program), std::move(turn), at, record.marks, whole,
                       record.body.size(), std::move(done)}](auto place) mutable {
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
  commit.done(error);
  for (Job& job : refused) job(error);
  for (Waiter& waiter : waiters) waiter.done(error);
  for (PageRequest& page : pages) page.done(error);
  finished_one();
}

void Runtime::Lane::committed(Consumer& consumer, Commit commit, base::Result<int64_t> place) {
  if (!place) {
    failed(consumer, std::move(commit), place.error());
    return;
  }
  dialog::Turn& turn = commit.turn;
  ++consumer.number;
  consumer.since_whole = commit.whole ? 0 : consumer.since_whole + 1;
  consumer.bytes_since_whole = commit.whole ? 0 : consumer.bytes_since_whole + commit.bytes;
  if (commit.whole) consumer.whole_bytes = commit.bytes;
  consumer.chat = turn.state;
  consumer.program = std::move(commit.program);
  remember(consumer, commit.marks, *place);
  keep_timer(consumer);
  weigh(consumer);  // while it is busy, and so cannot leave
  consumer.busy = false;
  commit.done(&turn);
  const auto messages = bot_messages(turn, commit.at);
  for (const ChatMessage& message : messages) {
    for (Waiter& waiter : consumer.waiters) {
      if (waiter.input_id == message.input_id) waiter.messages.push_back(message);
    }
  }
  consumer.survey = survey_after(consumer, turn);
  tell_listeners(consumer, messages, turn);
  perform(consumer, turn);
  settle(consumer);
  pump(consumer);
  finished_one();
}

void Runtime::Lane::perform(Consumer& consumer, const dialog::Turn& turn) {
  size_t owed = 0;
  for (const dialog::Effect& effect : turn.effects) {
    if (std::holds_alternative<dialog::Owe>(effect)) ++owed;
    if (const auto* call = std::get_if<dialog::Call>(&effect)) call_action(consumer, *call, false);
    if (const auto* awaited = std::get_if<dialog::AwaitDelivery>(&effect)) {
      await_delivery(consumer.id, awaited->key);
    }
  }
  if (owed > 0) ports_.deliveries.owed(consumer.id, owed);
  if (consumer.survey) begin_survey(consumer.id);
}

SolutionPtr Runtime::Lane::survey_after(const Consumer& consumer, const dialog::Turn& turn) const {
  const dialog::State& state = turn.state;
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
  submit(id, From::inside, [this](base::Result<Consumer*> found) {
    if (!found) return;  // read back later, the chat counts as ended
    Consumer& consumer = **found;
    const SolutionPtr survey = consumer.survey;
    if (!survey || !consumer.chat) return;
    const dialog::Input input{now(), dialog::Adopted{dialog::Adopted::Why::survey}};
    auto turn = dialog::advance(*survey->program, *consumer.chat, input);
    if (turn) {
      commit(consumer, survey->program, std::move(*turn), &input,
             [](base::Result<dialog::Turn*>) {});
    } else {
      consumer.survey.reset();
      settle(consumer);
    }
  });
}

void Runtime::Lane::submit_until_taken(base::Id id, dialog::Input input) {
  submit(id, From::inside,
         [this, id, input = std::move(input)](base::Result<Consumer*> consumer) mutable {
           const auto retry = [this, id, input](base::Code code) {
             if (code != Code::unavailable || draining_)
               return;  // no longer awaited, which is fine
             ports_.lanes.run_after(index_, std::chrono::seconds(1),
                                    [this, id, input] { submit_until_taken(id, input); });
           };
           if (!consumer) {
             retry(consumer.error().code);
             return;
           }
           take_turn(**consumer, input, [retry](base::Result<dialog::Turn*> taken) {
             if (!taken) retry(taken.error().code);
           });
         });
}

void Runtime::Lane::tell_listeners(Consumer& consumer, const std::vector<ChatMessage>& messages,
                                   const dialog::Turn& turn) {
  if (consumer.listeners.empty()) return;
  bool started = turn.state.turn == 1;
  bool calls = false;
  const dialog::Ended* ended = nullptr;
  for (const dialog::Effect& effect : turn.effects) {
    if (std::holds_alternative<dialog::Call>(effect)) calls = true;
    if (const auto* end = std::get_if<dialog::Ended>(&effect)) ended = end;
  }
  std::erase_if(consumer.listeners, [&](const Listener& listener) {
    const auto subscriber = listener.subscriber.lock();
    if (!subscriber) return true;
    if (listener.chat != turn.state.chat) return false;
    if (started) subscriber->started();
    if (!messages.empty()) subscriber->said(messages);
    if (calls) subscriber->typing(true);
    // What a survey follows on has not ended for the consumer.
    if (ended != nullptr && !consumer.survey) subscriber->ended(ended->reason);
    return false;
  });
}

Consumer* Runtime::Lane::in_memory(base::Id consumer) {
  const auto found = consumers_.find(consumer);
  return found == consumers_.end() ? nullptr : found->second.get();
}

void Runtime::Lane::drop_gone_listeners(Consumer& consumer) {
  std::erase_if(consumer.listeners,
                [](const Listener& listener) { return listener.subscriber.expired(); });
}

void Runtime::Lane::settle(Consumer& consumer) {
  std::vector<Waiter> settled;
  std::erase_if(consumer.waiters, [&](Waiter& waiter) {
    if (is_unsettled(consumer, waiter.input_id, now())) return false;
    settled.push_back(std::move(waiter));
    return true;
  });
  for (Waiter& waiter : settled) {
    waiter.done(Answer{std::move(waiter.receipt), std::move(waiter.messages)});
  }
}

}  // namespace millrace::runtime
