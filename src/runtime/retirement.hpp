// What is past its retention leaves the journal by these; `app` decides when, `storage` does it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/ports.hpp"

namespace millrace::runtime {

struct Retirement {
  enum class How {
    whole,    // all that is kept of the consumer, unless something is owed for them still
    through,  // the records of a chat that is not their last one, and those before it
    alone,    // all records; one takes their place that has the number of the last of them
  };
  base::Id consumer;
  int64_t last = 0;  // place of the last record of the chat that this is about
  How how = How::whole;
  std::string body;  // alone: of the record that stays
  ChatFacts facts;   // alone: of the chat
};

enum class Retired {
  done,
  partly,   // some of it is gone; the same again goes on
  changed,  // nothing was done: they have gone on meanwhile, or something is due or owed for them
};

class Retirements {
 public:
  using Done = std::move_only_function<void(base::Result<Retired>)>;
  virtual ~Retirements() = default;
  // Takes it out of the tables, overwriting it. The caller sees to it that the consumer is not in
  // memory (Runtime::when_at_rest). `done` is called once, when it is durable, on a thread of the
  // journal's. Thread-safe.
  virtual void retire(Retirement what, Done done) = 0;
};

// The body of a record that holds what the consumer's state knows, and no words of theirs but what
// is in its variables; of the records that make the state (Archive::tail). data_loss when they
// cannot be read.
base::Result<std::string> state_alone(const std::vector<JournalRecord>& tail, std::string_view key);
// Whether the body is such a record, or otherwise of a turn in which nothing was said.
bool is_state_alone(std::string_view body);

}  // namespace millrace::runtime
