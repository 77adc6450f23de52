#include "runtime/lane.hpp"

#include <algorithm>
#include <array>

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;
using dialog::Phase;

dialog::CallEnd call_end_of(ActionOutcome::Kind kind) {
  switch (kind) {
    case ActionOutcome::Kind::returned: return dialog::CallEnd::returned;
    case ActionOutcome::Kind::raised: return dialog::CallEnd::raised;
    case ActionOutcome::Kind::timed_out: return dialog::CallEnd::timed_out;
    case ActionOutcome::Kind::crashed: return dialog::CallEnd::crashed;
    case ActionOutcome::Kind::refused: return dialog::CallEnd::refused;
    case ActionOutcome::Kind::unknown: return dialog::CallEnd::unknown;
  }
  return dialog::CallEnd::crashed;
}

// More will be said in answer to this input.
bool is_unsettled(const Consumer& consumer, std::string_view input_id) {
  if (!consumer.chat || consumer.chat->phase != Phase::calling) return false;
  if (consumer.chat->answering == input_id) return true;
  return std::ranges::any_of(consumer.chat->held, [&](const dialog::HeldMessage& held) {
    return held.input_id == input_id;
  });
}

}  // namespace

Runtime::Lane::Lane(size_t index, size_t hot_max, const Ports& ports, const Solutions& solutions,
                    const Limits& limits)
    : index_(index), hot_max_(hot_max), ports_(ports), solutions_(solutions), limits_(limits) {}

base::Id Runtime::Lane::new_id() {
  std::array<uint8_t, 10> random{};
  ports_.random.fill(random);
  return base::Id::version7(now(), random);
}

void Runtime::Lane::submit(base::Id id, From from, Job job) {
  if (draining_ && from == From::outside) {
    job(fail(Code::unavailable, "the server is shutting down"));
    return;
  }
  Consumer& consumer = find_or_read(id);
  if (from == From::outside && consumer.mailbox.size() >= limits_.mailbox_max) {
    job(fail(Code::resource_exhausted, "too many messages at once; wait for an answer"));
    return;
  }
  touch(consumer);
  consumer.mailbox.push_back(std::move(job));
  pump(consumer);
}

Consumer& Runtime::Lane::find_or_read(base::Id id) {
  const auto found = consumers_.find(id);
  if (found != consumers_.end()) return *found->second;
  auto owned = std::make_unique<Consumer>();
  Consumer& consumer = *owned;
  consumer.id = id;
  consumer.place = by_use_.insert(by_use_.begin(), &consumer);
  consumers_.emplace(id, std::move(owned));
  hot_.store(consumers_.size(), std::memory_order_relaxed);
  consumer.busy = true;
  ++under_way_;
  ports_.journal.read(
      id, limits_.remembered_records,
      back_here<base::Result<std::vector<JournalRecord>>>(
          [this, &consumer](auto records) { loaded(consumer, std::move(records)); }));
  if (consumers_.size() > hot_max_) evict_least_used();
  return consumer;
}

void Runtime::Lane::loaded(Consumer& consumer, base::Result<std::vector<JournalRecord>> records) {
  consumer.busy = false;
  auto restored = records ? restore(consumer, *records) : std::unexpected(records.error());
  if (!restored) {
    ports_.log.line(Level::error, consumer.id.to_string(),
                    "cannot be read back: " + restored.error().describe());
    auto refused = std::move(consumer.mailbox);
    evict(consumer);  // so that the next request tries again
    for (Job& job : refused) job(std::unexpected(restored.error()));
    finished_one();
    return;
  }
  consumer.loaded = true;
  if (consumer.chat && consumer.program) {
    // What a former run left open. Its action may or may not have happened.
    if (consumer.chat->phase == Phase::calling) {
      call_action(consumer, dialog::pending_call(*consumer.program, *consumer.chat), true);
    }
    if (consumer.chat->opening_due) set_opening_timer(consumer.id, *consumer.chat->opening_due);
  }
  pump(consumer);
  finished_one();
}

base::Result<void> Runtime::Lane::restore(Consumer& consumer,
                                          const std::vector<JournalRecord>& records) {
  for (const JournalRecord& record : records) {
    auto turn = read_record(record.body);
    if (!turn) return std::unexpected(turn.error());
    consumer.number = record.number;
    remember(consumer, std::move(turn->input_id));
    consumer.chat = std::move(turn->state);
  }
  if (consumer.chat) consumer.program = solutions_.version(consumer.chat->program);
  return {};
}

void Runtime::Lane::remember(Consumer& consumer, std::string input_id) {
  if (input_id.empty() || !consumer.inputs.insert(input_id).second) return;
  consumer.inputs_by_age.push_back(std::move(input_id));
  if (consumer.inputs_by_age.size() <= limits_.remembered_records) return;
  consumer.inputs.erase(consumer.inputs_by_age.front());
  consumer.inputs_by_age.pop_front();
}

void Runtime::Lane::pump(Consumer& consumer) {
  while (consumer.loaded && !consumer.busy && !consumer.mailbox.empty()) {
    Job job = std::move(consumer.mailbox.front());
    consumer.mailbox.pop_front();
    job(&consumer);
  }
}

void Runtime::Lane::begin_chat(Consumer& consumer, const Solution& solution,
                               const SessionRequest& request, base::Id chat) {
  consumer.program = solution.program;
  consumer.chat = dialog::open_chat(*solution.program,
                                    {chat, consumer.id, request.locale, request.user_data, now()});
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
  JournalRecord record{consumer.id, consumer.number + 1, write_record(turn, input, at),
                       is_open(turn.state)};
  consumer.busy = true;
  ++under_way_;
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
  remember(consumer, std::move(input_id));
  done(&turn);
  const auto messages = bot_messages(turn, at);
  for (const ChatMessage& message : messages) {
    for (Waiter& waiter : consumer.waiters) {
      if (waiter.input_id == message.input_id) waiter.messages.push_back(message);
    }
  }
  tell_listeners(consumer, messages, turn);
  perform(consumer, turn);
  settle(consumer);
  pump(consumer);
  finished_one();
}

