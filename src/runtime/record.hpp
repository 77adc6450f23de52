// How one turn is written in the journal, and read back. JSON:
//   {"at": ms, "in": {"k": kind, ...}, "out": [messages], "state": {...}}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialog/dialog.hpp"
#include "runtime/runtime.hpp"

namespace millrace::runtime {

struct TurnRecord {
  base::Timestamp at;
  std::string kind;                   // "open", "start", "said", "call", "due", "end"
  std::string input_id;               // of a "said"; else ""
  std::vector<ChatMessage> messages;  // the consumer's first, then the bot's
  dialog::State state;
};

// Writes a turn that has just been taken. `input` is nullptr for the opening of a session.
std::string write_record(const dialog::Turn& turn, const dialog::Input* input, base::Timestamp at);
base::Result<TurnRecord> read_record(std::string_view body);

// The bot's messages among a turn's effects.
std::vector<ChatMessage> bot_messages(const dialog::Turn& turn, base::Timestamp at);

// The state still waits for something that comes by itself.
bool is_open(const dialog::State& state);

}  // namespace millrace::runtime
