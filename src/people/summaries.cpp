#include "people/summaries.hpp"

#include <algorithm>
#include <limits>

#include "people/rows.hpp"

namespace millrace::people {

namespace {

// Sums stop at what the number can hold, and stay sums: whichever way they are added up.
template <typename Number>
Number sum(Number a, Number b) {
  const uint64_t both = uint64_t{a} + b;
  return static_cast<Number>(std::min<uint64_t>(both, std::numeric_limits<Number>::max()));
}

void join(Summary& into, const Summary& other) {
  if (other.count == 0) return;
  if (into.count == 0) {
    const Word name = into.name;
    into = other;
    into.name = name;
    return;
  }
  const int32_t newest = std::max(day_of(into.last), day_of(other.last));
  std::array<uint16_t, kSummaryDays> days{};
  for (int32_t ago = 0; ago < kSummaryDays; ++ago) {
    days[static_cast<size_t>(ago)] = sum(into.on(newest - ago), other.on(newest - ago));
  }
  into.days = days;
  into.count = sum(into.count, other.count);
  into.first = std::min(into.first, other.first);
  into.last = std::max(into.last, other.last);
}

}  // namespace

int32_t day_of(int64_t at_ms) {
  constexpr int64_t kDayMs = 86'400'000;
  const int64_t day = at_ms / kDayMs - (at_ms % kDayMs < 0 ? 1 : 0);
  return static_cast<int32_t>(std::clamp<int64_t>(day, -100'000'000, 100'000'000));
}

uint16_t Summary::on(int32_t day) const {
  const int32_t ago = day_of(last) - day;
  return count == 0 || ago < 0 || ago >= kSummaryDays ? uint16_t{0}
                                                      : days[static_cast<size_t>(ago)];
}

void count(std::vector<Summary>& rows, Word name, int64_t at_ms, const Words& words) {
  Summary once{.name = name, .count = 1, .first = at_ms, .last = at_ms};
  once.days[0] = 1;
  add(rows, once, words);
}

void add(std::vector<Summary>& rows, const Summary& counted, const Words& words) {
  const auto with_others = [&](const Summary& out) {
    join(*admit(rows, Words::kNone, kSummariesMax, words, [](Summary) {}), out);
  };
  Summary* row = admit(rows, counted.name, kSummariesMax, words, with_others);
  if (!row) return with_others(counted);
  join(*row, counted);
}

}  // namespace millrace::people
