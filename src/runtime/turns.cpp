// The turns of a lane's consumers: taking one, committing it, telling those who wait or listen,
// and doing what it wants done.
#include <algorithm>

#include "base/text.hpp"
#include "runtime/lane.hpp"
#include "runtime/promises.hpp"
#include "runtime/record.hpp"

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;
using dialog::Phase;

std::vector<Delivery> deliveries_of(const dialog::Turn& turn, const Consumer& consumer) {
  std::vector<Delivery> owed;
  for (const dialog::Effect& effect : turn.effects) {
    const auto* owe = std::get_if<dialog::Owe>(&effect);
    if (owe == nullptr) continue;
    owed.push_back({owe->key, turn.state.consumer, turn.state.chat.to_string(),
                    consumer.program ? consumer.program->solution : std::string(),
                    turn.state.environment, owe->kind, owe->body});
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

// The record's input said this, as far as what is said is kept.
bool said_the_same(std::string_view body, std::string_view key, std::string_view text) {
  const auto kept = [](std::string_view words) {
    return std::string(base::utf8_prefix(base::clean_user_text(words), dialog::kMessageLengthMax));
  };
  const auto input = read_input(body, key);
  if (!input || !*input) return false;
  const auto* said = std::get_if<dialog::Said>(&(*input)->what);
  return said != nullptr && kept(said->text) == kept(text);
}

}  // namespace

void Runtime::Lane::begin_chat(Consumer& consumer, const Solution& solution,
                               const SessionRequest& request, base::Id chat) {
  consumer.program = solution.program;
  const dialog::BrazeUser known = consumer.chat ? consumer.chat->braze : dialog::BrazeUser();
  consumer.chat = dialog::open_chat(*solution.program, {.chat = chat,
                                                        .consumer = consumer.id,
                                                        .environment = ports_.environment,
                                                        .locale = request.locale,
                                                        .user_data = request.user_data,
                                                        .at = now(),
                                                        .braze = known});
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
  commit(consumer, std::move(adopted->first), &adopted->second,
         [this, &consumer, input = std::move(input),
          done = std::move(done)](base::Result<dialog::Turn*> taken) mutable {
           if (taken) {
             take_turn_as_it_stands(consumer, std::move(input), std::move(done));
           } else {
             done(std::unexpected(taken.error()));
           }
         });
}

std::optional<std::pair<dialog::Turn, dialog::Input>> Runtime::Lane::adopt(
    const Consumer& consumer, const dialog::Input& input) {
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
    ports_.log.line(Level::info, state.chat.to_string(),
                    "stays on version " + state.program + ": " + turn.error().message);
    return {};
  }
  return std::pair(std::move(*turn), adopted);
}

void Runtime::Lane::take_turn_as_it_stands(Consumer& consumer, dialog::Input input,
                                           Done<dialog::Turn*> done) {
  auto turn = dialog::advance(*consumer.program, *consumer.chat, input);
  if (!turn) {
    done(std::unexpected(turn.error()));
    return;
  }
  commit(consumer, std::move(*turn), &input, std::move(done));
}

void Runtime::Lane::commit(Consumer& consumer, dialog::Turn turn, const dialog::Input* input,
                           Done<dialog::Turn*> done) {
  MILLRACE_CHECK(consumer.loaded && !consumer.busy);
  const base::Timestamp at = input == nullptr ? now() : input->at;
  const auto* said = input == nullptr ? nullptr : std::get_if<dialog::Said>(&input->what);
  std::string input_id = said == nullptr ? std::string() : said->input_id;
  JournalRecord record{consumer.id, consumer.number + 1,
                       write_record(turn, input, at, ports_.seal_key), is_open(turn.state),
                       deliveries_of(turn, consumer)};
  consumer.busy = true;
  ++under_way_;
  if (!is_kept(Promise::told_when_durable)) {
    ports_.journal.append(std::move(record), [](base::Result<void>) {});
    ports_.lanes.run_on(index_, [this, &consumer, turn = std::move(turn), at,
                                 input_id = std::move(input_id), done = std::move(done)]() mutable {
      committed(consumer, std::move(turn), std::move(input_id), at, {}, std::move(done));
    });
    return;
  }
  ports_.journal.append(
      std::move(record),
      back_here<base::Result<void>>([this, &consumer, turn = std::move(turn), at,
                                     input_id = std::move(input_id),
                                     done = std::move(done)](base::Result<void> result) mutable {
        committed(consumer, std::move(turn), std::move(input_id), at, std::move(result),
                  std::move(done));
      }));
}