void Runtime::Lane::perform(Consumer& consumer, const dialog::Turn& turn) {
  for (const dialog::Effect& effect : turn.effects) {
    if (const auto* call = std::get_if<dialog::Call>(&effect)) call_action(consumer, *call, false);
    if (const auto* timer = std::get_if<dialog::SetOpeningTimer>(&effect)) {
      set_opening_timer(consumer.id, timer->due);
    }
  }
}

void Runtime::Lane::call_action(Consumer& consumer, dialog::Call call, bool uncertain) {
  ActionCall request;
  request.version = consumer.program->hash;
  request.command = std::move(call.command);
  request.chat_id = consumer.chat->chat.to_string();
  request.idempotency_key = call.key;
  request.payload = std::move(call.payload);
  request.env_values = std::move(call.env_values);
  request.context = std::move(call.context);
  request.uncertain = uncertain;
  request.time_limit = std::chrono::milliseconds(consumer.program->action_time_limit_ms);
  ++under_way_;
  ports_.actions.call(std::move(request),
                      back_here<ActionOutcome>([this, id = consumer.id, key = std::move(call.key)](
                                                   ActionOutcome outcome) mutable {
                        call_ended(id, std::move(key), std::move(outcome));
                        finished_one();
                      }));
}

void Runtime::Lane::call_ended(base::Id consumer, std::string key, ActionOutcome outcome) {
  if (draining_ && outcome.kind == ActionOutcome::Kind::refused) {
    return;  // it never ran; the next start runs it
  }
  submit_until_taken(
      consumer, {now(), dialog::CallEnded{std::move(key), call_end_of(outcome.kind),
                                          std::move(outcome.result), std::move(outcome.message)}});
}

void Runtime::Lane::set_opening_timer(base::Id consumer, base::Timestamp due) {
  const auto delay = std::chrono::milliseconds(std::max<int64_t>(0, due.ms - now().ms));
  ports_.lanes.run_after(index_, delay, [this, consumer] {
    submit_until_taken(consumer, {now(), dialog::OpeningDue{}});
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
    if (ended != nullptr) subscriber->ended(ended->reason);
    return false;
  });
}

void Runtime::Lane::settle(Consumer& consumer) {
  std::vector<Waiter> settled;
  std::erase_if(consumer.waiters, [&](Waiter& waiter) {
    if (is_unsettled(consumer, waiter.input_id)) return false;
    settled.push_back(std::move(waiter));
    return true;
  });
  for (Waiter& waiter : settled) {
    waiter.done(Answer{std::move(waiter.receipt), std::move(waiter.messages)});
  }
}

void Runtime::Lane::answer_again(Consumer& consumer, Waiter waiter) {
  consumer.busy = true;  // no turn may slip in between what is read and what is still to come
  ++under_way_;
  ports_.journal.read(
      consumer.id, limits_.remembered_records,
      back_here<base::Result<std::vector<JournalRecord>>>(
          [this, &consumer, waiter = std::move(waiter)](auto records) mutable {
            consumer.busy = false;
            for (const JournalRecord& record : records ? *records : std::vector<JournalRecord>()) {
              auto turn = read_record(record.body);
              if (!turn) continue;
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
            if (records) {
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
              auto turn = read_record(record.body);
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

void Runtime::Lane::touch(Consumer& consumer) {
  consumer.touched = now();
  by_use_.splice(by_use_.begin(), by_use_, consumer.place);
}

bool Runtime::Lane::is_evictable(const Consumer& consumer) const {
  const bool waits_for_itself = consumer.chat && is_open(*consumer.chat);
  return !consumer.busy && consumer.mailbox.empty() && consumer.waiters.empty() &&
         !waits_for_itself && std::ranges::all_of(consumer.listeners, [](const Listener& listener) {
           return listener.subscriber.expired();
         });
}

void Runtime::Lane::evict(Consumer& consumer) {
  by_use_.erase(consumer.place);
  consumers_.erase(consumer.id);
  hot_.store(consumers_.size(), std::memory_order_relaxed);
}

void Runtime::Lane::evict_least_used() {
  // A bounded look from the cold end: those who cannot leave now will be passed again.
  constexpr int kLooks = 16;
  auto at = by_use_.end();
  for (int look = 0; look < kLooks && at != by_use_.begin(); ++look) {
    Consumer* candidate = *--at;
    if (!is_evictable(*candidate)) continue;
    evict(*candidate);
    return;
  }
}

void Runtime::Lane::start_sweeping() {
  constexpr std::chrono::seconds kEvery{30};
  ports_.lanes.run_after(index_, kEvery, [this] {
    sweep();
    start_sweeping();
  });
}

void Runtime::Lane::sweep() {
  const int64_t oldest = now().ms - limits_.idle_max.count();
  for (auto at = by_use_.end(); at != by_use_.begin();) {
    Consumer* candidate = *--at;
    if (candidate->touched.ms > oldest) return;
    if (!is_evictable(*candidate)) continue;
    ++at;
    evict(*candidate);
  }
}

void Runtime::Lane::drain(Task idle) {
  draining_ = true;
  idle_ = std::move(idle);
  ++under_way_;
  finished_one();
}

void Runtime::Lane::finished_one() {
  --under_way_;
  if (draining_ && under_way_ == 0 && idle_) std::exchange(idle_, nullptr)();
}

}  // namespace millrace::runtime
