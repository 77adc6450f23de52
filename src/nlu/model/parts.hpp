// A model taken apart: views of a file's sections, checked, and the arithmetic on them. For the
// files of this room only.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "nlu/model/file.hpp"
#include "nlu/nlu.hpp"
#include "nlu/slots/tagger.hpp"
#include "nlu/text/features.hpp"

namespace millrace::nlu {

// Rows of small whole numbers, with a scale for each.
struct SmallRows {
  std::span<const int8_t> rows;
  std::span<const float> scales;
};

// What a base knows: a vocabulary, and what its features add to a hidden layer.
struct BaseView {
  Vocabulary vocabulary;
  SmallRows rows;
  std::span<const float> bias;  // as many as the hidden layer has units
  bool is_empty() const { return bias.empty(); }
  // Into `hidden`, which has a number for each unit.
  void hidden_of(std::span<const Feature> features, std::span<float> hidden) const;
};

// How scores become probabilities, as fitted on examples that the models had not seen.
struct Calibration {
  float linear_scale = 5, net_scale = 1;
  float linear_share = 0.5F;
  float threshold = 0.3F;  // of the first guess, for being in scope
  float has_outside = 0;   // 1: the last label stands for what is out of scope
};

struct Model::Parts {
  std::vector<std::string_view> labels;
  Vocabulary vocabulary;
  BaseView base;
  SmallRows linear;  // of the vocabulary's features, then of the base's units
  SmallRows in;
  std::span<const float> in_bias;
  std::span<const float> out_rows, out_bias;
  Calibration calibration;
  Tagger tagger;

  size_t classes() const { return out_bias.size(); }
  // Of every class, the one for what is out of scope too.
  std::vector<float> probabilities(std::span<const Word> words) const;
};

base::Result<BaseView> read_base(const FileReader& file);

// Appends what the base says of a text as features behind the others, `first` being its id.
void add_base_features(std::span<const float> hidden, uint32_t first, Vector& out);

// Both kinds of scores become the probabilities of all classes, in `linear`.
void mix(std::span<float> linear, std::span<float> net, const Calibration& calibration);

}  // namespace millrace::nlu
