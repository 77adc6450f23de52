// How good a model is on texts whose intents and slots are known.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nlu/judge/judge.hpp"
#include "nlu/nlu.hpp"

namespace millrace::bench {

inline double share(size_t part, size_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

struct SpanCounts {
  size_t found = 0, wanted = 0, right = 0;
  double f1() const { return share(2 * right, found + wanted); }
};
inline SpanCounts count_spans(const nlu::Model& model, std::span<const nlu::Example> test) {
  SpanCounts out;
  for (const nlu::Example& example : test) {
    const auto understood = model.understand(example.text, 1);
    const auto spans = model.find_slots(example.text, understood.guesses[0].intent);
    out.found += spans.size();
    out.wanted += example.slots.size();
    for (const nlu::Span& span : spans) {
      out.right += static_cast<size_t>(std::ranges::count(example.slots, span));
    }
  }
  return out;
}

// How often a text in scope has a more probable first guess than one that is out of it.
inline double area(const nlu::Model& model, std::span<const nlu::Example> test) {
  std::vector<std::pair<float, bool>> all;
  double inside = 0, outside = 0, sum = 0;
  for (const nlu::Example& example : test) {
    const auto guesses = model.understand(example.text, 1).guesses;
    all.emplace_back(guesses[0].probability, !example.intent.empty());
  }
  std::ranges::sort(all);
  for (const auto& [probability, is_inside] : all) {
    (is_inside ? inside : outside) += 1;
    if (is_inside) sum += outside;
  }
  return inside * outside > 0 ? sum / (inside * outside) : 0;
}

inline nlu::Report judged(const nlu::Model& model, std::span<const nlu::Example> test) {
  std::vector<nlu::Outcome> outcomes;
  outcomes.reserve(test.size());
  for (const nlu::Example& example : test) {
    const auto understood = model.understand(example.text, 1);
    outcomes.push_back({example.text, example.intent, std::string(understood.guesses[0].intent),
                        understood.guesses[0].probability, understood.is_in_scope});
  }
  return nlu::make_report(outcomes);
}

}  // namespace millrace::bench
