#include "nlu/learn/calibrate.hpp"

#include <algorithm>

#include "nlu/learn/arithmetic.hpp"
#include "nlu/learn/kernels.hpp"

namespace millrace::nlu {
namespace {

// Without examples of what is out of scope: this share of what is in scope is asked again.
constexpr double kAskedAgain = 0.04;
// With them: what recognising all of what is out of scope is worth, in shares of what is in scope.
constexpr double kWorthOfOutside = 0.25;

std::span<const float> row(const std::vector<float>& rows, size_t i, size_t classes) {
  return std::span(rows).subspan(i * classes, classes);
}

// The probability of what was right, in every `stride`th text.
std::vector<float> of_right(const HeldOut& held_out, const std::vector<float>& scores, float scale,
                            size_t stride) {
  std::vector<float> out, one(held_out.classes);
  for (size_t i = 0; i < held_out.labels.size(); i += stride) {
    std::ranges::copy(row(scores, i, held_out.classes), one.begin());
    softmax(one, scale);
    out.push_back(one[held_out.labels[i]]);
  }
  return out;
}

// The negative logarithm of the probability of what was right, on average.
double loss(std::span<const float> linear, std::span<const float> net, float share) {
  double sum = 0;
  for (size_t i = 0; i < linear.size(); ++i) {
    const float mixed = share * linear[i] + (1.0F - share) * net[i];
    sum -= log_of(std::max(1e-9, static_cast<double>(mixed)));
  }
  return linear.empty() ? 0 : sum / static_cast<double>(linear.size());
}

void fit_scales(const HeldOut& held_out, Calibration& calibration) {
  constexpr float kLinearScales[] = {2, 2.5F, 3, 3.5F, 4, 5, 6, 7, 8.5F, 10, 13};
  constexpr float kNetScales[] = {0.6F, 0.8F, 1, 1.2F, 1.4F, 1.7F, 2, 2.5F, 3};
  const size_t stride = std::max<size_t>(1, held_out.labels.size() / 1'500);
  std::vector<std::vector<float>> nets;
  for (const float net : kNetScales) nets.push_back(of_right(held_out, held_out.net, net, stride));
  double best = 1e30;
  for (const float linear : kLinearScales) {
    const auto right = of_right(held_out, held_out.linear, linear, stride);
    for (size_t n = 0; n < nets.size(); ++n) {
      const double found = loss(right, nets[n], calibration.linear_share);
      if (found >= best) continue;
      best = found;
      calibration.linear_scale = linear;
      calibration.net_scale = kNetScales[n];
    }
  }
}

struct Judged {
  float probability = 0;  // of the first guess
  bool is_right = false;
  bool is_outside = false;       // it is out of scope
  bool is_seen_outside = false;  // and the class for that is the most probable one
};

std::vector<Judged> judge(const HeldOut& held_out, const Calibration& calibration,
                          bool has_outside) {
  std::vector<Judged> out;
  const size_t classes = held_out.classes, known = classes - (has_outside ? 1 : 0);
  std::vector<float> linear(classes), net(classes);
  for (size_t i = 0; i < held_out.labels.size(); ++i) {
    std::ranges::copy(row(held_out.linear, i, classes), linear.begin());
    std::ranges::copy(row(held_out.net, i, classes), net.begin());
    mix(linear, net, calibration);
    const auto first = std::max_element(linear.begin(), linear.begin() + static_cast<long>(known));
    const auto label = static_cast<size_t>(first - linear.begin());
    out.push_back({*first, label == held_out.labels[i], held_out.labels[i] >= known,
                   has_outside && linear.back() > *first});
  }
  std::ranges::sort(out, {}, &Judged::probability);
  return out;
}

float choose_threshold(const std::vector<Judged>& judged, bool has_outside) {
  if (judged.empty()) return 0.3F;
  if (!has_outside) {
    const auto at = static_cast<size_t>(kAskedAgain * static_cast<double>(judged.size()));
    return judged[std::min(at, judged.size() - 1)].probability;
  }
  double inside = 0, outside = 0, right = 0, seen = 0;
  for (const Judged& one : judged) {
    (one.is_outside ? outside : inside) += 1;
    if (!one.is_outside && one.is_right && !one.is_seen_outside) right += 1;
    if (one.is_outside && one.is_seen_outside) seen += 1;
  }
  double best = -1;
  float threshold = 0;
  for (const Judged& one : judged) {
    const double worth =
        right / std::max(1.0, inside) + kWorthOfOutside * seen / std::max(1.0, outside);
    if (worth > best) {
      best = worth;
      threshold = one.probability;
    }
    if (!one.is_outside && one.is_right && !one.is_seen_outside) right -= 1;
    if (one.is_outside && !one.is_seen_outside) seen += 1;
  }
  return threshold;
}

}  // namespace

void HeldOut::append(const HeldOut& other) {
  classes = other.classes;
  linear.insert(linear.end(), other.linear.begin(), other.linear.end());
  net.insert(net.end(), other.net.begin(), other.net.end());
  labels.insert(labels.end(), other.labels.begin(), other.labels.end());
}

Calibration calibrate(const HeldOut& held_out, bool has_outside) {
  Calibration out;
  out.has_outside = has_outside ? 1.0F : 0.0F;
  if (held_out.labels.empty()) return out;
  fit_scales(held_out, out);
  out.threshold = choose_threshold(judge(held_out, out, has_outside), has_outside);
  return out;
}

}  // namespace millrace::nlu
