// From scores of texts that the models had not seen: how scores become probabilities that can be
// believed, and how probable a guess must be to act on it.
#pragma once

#include <cstdint>
#include <vector>

#include "nlu/model/parts.hpp"

namespace millrace::nlu {

// Scores of one text after another, `classes` numbers each.
struct HeldOut {
  size_t classes = 0;
  std::vector<float> linear, net;
  std::vector<uint32_t> labels;
  void append(const HeldOut& other);
};

// `has_outside`: the last class stands for what is out of scope, and there were examples of it.
Calibration calibrate(const HeldOut& held_out, bool has_outside);

}  // namespace millrace::nlu
