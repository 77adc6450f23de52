#include <algorithm>
#include <cmath>
#include <numeric>

#include "nlu/learn/kernels.hpp"
#include "nlu/model/parts.hpp"

namespace millrace::nlu {
namespace {

// Two guesses are close when the second has at least this share of the first one's probability.
constexpr float kClose = 0.6F;
// Words whose absence is tried, at most: each costs a reading of the text.
constexpr size_t kWithoutMax = 40;

Understanding judged(const Model::Parts& parts, std::span<const float> probabilities,
                     size_t guesses_max) {
  const bool has_outside = parts.calibration.has_outside > 0;
  const size_t known = parts.classes() - (has_outside ? 1 : 0);
  std::vector<uint32_t> order(known);
  std::iota(order.begin(), order.end(), 0U);
  const size_t count = std::min(std::max(guesses_max, size_t{2}), known);
  const auto is_before = [&](uint32_t a, uint32_t b) {
    return probabilities[a] != probabilities[b] ? probabilities[a] > probabilities[b] : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(count), order.end(),
                    is_before);
  Understanding out;
  for (size_t i = 0; i < count; ++i) {
    out.guesses.push_back({parts.labels[order[i]], probabilities[order[i]]});
  }
  if (out.guesses.empty()) return out;
  const float first = out.guesses[0].probability;
  const bool is_outside = has_outside && probabilities.back() > first;
  out.is_in_scope = first >= parts.calibration.threshold && !is_outside;
  out.is_close = out.guesses.size() > 1 && out.guesses[1].probability >= kClose * first;
  out.guesses.resize(std::min(out.guesses.size(), guesses_max));
  return out;
}

float share_known(const Model::Parts& parts, std::span<const Word> words) {
  size_t all = 0, known = 0;
  for (const Word& word : words) {
    if (word.is_mark) continue;
    ++all;
    known += parts.vocabulary.find(feature_of(word).hash) == Vocabulary::kUnknown ? 0 : 1;
  }
  return all == 0 ? 0.0F : static_cast<float>(known) / static_cast<float>(all);
}

// What a feature's weights say for the first guess and against the second.
float linear_weight(const Model::Parts& parts, uint32_t id, size_t first, size_t second) {
  const int8_t* row = &parts.linear.rows[id * parts.classes()];
  return static_cast<float>(row[first] - row[second]) * parts.linear.scales[id];
}

void add_linear_evidence(const Model::Parts& parts, std::span<const Word> words, size_t first,
                         size_t second, std::vector<Evidence>& out) {
  std::vector<Feature> features;
  collect_features(words, features);
  Vector vector;
  parts.vocabulary.weigh(features, vector);
  std::vector<uint32_t> named;
  name_features(words, [&](Feature feature, std::string_view kind, std::string_view spelling) {
    const uint32_t id = parts.vocabulary.find(feature.hash);
    const auto at = std::ranges::lower_bound(vector, id, {}, &Entry::id);
    if (id == Vocabulary::kUnknown || at == vector.end() || at->id != id) return;
    if (std::ranges::find(named, id) != named.end()) return;
    named.push_back(id);
    const float weight = at->value * linear_weight(parts, id, first, second);
    out.push_back({kind, std::string(spelling), weight});
  });
}

void add_absences(const Model::Parts& parts, const std::vector<Word>& words, size_t first,
                  float probability, std::vector<Evidence>& out) {
  if (words.size() < 2) return;
  for (size_t i = 0; i < words.size() && i < kWithoutMax; ++i) {
    std::vector<Word> rest = words;
    rest.erase(rest.begin() + static_cast<ptrdiff_t>(i));
    const auto others = parts.probabilities(rest);
    out.push_back({"without", words[i].kept, probability - others[first]});
  }
}

}  // namespace

Understanding Model::understand(std::string_view text, size_t guesses_max) const {
  const auto words = words_of(text.substr(0, kExampleBytesMax));
  Understanding out = judged(*parts_, parts_->probabilities(words), guesses_max);
  out.known = share_known(*parts_, words);
  return out;
}

Explanation Model::explain(std::string_view text, size_t evidence_max) const {
  const auto words = words_of(text.substr(0, kExampleBytesMax));
  const auto probabilities = parts_->probabilities(words);
  Explanation out;
  out.understanding = judged(*parts_, probabilities, 5);
  out.threshold = parts_->calibration.threshold;
  if (out.understanding.guesses.size() < 2) return out;
  const auto index_of = [&](std::string_view intent) {
    return static_cast<size_t>(std::ranges::find(parts_->labels, intent) - parts_->labels.begin());
  };
  const size_t first = index_of(out.understanding.guesses[0].intent);
  const size_t second = index_of(out.understanding.guesses[1].intent);
  add_absences(*parts_, words, first, probabilities[first], out.evidence);
  add_linear_evidence(*parts_, words, first, second, out.evidence);
  const auto is_stronger = [](const Evidence& a, const Evidence& b) {
    const float left = std::fabs(a.weight), right = std::fabs(b.weight);
    return left != right ? left > right : a.spelling < b.spelling;
  };
  std::ranges::sort(out.evidence, is_stronger);
  if (out.evidence.size() > evidence_max) out.evidence.resize(evidence_max);
  return out;
}

std::vector<Span> Model::find_slots(std::string_view text, std::string_view intent) const {
  return parts_->tagger.find(words_of(text.substr(0, kExampleBytesMax)), intent);
}

std::span<const std::string_view> Model::intents() const {
  const bool has_outside = parts_->calibration.has_outside > 0;
  return std::span(parts_->labels).first(parts_->labels.size() - (has_outside ? 1 : 0));
}

float Model::threshold() const {
  return parts_->calibration.threshold;
}

}  // namespace millrace::nlu
