// A small net of one hidden layer: the second kind of model. Where there is a base, its
// output is added to the hidden layer, so that words which the examples lack mean something. The
// same examples and seed give the same bits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nlu/learn/linear.hpp"

namespace millrace::nlu {

struct NetOptions {
  size_t hidden = 128;
  int rounds = 8;
  float rate = 0.1F;
  float dropout = 0.3F;        // of hidden units
  float input_dropout = 0.1F;  // of features
  float smoothing = 0.1F;      // of the labels: how much of each goes to all classes
  uint64_t seed = 1;
};

struct Net {
  Weights in;  // a row for each feature
  std::vector<float> in_bias;
  Weights out;  // a row for each hidden unit
  std::vector<float> out_bias;

  // Logarithms of probabilities, but for a constant. `base` is empty, or of the hidden size.
  void scores(const Vector& vector, std::span<const float> base, std::span<float> hidden,
              std::span<float> out_scores) const;
};

// `bases` is empty, or has `hidden` numbers for each example, one after another.
Net train_net(const Examples& examples, std::span<const float> bases, const NetOptions& options);

// Several sets of labels over one hidden layer: an example is of the labels `begin` to `end`.
struct Head {
  uint32_t begin = 0, end = 0;
};
// `heads` has one for each example.
Net train_net_of_heads(const Examples& examples, std::span<const Head> heads,
                       const NetOptions& options);

}  // namespace millrace::nlu
