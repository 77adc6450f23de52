// How one turn is written in the journal, and read back. JSON:
//   {"v": 1, "at": ms, "in": {"k": kind, ...}, "out": [messages], "tracked": [events],
//    "owed": [keys], "state": {...}, "sealed": what must not be read in the file: secure answers,
//    and the input that held one}
// A record is whole, or says in "since" how many records after the last whole one it comes: then
// its state (and the sealed part of that) is what has changed (base/json_change.hpp), beside
// "consumer" and "chat". So a message costs about its own bytes, however much its chat remembers.
// What a record says once is not said again: a text that is what the consumer has just said, and an
// id that is the input's, stand as `true` ("re" of a message, "answering", variables, answers); a
// message without "seq" has the number after the one before it, and a change without it leaves
// the state at the last message's. A record without "v" is of version 0 (record_v0.hpp).
// Whatever is not understood (a word, a missing member, a later version) is data_loss, never a
// guess.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/dialog.hpp"
#include "runtime/runtime.hpp"

namespace millrace::runtime {

inline constexpr int kRecordVersion = 1;

struct TurnRecord {
  base::Timestamp at;
  std::string kind;      // "open", "start", "said", "call", "due", "event", "adopted", "end",
                         // "offered", "joined", "agent_said", "left", "no_agent"
  std::string input_id;  // of a "said"; else ""
  base::Id chat;
  std::vector<ChatMessage> messages;  // the consumer's first, then the bot's
  // What a model read in the consumer's, where that is not sealed.
  std::optional<dialog::Understood> understood;
};

// Writes a turn that has just been taken. `input` is nullptr for the opening of a session.
// `key` seals what must not be kept in clear (base/seal.hpp). With `before`, the state that the
// consumer's last record left, only what has changed is written; `since` is then 1, 2, 3, ...
// `version` is that of the form: 0 gives the bytes that a build of that time would have written,
// for comparing; nothing of it is stored any more.
std::string write_record(const dialog::Turn& turn, const dialog::Input* input, base::Timestamp at,
                         std::string_view key, const dialog::State* before = nullptr, int since = 0,
                         int version = kRecordVersion);
// All but the state. Given the journal's record rather than its body alone, this and the others
// below name the consumer and the number where one cannot be read.
base::Result<TurnRecord> read_record(std::string_view body);
base::Result<TurnRecord> read_record(const JournalRecord& record);

// What came in, as it was: for replaying. nullopt for an opening.
base::Result<std::optional<dialog::Input>> read_input(std::string_view body, std::string_view key);
base::Result<std::optional<dialog::Input>> read_input(const JournalRecord& record,
                                                      std::string_view key);

// A consumer's state, record by record from a whole one on.
class StateReader {
 public:
  explicit StateReader(std::string key) : key_(std::move(key)) {}

  // data_loss when the record is not readable, or is not the one that follows; changes of one
  // version do not follow a whole record of another.
  base::Result<void> take(std::string_view body);
  base::Result<void> take(const JournalRecord& record);
  // As the record taken last left it. At least one must have been taken.
  base::Result<dialog::State> state() const;
  // How many records were taken since the last whole one, and the bytes of their bodies.
  int since() const { return since_; }
  size_t bytes_since() const { return bytes_since_; }
  // The bytes of the last whole record's body.
  size_t whole_bytes() const { return whole_bytes_; }
  // The form of the record taken last.
  int version() const { return version_; }

 private:
  const std::string key_;
  json::object state_;
  json::object sealed_;
  int since_ = -1;  // nothing has been taken
  int version_ = kRecordVersion;
  std::string where_;  // the record taken last
  size_t bytes_since_ = 0;
  size_t whole_bytes_ = 0;
};

// The state that the last of these records left, the first of which is a whole one. At least one.
base::Result<dialog::State> state_after(const std::vector<JournalRecord>& records,
                                        std::string_view key);

// What the bot, or an agent, says: the messages among a turn's effects.
std::vector<ChatMessage> bot_messages(const dialog::Turn& turn, base::Timestamp at);

// When something comes by itself: JournalRecord::due.
std::optional<base::Timestamp> due_of(const dialog::State& state);

// Stands for a message id in the journal.
InputMark mark_of(std::string_view input_id);
// Of the ids whose texts or answers the turn holds, each once.
std::vector<InputMark> marks_of(const dialog::Turn& turn, const dialog::Input* input);

// The same from a record, for those that were written before marks were.
std::vector<InputMark> marks_in(std::string_view body);

// What a list of chats shows of the chat, as this turn leaves it.
ChatFacts facts_of(const dialog::Turn& turn, base::Timestamp at, std::string_view solution);
// The same from a record, with what it does not say left empty: the solution always, and in a
// change the version, the phase and the beginning where they are as before. nullopt when it is no
// turn.
std::optional<ChatFacts> facts_in(std::string_view body);

}  // namespace millrace::runtime
