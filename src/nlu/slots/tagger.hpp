// Which words of a text fill which slots: every word gets a tag (outside, begins a slot, goes on
// with it), and the best sequence of tags is found. Learned by a perceptron that has to be right by
// a margin, and is averaged over all its steps.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nlu/learn/frames.hpp"
#include "nlu/model/file.hpp"
#include "nlu/nlu.hpp"
#include "nlu/text/features.hpp"

namespace millrace::nlu {

inline constexpr size_t kSlotNamesMax = 200;

// Phrases that were seen in slots: a hash of the words, and the slot in the lowest 16 bits; in
// order.
using Phrases = std::span<const uint64_t>;

// A tagger over memory that somebody else keeps. Tag 0 is outside; slot s begins with tag 1 + 2s
// and goes on with tag 2 + 2s.
struct Tagger {
  std::vector<std::string_view> names;
  Vocabulary vocabulary;         // of what is around a word; its rarity is not used
  std::span<const int8_t> rows;  // a weight for each tag
  std::span<const float> scales;
  std::span<const float> moves;  // from each tag to each tag
  Phrases phrases;
  float outside_bias = 0;  // taken from the outside tag: more is found, and less of it right
  bool is_empty() const { return names.empty(); }
  size_t tags() const { return 1 + 2 * names.size(); }

  std::vector<Span> find(std::span<const Word> words, std::string_view intent) const;
};

// Learns from the examples' slots and puts what it learned into the file's sections; nothing where
// no example has a slot.
void train_tagger(std::span<const Example> examples, std::span<const Framed> framed, uint64_t seed,
                  FileWriter& file);

// What train_tagger() put there; an empty tagger where it put nothing.
base::Result<Tagger> read_tagger(const FileReader& file);

}  // namespace millrace::nlu
