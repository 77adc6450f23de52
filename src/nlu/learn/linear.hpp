// A linear model of many classes with a margin between them (Crammer and Singer), trained in the
// dual, one text after another. The same examples and seed give the same bits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nlu/text/features.hpp"

namespace millrace::nlu {

// Labelled texts as vectors. `classes` is how many labels there are, `features` how many ids.
struct Examples {
  std::vector<Vector> vectors;
  std::vector<uint32_t> labels;
  size_t classes = 0;
  size_t features = 0;
};

struct LinearOptions {
  float cost = 1.0F;
  int rounds_max = 15;
  float tolerance = 0.1F;  // of the dual's violation
  uint64_t seed = 1;
};

// A row for each feature with a weight for each class.
struct Weights {
  size_t width = 0;
  std::vector<float> rows;
  const float* row(size_t i) const { return rows.data() + i * width; }
  float* row(size_t i) { return rows.data() + i * width; }
  void scores(const Vector& vector, std::span<float> out) const;
};

Weights train_linear(const Examples& examples, const LinearOptions& options);

}  // namespace millrace::nlu
