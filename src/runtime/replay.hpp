// Turns made anew from what came in: what a chat goes on from on another program, and whether its
// records come out as they are stored. Pure; nothing is stored or performed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/records/record.hpp"

namespace millrace::runtime {

// The state from which a chat goes on with the program `to`: as it is where a survey follows, moved
// where it migrates, a new one where it begins again. failed_precondition: it cannot migrate.
base::Result<dialog::State> adopt(const flow::Program& from, const flow::Program& to,
                                  const dialog::State& state, dialog::Adopted::Why why);

// Takes the records of a consumer, or of one chat from its first record on, and makes each turn
// anew.
class Replay {
 public:
  using Program = std::shared_ptr<const flow::Program>;
  // The version with that hash; data_loss or not_found where it cannot be had.
  using FindProgram = std::function<base::Result<Program>(const std::string& hash)>;

  // `known` is how the consumer was known in the chat before the first record.
  Replay(const std::string& key, FindProgram find, dialog::KnownAs known = {})
      : key_(key), find_(std::move(find)), reader_(key), known_(std::move(known)) {}

  // What is different about the turn, made anew, in the form in which the record was written;
  // nullopt when nothing is, byte for byte. Nothing can be taken after a difference. data_loss: the
  // record, or a version it stands on, cannot be read.
  base::Result<std::optional<std::string>> take(const JournalRecord& record);
  // Of the chat, as the record taken last has it.
  int64_t turn() const { return turn_; }

 private:
  // What the input finds: the chat as it is, as it is opened, or as it goes on with `program`.
  base::Result<dialog::State> before(const flow::Program& program, const dialog::State& stored,
                                     const dialog::Input& input) const;

  const std::string key_;
  const FindProgram find_;
  StateReader reader_;
  dialog::KnownAs known_;
  std::optional<dialog::State> state_;  // as the record before this one left it
  int64_t turn_ = 0;
};

}  // namespace millrace::runtime
