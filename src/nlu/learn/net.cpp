#include "nlu/learn/net.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "nlu/learn/arithmetic.hpp"
#include "nlu/learn/kernels.hpp"

namespace millrace::nlu {
namespace {

// Steps shrink by how much a row has already moved (Adagrad, one number for each row).
class Pace {
 public:
  explicit Pace(size_t rows) : moved_(rows, 0.0F) {}
  float step(size_t row, float mean_square, float rate) {
    moved_[row] += mean_square;
    return rate / std::sqrt(moved_[row] + 1e-8F);
  }

 private:
  std::vector<float> moved_;
};

class Trainer {
 public:
  Trainer(const Examples& examples, std::span<const float> bases, std::span<const Head> heads,
          const NetOptions& options)
      : examples_(examples),
        bases_(bases),
        heads_(heads),
        options_(options),
        h_(options.hidden),
        k_(examples.classes),
        sequence_(options.seed),
        in_pace_(examples.features + 1),
        out_pace_(options.hidden + 1),
        hidden_(h_),
        back_(h_),
        keeps_(h_),
        scores_(k_) {
    net_.in.width = h_;
    net_.in.rows.resize(examples.features * h_);
    const float spread = bases.empty() ? 0.2F : 0.02F;
    for (float& w : net_.in.rows) w = (sequence_.fraction() - 0.5F) * spread;
    net_.in_bias.assign(h_, 0.0F);
    net_.out.width = k_;
    net_.out.rows.resize(h_ * k_);
    for (float& w : net_.out.rows) w = (sequence_.fraction() - 0.5F) * 0.1F;
    net_.out_bias.assign(k_, 0.0F);
  }

  Net train() {
    std::vector<uint32_t> order(examples_.vectors.size());
    std::iota(order.begin(), order.end(), 0U);
    const size_t steps = order.size() * static_cast<size_t>(options_.rounds);
    size_t done = 0;
    for (int round = 0; round < options_.rounds; ++round) {
      sequence_.shuffle(std::span(order));
      for (const uint32_t i : order) {
        const float left = 1.0F - static_cast<float>(done++) / static_cast<float>(steps);
        step(i, options_.rate * left);
      }
    }
    return std::move(net_);
  }

 private:
  void step(uint32_t i, float rate) {
    const Head head = heads_.empty() ? Head{0, static_cast<uint32_t>(k_)} : heads_[i];
    const std::span scores(scores_.data(), head.end - head.begin);
    forward(i, head.begin, scores);
    softmax(scores);
    const float share = options_.smoothing / static_cast<float>(scores.size());
    for (float& s : scores) s -= share;
    scores[examples_.labels[i] - head.begin] -= 1.0F - options_.smoothing;
    backward(head.begin, scores, rate);
  }

  void forward(uint32_t i, size_t first, std::span<float> scores) {
    input_.clear();
    const float up = 1.0F / (1.0F - options_.input_dropout);
    for (const Entry& entry : examples_.vectors[i]) {
      if (sequence_.fraction() >= options_.input_dropout) {
        input_.push_back({entry.id, entry.value * up});
      }
    }
    std::ranges::copy(net_.in_bias, hidden_.begin());
    if (!bases_.empty()) add_scaled(hidden_.data(), &bases_[i * h_], 1.0F, h_);
    add_rows(hidden_, net_.in.rows.data(), input_);
    std::copy_n(net_.out_bias.begin() + static_cast<ptrdiff_t>(first), scores.size(),
                scores.begin());
    const float raise = 1.0F / (1.0F - options_.dropout);
    for (size_t j = 0; j < h_; ++j) {
      keeps_[j] = hidden_[j] > 0 && sequence_.fraction() >= options_.dropout ? raise : 0.0F;
      hidden_[j] *= keeps_[j];
      if (keeps_[j] > 0) {
        add_scaled(scores.data(), net_.out.row(j) + first, hidden_[j], scores.size());
      }
    }
  }

  void backward(size_t first, std::span<const float> scores, float rate) {
    const size_t k = scores.size();
    const float squares = dot(scores.data(), scores.data(), k) / static_cast<float>(k);
    float back_squares = 0;
    for (size_t j = 0; j < h_; ++j) {
      back_[j] = 0;
      if (keeps_[j] == 0) continue;
      float* row = net_.out.row(j) + first;
      back_[j] = dot(row, scores.data(), k) * keeps_[j];
      back_squares += back_[j] * back_[j];
      const float pace = out_pace_.step(j, hidden_[j] * hidden_[j] * squares, rate);
      add_scaled(row, scores.data(), -pace * hidden_[j], k);
    }
    add_scaled(net_.out_bias.data() + first, scores.data(), -out_pace_.step(h_, squares, rate), k);
    back_squares /= static_cast<float>(h_);
    paces_.clear();
    for (const Entry& entry : input_) {
      const float x = entry.value;
      paces_.push_back(-x * in_pace_.step(entry.id, x * x * back_squares, rate));
    }
    add_to_rows(net_.in.rows.data(), back_, input_, paces_);
    const float pace = in_pace_.step(examples_.features, back_squares, rate);
    add_scaled(net_.in_bias.data(), back_.data(), -pace, h_);
  }

  const Examples& examples_;
  std::span<const float> bases_;
  std::span<const Head> heads_;
  const NetOptions& options_;
  size_t h_, k_;
  Sequence sequence_;
  Net net_;
  Pace in_pace_, out_pace_;
  Vector input_;
  std::vector<float> hidden_, back_, keeps_, scores_, paces_;
};

}  // namespace

void Net::scores(const Vector& vector, std::span<const float> base, std::span<float> hidden,
                 std::span<float> out_scores) const {
  std::ranges::copy(in_bias, hidden.begin());
  if (!base.empty()) add_scaled(hidden.data(), base.data(), 1.0F, hidden.size());
  add_rows(hidden, in.rows.data(), vector);
  std::ranges::copy(out_bias, out_scores.begin());
  for (size_t j = 0; j < hidden.size(); ++j) {
    if (hidden[j] > 0) add_scaled(out_scores.data(), out.row(j), hidden[j], out_scores.size());
  }
}

Net train_net(const Examples& examples, std::span<const float> bases, const NetOptions& options) {
  return Trainer(examples, bases, {}, options).train();
}

Net train_net_of_heads(const Examples& examples, std::span<const Head> heads,
                       const NetOptions& options) {
  return Trainer(examples, {}, heads, options).train();
}

}  // namespace millrace::nlu
