// For the files of this folder only: what is around each word, as hashes, and the search for the
// best sequence of tags.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "nlu/slots/tagger.hpp"

namespace millrace::nlu {

// The hash of a phrase of words in Phrases, its lowest 16 bits 0.
uint64_t phrase_hash(std::span<const Word> words);
inline constexpr size_t kPhraseWordsMax = 6;

// Whether a phrase may be used, for leaving out what an example itself brought in.
using MayUse = std::function<bool(uint64_t phrase)>;

// The features of each word, one word after another.
std::vector<std::vector<uint64_t>> features_around(std::span<const Word> words,
                                                   std::string_view intent, Phrases phrases,
                                                   const MayUse& may_use);

// The best sequence for scores of `tags` numbers a word, and moves from tag to tag.
std::vector<uint32_t> best_tags(std::span<const float> scores, std::span<const float> moves,
                                size_t tags);

// Whether one tag may follow another: a slot goes on only where it has begun.
bool may_follow(size_t before, size_t tag);
inline constexpr float kNever = -1e9F;

std::vector<Span> spans_of(std::span<const Word> words, std::span<const uint32_t> tags,
                           std::span<const std::string_view> names);

}  // namespace millrace::nlu
