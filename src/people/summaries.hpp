// How often somebody did something: first, last, how many times, and on which of the latest 31 UTC
// days. A sum, so the order of arrival makes no difference; that nothing is counted twice is the
// business of whoever takes events in, who knows their ids for at least a day.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "people/words.hpp"

namespace millrace::people {

inline constexpr size_t kSummariesMax = 100;  // names of a person; others are counted together
inline constexpr int32_t kSummaryDays = 31;

// A UTC day: how many of them after the first of January 1970.
int32_t day_of(int64_t at_ms);

struct Summary {
  Word name = Words::kNone;  // kNone: of all that are counted together
  uint32_t count = 0;
  int64_t first = 0;  // milliseconds
  int64_t last = 0;
  // Of the days up to that of `last`, which comes first; each of them as far as it goes.
  std::array<uint16_t, kSummaryDays> days{};

  // How often on that day; 0 where it is too long ago.
  uint16_t on(int32_t day) const;
  bool operator==(const Summary&) const = default;
};

void count(std::vector<Summary>& rows, Word name, int64_t at_ms, const Words& words);
// As if all that `counted` counts had been counted here, under the same name.
void add(std::vector<Summary>& rows, const Summary& counted, const Words& words);

}  // namespace millrace::people
