// What a text says for the models: its words, pairs of neighbours and the letters inside words, as
// numbers of a vocabulary with their weights (tf-idf). Accents count folded, and kept beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nlu/text/words.hpp"

namespace millrace::nlu {

// Features of one group are weighed together: each group's vector has a length of its own.
enum class Group : uint8_t { words, letters };
inline constexpr size_t kGroups = 2;

struct Feature {
  uint64_t hash = 0;
  Group group = Group::words;
};

// Calls `found` for every feature with its kind ("word", "pair", ...) and spelling, as often as it
// occurs. The hash of a feature is that of kind and spelling.
using FoundFeature =
    std::function<void(Feature feature, std::string_view kind, std::string_view spelling)>;
void name_features(std::span<const Word> words, const FoundFeature& found);

// The same without names, into `out`, which is emptied first.
void collect_features(std::span<const Word> words, std::vector<Feature>& out);

// The feature that a word is by itself, without its accents.
Feature feature_of(const Word& word);

// A feature of a vocabulary in one text.
struct Entry {
  uint32_t id = 0;
  float value = 0;
};
using Vector = std::vector<Entry>;

// Which features a model knows, over memory that somebody else keeps: a table of open addresses
// with 40 bits of hash and 24 of id + 1 in each slot, and a rarity (idf) for each id.
struct Vocabulary {
  std::span<const uint64_t> slots;  // a power of two of them, at least one is 0
  std::span<const float> rarity;
  std::span<const uint8_t> groups;

  static constexpr uint32_t kUnknown = UINT32_MAX;
  uint32_t find(uint64_t hash) const {
    if (slots.empty()) return kUnknown;
    const size_t mask = slots.size() - 1;
    for (size_t i = hash & mask, seen = 0; seen <= mask; i = (i + 1) & mask, ++seen) {
      const uint64_t slot = slots[i];
      if (slot == 0) return kUnknown;
      if ((slot >> 24) == (hash >> 24)) return static_cast<uint32_t>(slot & 0xFFFFFF) - 1;
    }
    return kUnknown;
  }

  // The weighed features of a text, in the order of their ids. `features` may come in any order.
  void weigh(std::span<const Feature> features, Vector& out) const;
};

// The memory of a vocabulary while it is learned.
struct VocabularyData {
  std::vector<uint64_t> slots;
  std::vector<float> rarity;
  std::vector<uint8_t> groups;
  Vocabulary view() const { return {slots, rarity, groups}; }
};

inline constexpr size_t kVocabularyMax = (1U << 23);

// Of the features of all texts those that occur in at least `texts_min` of them, in the order in
// which they first occur.
VocabularyData learn_vocabulary(std::span<const std::vector<Feature>> texts, size_t texts_min);

}  // namespace millrace::nlu
