// What people put around what they mean: a greeting, "could someone tell me", thanks. Examples
// seldom have it, so that a model takes such words for something that speaks for an intent, or for
// a slot. Some of the examples are therefore learned once more with such words around them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nlu/nlu.hpp"

namespace millrace::nlu {

struct Framed {
  Example example;
  uint32_t of = 0;  // which of the examples is in the frame
};

// Of each example's own language, where that is one of five; the seed says which ones and which
// words. In the order of the examples.
std::vector<Framed> framed_examples(std::span<const Example> examples, uint64_t seed);

}  // namespace millrace::nlu