void Runtime::Lane::committed(Consumer& consumer, dialog::Turn turn, std::string input_id,
                              base::Timestamp at, base::Result<void> result,
                              Done<dialog::Turn*> done) {
  consumer.busy = false;
  if (!result) {
    ports_.log.line(Level::error, turn.state.chat.to_string(),
                    "the turn could not be stored: " + result.error().describe());
    // Whether it reached the disk is not known: the journal alone can tell.
    auto refused = std::move(consumer.mailbox);
    auto waiters = std::move(consumer.waiters);
    const auto listeners = std::move(consumer.listeners);
    const auto error = fail(Code::unavailable, "the turn could not be stored; try again");
    evict(consumer);
    for (const Listener& listener : listeners) {
      if (const auto subscriber = listener.subscriber.lock()) subscriber->lost();
    }
    done(error);
    for (Job& job : refused) job(error);
    for (Waiter& waiter : waiters) waiter.done(error);
    finished_one();
    return;
  }
  ++consumer.number;
  consumer.chat = turn.state;
  if (!consumer.program || consumer.program->hash != turn.state.program) {
    consumer.program = solutions_.version(turn.state.program);
  }
  remember(consumer, std::move(input_id));
  done(&turn);
  const auto messages = bot_messages(turn, at);
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
    if (const auto* timer = std::get_if<dialog::SetTimer>(&effect)) {
      set_timer(consumer.id, timer->timer);
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
    ports_.log.line(Level::warning, state.chat.to_string(),
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
      commit(consumer, std::move(*turn), &input, [](base::Result<dialog::Turn*>) {});
    } else {
      consumer.survey.reset();
      settle(consumer);
    }
  });
}

void Runtime::Lane::set_timer(base::Id consumer, dialog::Timer timer) {
  const auto delay = std::chrono::milliseconds(std::max<int64_t>(0, timer.due.ms - now().ms));
  ports_.lanes.run_after(index_, delay, [this, consumer, timer] {
    submit_until_taken(consumer, {now(), dialog::TimerDue{timer}});
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

void Runtime::Lane::answer_again(Consumer& consumer, Waiter waiter, std::string text) {
  consumer.busy = true;  // no turn may slip in between what is read and what is still to come
  ++under_way_;
  ports_.journal.read(
      consumer.id, limits_.remembered_records,
      back_here<base::Result<std::vector<JournalRecord>>>(
          [this, &consumer, waiter = std::move(waiter),
           text = std::move(text)](auto records) mutable {
            consumer.busy = false;
            bool is_same = true;
            for (const JournalRecord& record : records ? *records : std::vector<JournalRecord>()) {
              auto turn = read_record(record.body, ports_.seal_key);
              if (!turn) continue;
              if (turn->kind == "said" && turn->input_id == waiter.input_id) {
                is_same = is_same && said_the_same(record.body, ports_.seal_key, text);
              }
              for (ChatMessage& message : turn->messages) {
                if (message.input_id != waiter.input_id) continue;
                waiter.receipt.chat = turn->state.chat;
                if (message.side == Side::consumer) {
                  waiter.receipt.message = message.id;
                  waiter.receipt.sequence = message.sequence;
                } else {
                  waiter.messages.push_back(std::move(message));
                }
              }
            }
            if (records && !is_same) {
              waiter.done(fail(Code::already_exists,
                               "this message id was used for another text already", "message_id"));
            } else if (records) {
              consumer.waiters.push_back(std::move(waiter));
              settle(consumer);
            } else {
              waiter.done(std::unexpected(records.error()));
            }
            pump(consumer);
            finished_one();
          }));
}

void Runtime::Lane::read_history(base::Id consumer, base::Id chat, Done<Snapshot> done) {
  ++under_way_;
  ports_.journal.read(
      consumer, limits_.history_max,
      back_here<base::Result<std::vector<JournalRecord>>>(
          [this, chat, done = std::move(done)](auto records) mutable {
            std::optional<Snapshot> snapshot;
            for (const JournalRecord& record : records ? *records : std::vector<JournalRecord>()) {
              auto turn = read_record(record.body, ports_.seal_key);
              if (!turn || turn->state.chat != chat) continue;
              if (!snapshot) snapshot.emplace();
              std::ranges::move(turn->messages, std::back_inserter(snapshot->messages));
              snapshot->state = std::move(turn->state);
            }
            if (snapshot) {
              if (const auto program = solutions_.version(snapshot->state.program)) {
                snapshot->solution = program->solution;
              }
              std::ranges::sort(snapshot->messages, {}, &ChatMessage::sequence);
              done(std::move(*snapshot));
            } else if (records) {
              done(fail(Code::not_found, "there is no such chat"));
            } else {
              done(std::unexpected(records.error()));
            }
            finished_one();
          }));
}

}  // namespace millrace::runtime
