// A consumer as a lane holds it in memory: its chat, who waits for what, and how much that weighs.
// For the files of this room only.
#pragma once

#include <deque>
#include <list>
#include <vector>

#include "runtime/records/record.hpp"
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

struct WaitingJob {
  Job job;
  size_t bytes = 0;  // what it holds of the consumer's words
};

// Someone who asked for a page of a chat.
struct PageRequest {
  base::Id chat;
  int64_t before = 0;
  Done<Snapshot> done;
  dialog::State state;  // when its reading began
};

struct Consumer {
  base::Id id;
  bool loaded = false;
  // A turn is under way, from its taking until all that follows from it has begun, or the journal
  // is being read for one.
  bool busy = false;
  int64_t number = 0;                            // of the last durable record
  std::optional<dialog::State> chat;             // the latest one, as the last record left it
  std::shared_ptr<const flow::Program> program;  // of that chat; null when not installed
  // Since the last record that can be read alone: how many, and their bytes beside its own.
  int since_whole = 0;
  size_t bytes_since_whole = 0;
  size_t whole_bytes = 0;
  std::deque<MarkedPlace> marked;  // what repeats are recognised by, the oldest first
  std::deque<WaitingJob> mailbox;
  SolutionPtr survey;  // follows at once, the chat having ended
  std::vector<Waiter> waiters;
  std::vector<Listener> listeners;
  std::deque<PageRequest> pages;  // asked for; the first one is being read
  base::Timestamp touched;
  size_t bytes = 0;                      // counted for it among the lane's
  std::list<Consumer*>::iterator place;  // in the lane's order of use
};

// What the turn's sender may know of it.
inline Receipt receipt_of(const dialog::Turn& turn) {
  return {turn.state.chat, message_id(turn.state.chat, turn.said_sequence), turn.said_sequence,
          false};
}

// not_found when the consumer's chat is not the one that is meant.
inline base::Result<void> check_chat(const Consumer& consumer, base::Id chat) {
  if (consumer.chat && consumer.chat->chat == chat) return {};
  return base::fail(base::Code::not_found, "there is no such chat");
}

}  // namespace millrace::runtime
