// What a model read in a message. It comes in with the message, and is recorded with the turn, so
// that a turn can be made again without the model. Pure data, and the interface of who reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace millrace::flow {
struct Program;
}

namespace millrace::dialog {

struct State;

inline constexpr size_t kGuessesMax = 3;
inline constexpr size_t kEntitiesMax = 16;       // of one message
inline constexpr size_t kEntityBytesMax = 256;   // of a value; longer ones are left out
inline constexpr size_t kEntityReadingsMax = 4;  // values that one entity may have

struct Guess {
  std::string intent;
  int permille = 0;  // how probable it is, of a thousand
  bool operator==(const Guess&) const = default;
};

// A part of the message: of a slot that the solution's examples or lists have, or of a kind that is
// built in (nlu/entities).
struct Entity {
  std::string name;                 // of the slot or the kind
  std::vector<std::string> values;  // in one form each; several where it reads several ways
  bool operator==(const Entity&) const = default;
};

struct Understood {
  std::vector<Guess> guesses;    // the most probable first
  bool is_in_scope = false;      // the first is probable enough for the model to act on
  bool is_close = false;         // the second is nearly as probable
  int known_permille = 0;        // of the words, those that the examples have
  std::vector<Entity> entities;  // in the order of the message
  bool operator==(const Understood&) const = default;
};

// Whoever has the model of one version. Any number of threads may ask; the time that it takes is
// bounded by the length of what is looked at.
class Reader {
 public:
  virtual ~Reader() = default;
  // `locale` is a BCP 47 tag, `today` the day it is where the person is. nullopt: it cannot say.
  virtual std::optional<Understood> read(std::string_view text, std::string_view locale,
                                         base::Date today) const noexcept = 0;
};

// What the reader, which may be null, makes of a text; nullopt where it does not matter: nothing is
// asked, what answers is masked or pressed, or the question does not want it (`NLU Disabled?`).
std::optional<Understood> understand(const flow::Program& program, const State& state,
                                     std::string_view text, base::Timestamp at,
                                     const Reader* reader);

}  // namespace millrace::dialog
