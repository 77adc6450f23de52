// Examples that are held out, so that what a model says of them can be compared with what is right.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "nlu/learn/arithmetic.hpp"

namespace millrace::nlu {

inline constexpr size_t kFolds = 5;

// Each label's examples are dealt out to five folds in turn, of which so many are held; the only
// one of a label stays.
inline std::vector<std::vector<uint32_t>> divide(std::span<const uint32_t> label_of, size_t labels,
                                                 size_t folds_held, uint64_t seed) {
  std::vector<std::vector<uint32_t>> by_label(labels), folds(folds_held);
  for (uint32_t i = 0; i < label_of.size(); ++i) by_label[label_of[i]].push_back(i);
  Sequence sequence(seed ^ 0xF01D5ULL);
  for (auto& mine : by_label) {
    if (mine.size() < 2) continue;
    sequence.shuffle(std::span(mine));
    for (size_t i = 0; i < mine.size(); ++i) {
      if (i % kFolds < folds.size()) folds[i % kFolds].push_back(mine[i]);
    }
  }
  for (auto& fold : folds) std::ranges::sort(fold);
  return folds;
}

}  // namespace millrace::nlu
