// Who is told of a turn: those who wait for the answer to what they said, and those who listen.
#include <algorithm>

#include "runtime/lane/lane.hpp"
#include "runtime/lane/measures.hpp"
#include "runtime/typing.hpp"

namespace millrace::runtime {
namespace {

using dialog::Phase;

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

ChatMessage said_by_consumer(base::Id chat, const dialog::TellAgent& said, base::Timestamp at) {
  ChatMessage message;
  message.id = message_id(chat, said.sequence);
  message.sequence = said.sequence;
  message.side = Side::consumer;
  message.content.text = said.text;
  message.input_id = said.input_id;
  message.at = at;
  return message;
}

}  // namespace

TurnTaken Runtime::Lane::told_all(Consumer& consumer, std::string input_id, Done<Answer> done) {
  return [this, &consumer, input_id = std::move(input_id),
          done = std::move(done)](base::Result<const dialog::Turn*> turn) mutable {
    if (turn) {
      consumer.waiters.push_back(
          Waiter{receipt_of(**turn), std::move(input_id), {}, std::move(done)});
    } else {
      tell(std::move(done), base::Result<Answer>(std::unexpected(turn.error())));
    }
  };
}

void Runtime::Lane::hand_out(Consumer& consumer, const std::vector<ChatMessage>& messages) {
  for (const ChatMessage& message : messages) {
    for (Waiter& waiter : consumer.waiters) {
      if (waiter.input_id == message.input_id) waiter.messages.push_back(message);
    }
  }
}

void Runtime::Lane::tell_of_turn(const Consumer& consumer, const dialog::Turn& turn) {
  for (const dialog::Remark& remark : turn.remarks) {
    ports_.log.line(base::Level::warning, consumer.chat->chat.to_string(),
                    "node " + consumer.program->find(remark.node)->id + ": " + remark.message);
  }
  for (const Listener& listener : consumer.listeners) {
    if (listener.chat != consumer.chat->chat) continue;
    if (const auto subscriber = listener.subscriber.lock()) {
      subscriber->turned(turn, *consumer.chat, *consumer.program);
    }
  }
}

void Runtime::Lane::tell_listeners(Consumer& consumer, const std::vector<ChatMessage>& messages,
                                   const ToDo& wanted, base::Timestamp at) {
  measure_turn(ports_.meter, consumer.program->solution, *consumer.chat, wanted.ended != nullptr,
               at, ports_.clock.now());
  if (consumer.listeners.empty()) return;
  const bool started = consumer.chat->turn == 1;
  std::vector<ChatMessage> to_agent;
  for (const auto* said : wanted.to_agent) {
    to_agent.push_back(said_by_consumer(consumer.chat->chat, *said, at));
  }
  std::erase_if(consumer.listeners, [&](const Listener& listener) {
    const auto subscriber = listener.subscriber.lock();
    if (!subscriber) return true;
    if (listener.chat != consumer.chat->chat) return false;
    if (started) subscriber->started();
    // Who comes or goes is told before what is said then; that one is asked for, after it.
    const auto tell_steps = [&](bool comes_or_goes) {
      for (const auto* step : wanted.handed_over) {
        const bool is_asked = step->step == dialog::HandOver::Step::asked;
        if (is_asked != comes_or_goes) subscriber->handed_over(*step);
      }
    };
    tell_steps(true);
    if (!messages.empty()) subscriber->said(messages);
    for (const ChatMessage& message : to_agent) subscriber->heard(message);
    tell_steps(false);
    if (!wanted.calls.empty()) subscriber->typing(true);
    // What a survey follows on has not ended for the consumer.
    if (wanted.ended != nullptr && !consumer.survey) subscriber->ended(wanted.ended->reason);
    return false;
  });
}

void Runtime::Lane::settle(Consumer& consumer) {
  std::vector<Waiter> settled;
  std::erase_if(consumer.waiters, [&](Waiter& waiter) {
    if (is_unsettled(consumer, waiter.input_id, now())) return false;
    settled.push_back(std::move(waiter));
    return true;
  });
  for (Waiter& waiter : settled) {
    tell(std::move(waiter.done),
         base::Result<Answer>(Answer{std::move(waiter.receipt), std::move(waiter.messages)}));
  }
}

void Runtime::Lane::drop_gone_listeners(Consumer& consumer) {
  std::erase_if(consumer.listeners,
                [](const Listener& listener) { return listener.subscriber.expired(); });
}

void Runtime::type(base::Id id, base::Id chat, bool is_typing,
                   std::weak_ptr<Subscriber> told_through) {
  if (ports_.typing != nullptr) ports_.typing->note(chat, is_typing);
  Lane& lane = home(id);
  lane.run_here([&lane, id, chat, is_typing, told_through = std::move(told_through)] {
    const Consumer* consumer = lane.in_memory(id);
    if (consumer == nullptr) return;  // then nobody listens
    const auto teller = told_through.lock();
    for (const Listener& listener : consumer->listeners) {
      const auto subscriber = listener.subscriber.lock();
      if (!subscriber || subscriber == teller || listener.chat != chat) continue;
      subscriber->consumer_typing(is_typing);
    }
  });
}

}  // namespace millrace::runtime
