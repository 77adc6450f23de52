#include "nlu/learn/linear.hpp"

#include <algorithm>
#include <numeric>

#include "nlu/learn/arithmetic.hpp"
#include "nlu/learn/kernels.hpp"

namespace millrace::nlu {
namespace {

class Trainer {
 public:
  Trainer(const Examples& examples, const LinearOptions& options)
      : examples_(examples), options_(options), k_(examples.classes) {
    weights_.width = k_;
    weights_.rows.assign(examples.features * k_, 0.0F);
    alphas_.assign(examples.vectors.size() * k_, 0.0F);
    squares_.reserve(examples.vectors.size());
    for (const Vector& vector : examples.vectors) {
      float sum = 0;
      for (const Entry& entry : vector) sum += entry.value * entry.value;
      squares_.push_back(sum);
    }
    scores_.resize(k_);
    next_.resize(k_);
    active_.resize(k_);
  }

  Weights train() {
    std::vector<uint32_t> order(examples_.vectors.size());
    std::iota(order.begin(), order.end(), 0U);
    Sequence sequence(options_.seed);
    std::vector<uint32_t> todo = order;
    for (int round = 0; round < options_.rounds_max; ++round) {
      sequence.shuffle(std::span(todo));
      const size_t asked = todo.size();
      size_t kept = 0;
      float most = 0;
      for (size_t i = 0; i < asked; ++i) {
        const float violation = step(todo[i]);
        most = std::max(most, violation);
        if (violation > options_.tolerance * 0.2F) todo[kept++] = todo[i];
      }
      if (most < options_.tolerance && asked == order.size()) break;
      // Those that are settled rest for two rounds.
      todo.resize(kept);
      if (kept == 0 || round % 4 == 3) todo = order;
    }
    return std::move(weights_);
  }

 private:
  // Solves for one text with the others as they are; answers how far it was from solved.
  float step(uint32_t i) {
    const float a = squares_[i];
    if (a <= 0) return 0;
    const uint32_t label = examples_.labels[i];
    float* alpha = &alphas_[i * k_];
    weights_.scores(examples_.vectors[i], scores_);
    // Gradient: score, and one more for every class but the right one.
    float most = -1e30F, least = 1e30F;
    for (size_t c = 0; c < k_; ++c) {
      const float gradient = scores_[c] + (c == label ? 0.0F : 1.0F);
      scores_[c] = gradient;
      most = std::max(most, gradient);
      const float bound = c == label ? options_.cost : 0.0F;
      if (alpha[c] < bound) least = std::min(least, gradient);
    }
    const float violation = most - least;
    if (violation < 1e-3F) return 0;
    solve(label, a, alpha);
    for (size_t c = 0; c < k_; ++c) {
      const float change = next_[c] - alpha[c];
      if (change > 1e-7F || change < -1e-7F) {
        alpha[c] = next_[c];
        for (const Entry& entry : examples_.vectors[i]) {
          weights_.row(entry.id)[c] += change * entry.value;
        }
      }
    }
    return violation;
  }

  // next = argmin a/2 |x|^2 + (gradient - a alpha) x, with sum x = 0 and x below the bounds:
  // x_c = min(bound_c, (beta - B_c) / a) for the beta that makes the sum 0.
  void solve(uint32_t label, float a, const float* alpha) {
    size_t count = 0;
    float sum = -a * options_.cost;
    for (size_t c = 0; c < k_; ++c) {
      const float b = scores_[c] - a * alpha[c];
      next_[c] = b;
      const float d = b + (c == label ? a * options_.cost : 0.0F);
      active_[count++] = d;
      sum += d;
    }
    // Those above the mean stay until all of them are (Michelot).
    while (true) {
      const float beta = sum / static_cast<float>(count);
      size_t left = 0;
      float rest = -a * options_.cost;
      for (size_t j = 0; j < count; ++j) {
        if (active_[j] <= beta) continue;
        rest += active_[j];
        active_[left++] = active_[j];
      }
      if (left == count || left == 0) break;
      count = left;
      sum = rest;
    }
    const float beta = sum / static_cast<float>(count);
    for (size_t c = 0; c < k_; ++c) {
      const float bound = c == label ? options_.cost : 0.0F;
      next_[c] = std::min(bound, (beta - next_[c]) / a);
    }
  }

  const Examples& examples_;
  const LinearOptions& options_;
  size_t k_;
  Weights weights_;
  std::vector<float> alphas_, squares_, scores_, next_, active_;
};

}  // namespace

void Weights::scores(const Vector& vector, std::span<float> out) const {
  std::ranges::fill(out, 0.0F);
  add_rows(out, rows.data(), vector);
}

Weights train_linear(const Examples& examples, const LinearOptions& options) {
  return Trainer(examples, options).train();
}

}  // namespace millrace::nlu
