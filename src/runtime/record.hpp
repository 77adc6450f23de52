// How one turn is written in the journal, and read back. JSON:
//   {"at": ms, "in": {"k": kind, ...}, "out": [messages], "tracked": [events], "state": {...},
//    "sealed": what must not be read in the file: secure answers, and the input that held one}
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
// `key` seals what must not be kept in clear (base/seal.hpp).
std::string write_record(const dialog::Turn& turn, const dialog::Input* input, base::Timestamp at,
                         std::string_view key);
base::Result<TurnRecord> read_record(std::string_view body, std::string_view key);

// What came in, as it was: for replaying. nullopt for an opening.
base::Result<std::optional<dialog::Input>> read_input(std::string_view body, std::string_view key);

// The bot's messages among a turn's effects.
std::vector<ChatMessage> bot_messages(const dialog::Turn& turn, base::Timestamp at);

// The state still waits for something that comes by itself.
bool is_open(const dialog::State& state);

}  // namespace millrace::runtime
