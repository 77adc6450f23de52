#include "nlu/learn/kernels.hpp"

#include <bit>
#include <cmath>

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define MILLRACE_FOR_TWO_PROCESSORS [[gnu::target_clones("avx2", "default")]]
#else
#define MILLRACE_FOR_TWO_PROCESSORS
#endif

namespace millrace::nlu {

MILLRACE_FOR_TWO_PROCESSORS
void add_scaled(float* __restrict out, const float* __restrict row, float factor, size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] += factor * row[i];
}

MILLRACE_FOR_TWO_PROCESSORS
float dot(const float* __restrict a, const float* __restrict b, size_t n) {
  float lanes[8] = {};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (size_t j = 0; j < 8; ++j) lanes[j] += a[i + j] * b[i + j];
  }
  for (; i < n; ++i) lanes[i % 8] += a[i] * b[i];
  return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
         ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

MILLRACE_FOR_TWO_PROCESSORS
void add_rows(std::span<float> out, const float* rows, std::span<const Entry> entries) {
  const size_t width = out.size();
  float* __restrict to = out.data();
  for (const Entry& entry : entries) {
    const float* __restrict row = rows + entry.id * width;
    const float value = entry.value;
    for (size_t i = 0; i < width; ++i) to[i] += value * row[i];
  }
}

MILLRACE_FOR_TWO_PROCESSORS
void add_rows(std::span<float> out, const int8_t* rows, const float* scales,
              std::span<const Entry> entries) {
  const size_t width = out.size();
  float* __restrict to = out.data();
  for (const Entry& entry : entries) {
    const int8_t* __restrict row = rows + entry.id * width;
    const float value = entry.value * scales[entry.id];
    for (size_t i = 0; i < width; ++i) to[i] += value * static_cast<float>(row[i]);
  }
}

MILLRACE_FOR_TWO_PROCESSORS
void add_to_rows(float* rows, std::span<const float> change, std::span<const Entry> entries,
                 std::span<const float> factors) {
  const size_t width = change.size();
  const float* __restrict from = change.data();
  for (size_t e = 0; e < entries.size(); ++e) {
    float* __restrict row = rows + entries[e].id * width;
    const float factor = factors[e];
    for (size_t i = 0; i < width; ++i) row[i] += factor * from[i];
  }
}

MILLRACE_FOR_TWO_PROCESSORS
void softmax(std::span<float> scores, float scale) {
  const size_t n = scores.size();
  float* __restrict values = scores.data();
  float top = n > 0 ? values[0] : 0.0F;
  for (size_t i = 0; i < n; ++i) top = values[i] > top ? values[i] : top;
  // e^x = 2^k e^r with a whole k: adding kWhole rounds to it, and leaves it in the lowest bits.
  constexpr float kWhole = 12582912.0F, kLog2E = 1.44269504F;
  constexpr float kLn2 = 0.693359375F, kLn2Rest = -2.12194440e-4F;
  float lanes[8] = {};
  for (size_t i = 0; i < n; ++i) {
    float x = (values[i] - top) * scale;
    x = x < -80.0F ? -80.0F : x;
    const float t = x * kLog2E + kWhole;
    const float k = t - kWhole;
    const float r = (x - k * kLn2) - k * kLn2Rest;
    float sum = 1.0F / 5040.0F;
    sum = sum * r + 1.0F / 720.0F;
    sum = sum * r + 1.0F / 120.0F;
    sum = sum * r + 1.0F / 24.0F;
    sum = sum * r + 1.0F / 6.0F;
    sum = sum * r + 0.5F;
    sum = sum * r + 1.0F;
    sum = sum * r + 1.0F;
    const uint32_t power = (std::bit_cast<uint32_t>(t) + 127U) << 23;
    values[i] = sum * std::bit_cast<float>(power);
  }
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (size_t j = 0; j < 8; ++j) lanes[j] += values[i + j];
  }
  for (; i < n; ++i) lanes[i % 8] += values[i];
  const float all = ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
                    ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
  const float share = all > 0 ? 1.0F / all : 0.0F;
  for (size_t j = 0; j < n; ++j) values[j] *= share;
}

MILLRACE_FOR_TWO_PROCESSORS
void best_moves(std::span<const float> now, const float* moves, float* __restrict next,
                uint32_t* __restrict came) {
  const size_t tags = now.size();
  for (size_t t = 0; t < tags; ++t) {
    next[t] = now[0] + moves[t];
    came[t] = 0;
  }
  for (size_t p = 1; p < tags; ++p) {
    const float* __restrict move = moves + p * tags;
    const float base = now[p];
    const auto from = static_cast<uint32_t>(p);
    for (size_t t = 0; t < tags; ++t) {
      const float sum = base + move[t];
      const bool is_better = sum > next[t];
      came[t] = is_better ? from : came[t];
      next[t] = is_better ? sum : next[t];
    }
  }
}

float shrink(std::span<const float> row, int8_t* out) {
  float most = 0;
  for (const float w : row) most = std::fabs(w) > most ? std::fabs(w) : most;
  const float scale = most / 127.0F;
  for (const float w : row) {
    *out++ = scale > 0 ? static_cast<int8_t>(std::floor(w / scale + 0.5F)) : int8_t{0};
  }
  return scale;
}

std::vector<int8_t> shrink_rows(std::span<const float> rows, size_t width,
                                std::vector<float>& scales) {
  std::vector<int8_t> out(rows.size());
  for (size_t at = 0; at < rows.size(); at += width) {
    scales.push_back(shrink(rows.subspan(at, width), out.data() + at));
  }
  return out;
}

}  // namespace millrace::nlu
