// The loops in which nearly all time goes. Each is compiled for two kinds of processor, and gives
// the same bits on both: they add up lane by lane, and fuse nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nlu/text/features.hpp"

namespace millrace::nlu {

// out += factor * row.
void add_scaled(float* out, const float* row, float factor, size_t n);
// The sum of products, in one order.
float dot(const float* a, const float* b, size_t n);
// out += the rows of the entries, times their values. `rows` has `width` numbers for each id.
void add_rows(std::span<float> out, const float* rows, std::span<const Entry> entries);
// The same where rows are small whole numbers with a scale for each row.
void add_rows(std::span<float> out, const int8_t* rows, const float* scales,
              std::span<const Entry> entries);
// Adds `change`, times `factors`, to the rows of the entries.
void add_to_rows(float* rows, std::span<const float> change, std::span<const Entry> entries,
                 std::span<const float> factors);

// Scores become probabilities, in place: e to the power of `scale` times the score, and all of them
// together 1.
void softmax(std::span<float> scores, float scale = 1.0F);

// For each tag the best of those before it, by what they have and the move to it: into `next` what
// it then has, into `came` which one that was. `moves` has a row for each tag before.
void best_moves(std::span<const float> now, const float* moves, float* next, uint32_t* came);

// A row as whole numbers of at most 127; answers their scale.
float shrink(std::span<const float> row, int8_t* out);
// All rows of `width` numbers, one behind the other; their scales go to the end of `scales`.
std::vector<int8_t> shrink_rows(std::span<const float> rows, size_t width,
                                std::vector<float>& scales);

}  // namespace millrace::nlu
