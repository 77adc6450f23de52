// What people mean, learned from a solution's own examples: which intent a text has, or none of
// them, with probabilities, and why. Pure and deterministic: the same examples and seed give the
// same model to the byte on any machine, and the same text the same answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace millrace::nlu {

// ---- learning

// A part of an example that is an entity: bytes of the text, half open.
struct Span {
  uint32_t begin = 0, end = 0;
  std::string slot;
  bool operator==(const Span&) const = default;
};

struct Example {
  std::string text;
  std::string intent;  // "" when the solution has no intent for such texts: out of scope
  std::vector<Span> slots;
};

// Pieces of work that do not need each other. Whoever is handed them runs all of them, in any
// order, on as many threads as there are; the result does not depend on it.
using Tasks = std::vector<std::function<void()>>;
using RunTasks = std::function<void(const Tasks&)>;
// Told now and then, from any of those threads: which step has ended.
using Progress = std::function<void(std::string_view step)>;

struct TrainOptions {
  uint64_t seed = 1;
  std::span<const std::byte> base = {};  // what train_base() gave, or empty
  RunTasks run = {};                     // one after another where there is none
  // Asked before each piece of work, from any of those threads; after a yes none is begun.
  std::function<bool()> is_given_up = {};
  Progress progress = {};
};

inline constexpr size_t kExamplesMax = 1'000'000;
inline constexpr size_t kIntentsMax = 2'000;
inline constexpr size_t kExampleBytesMax = 4'096;

// The bytes of a model. invalid_argument where there are fewer than two intents, or over a limit;
// unavailable where it was given up.
base::Result<std::string> train(std::span<const Example> examples, const TrainOptions& options);

// Sets of examples whose intents have nothing to do with each other; sets of one name share theirs
// (translations of each other, say).
struct ExampleSet {
  std::string name;
  std::vector<Example> examples;
};

// A base for models: what words mean in general, learned from other people's examples. A model that
// is trained on it needs fewer examples of its own.
base::Result<std::string> train_base(std::span<const ExampleSet> sets, uint64_t seed);

// ---- understanding

struct Guess {
  std::string_view intent;  // of the model's memory
  float probability = 0;
};

struct Understanding {
  std::vector<Guess> guesses;  // the most probable first
  bool is_in_scope = false;    // the first guess is probable enough to act on
  bool is_close = false;       // the second is nearly as probable: ask which one was meant
  float known = 0;             // of the text's words, the share that the examples have
};

// What spoke for the first guess, above 0, and against it, below.
struct Evidence {
  std::string_view kind;  // "word", "pair", "letters", "accents", "mark", or "without": the text
                          // less this word, and by how much its probability would be lower
  std::string spelling;
  float weight = 0;
};

struct Explanation {
  Understanding understanding;
  float threshold = 0;             // of the probability, for being in scope
  std::vector<Evidence> evidence;  // the strongest first, whichever way they speak
};

// A model over bytes that somebody else keeps, and keeps unchanged while it is used. Any number of
// threads may use one. Takes any text, in any script and of any length, and looks at its beginning.
class Model {
 public:
  static base::Result<Model> read(std::span<const std::byte> bytes);

  Understanding understand(std::string_view text, size_t guesses_max = 3) const;
  Explanation explain(std::string_view text, size_t evidence_max = 20) const;
  // The slots that the examples had, in texts of that intent; in their order.
  std::vector<Span> find_slots(std::string_view text, std::string_view intent) const;
  std::span<const std::string_view> intents() const;
  float threshold() const;

  struct Parts;
  explicit Model(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

 private:
  std::shared_ptr<const Parts> parts_;  // shared by copies of the model, which is never changed
};

}  // namespace millrace::nlu
