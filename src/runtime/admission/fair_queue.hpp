// What waits for a lane's turns when more comes than it can take. Solutions have equal shares of
// what is served (start-time fair queuing: who has had least, by cost, comes next), and within one
// the higher priority comes first. Bounded in number and bytes, and by how long what is in it has
// waited. Pure: the caller says what time it is, in milliseconds of a clock that does not go back.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "runtime/admission/patience.hpp"

namespace millrace::runtime {

// Whose turn it is. In this order; the lower ones are refused earlier.
enum class Priority {
  agent,      // what a person of the brand's says or does
  consumer,   // what a consumer says or asks for
  event,      // what a page tells
  broadcast,  // what the server begins by itself: reminders, timers
};
inline constexpr size_t kPriorityCount = 4;
std::string_view to_string(Priority priority);

// How long what is taken may have waited, for a whole interval, before more is refused.
inline constexpr std::array<int64_t, kPriorityCount> kWaitTargetMs{500, 250, 100, 50};
// Who has waited so long comes next, whatever the priority.
inline constexpr int64_t kWaitMostMs = 2'000;

template <typename Work>
class FairQueue {
 public:
  struct Limits {
    size_t count_max = 0;
    size_t bytes_max = 0;
  };
  struct Taken {
    Work work;
    size_t bytes = 0;
    Priority priority = Priority::consumer;
    int64_t waited_ms = 0;
  };
  enum class Verdict {
    admitted,
    full,      // of this solution: it has half of what the others leave
    too_long,  // what waits already does so for too long
  };

  explicit FairQueue(Limits limits) : limits_(limits) {}

  bool is_empty() const { return count_ == 0; }
  size_t count() const { return count_; }
  size_t bytes() const { return bytes_; }

  // Whether one more may wait.
  Verdict judge(std::string_view solution, Priority priority, size_t bytes, int64_t now_ms) {
    const auto found = solutions_.find(solution);
    Solution* const one = found == solutions_.end() ? nullptr : &found->second;
    const size_t count = one == nullptr ? 0 : one->count;
    const size_t own_bytes = one == nullptr ? 0 : one->bytes;
    const size_t count_left = limits_.count_max - std::min(limits_.count_max, count_ - count);
    const size_t bytes_left = limits_.bytes_max - std::min(limits_.bytes_max, bytes_ - own_bytes);
    if (2 * (count + 1) > count_left || 2 * (own_bytes + bytes) > bytes_left) return Verdict::full;
    if (one == nullptr) return Verdict::admitted;
    Rank& rank = one->ranks[static_cast<size_t>(priority)];
    const int64_t waited = rank.waiting.empty() ? 0 : now_ms - rank.waiting.front().since_ms;
    return rank.patience.admits(rank.waiting.size(), waited, now_ms) ? Verdict::admitted
                                                                     : Verdict::too_long;
  }

  void push(std::string_view solution, Priority priority, size_t bytes, int64_t now_ms, Work work) {
    auto found = solutions_.find(solution);
    if (found == solutions_.end()) {
      found = solutions_.emplace(std::string(solution), Solution()).first;
    }
    Solution& one = found->second;
    // One who comes anew has no claim to what was served before.
    if (one.count == 0) one.had = std::clamp(one.had, served_, served_ + kDebtMax);
    Rank& rank = one.ranks[static_cast<size_t>(priority)];
    if (rank.waiting.empty()) rank.patience.begins(now_ms);
    rank.waiting.push_back({std::move(work), bytes, now_ms});
    ++one.count;
    one.bytes += bytes;
    ++count_;
    bytes_ += bytes;
  }

  // Whoever comes next; nullopt when nobody waits.
  std::optional<Taken> take(int64_t now_ms) {
    if (count_ == 0) return std::nullopt;
    auto next = solutions_.end();
    for (auto at = solutions_.begin(); at != solutions_.end();) {
      Solution& one = at->second;
      if (one.count == 0 && one.had <= served_) {
        at = solutions_.erase(at);
        continue;
      }
      if (one.count > 0 && (next == solutions_.end() || one.had < next->second.had)) next = at;
      ++at;
    }
    Solution& one = next->second;
    served_ = std::max(served_, one.had);
    one.had += 1;
    return take_of(one, now_ms);
  }

  // A turn of that solution made a record of so many bytes.
  void charge(std::string_view solution, size_t bytes) {
    if (solutions_.empty()) return;
    const double cost = static_cast<double>(bytes) / kBytesOfOneCost;
    const auto found = solutions_.find(solution);
    if (found != solutions_.end()) found->second.had += std::min(cost, kCostMax);
  }

 private:
  struct Waiting {
    Work work;
    size_t bytes;
    int64_t since_ms;
  };
  struct Rank {
    explicit Rank(int64_t target_ms) : patience(target_ms) {}
    Patience patience;
    std::deque<Waiting> waiting;
  };
  struct Solution {
    std::array<Rank, kPriorityCount> ranks{Rank(kWaitTargetMs[0]), Rank(kWaitTargetMs[1]),
                                           Rank(kWaitTargetMs[2]), Rank(kWaitTargetMs[3])};
    size_t count = 0;
    size_t bytes = 0;
    double had = 0;  // of what was served, by cost
  };
  // As much again as to have been taken.
  static constexpr double kBytesOfOneCost = 4'096;
  static constexpr double kCostMax = 256;    // of one turn
  static constexpr double kDebtMax = 1'024;  // what is held against one who comes again

  Taken take_of(Solution& one, int64_t now_ms) {
    size_t chosen = kPriorityCount;
    for (size_t i = 0; i < kPriorityCount; ++i) {
      const auto& waiting = one.ranks[i].waiting;
      if (waiting.empty()) continue;
      if (chosen == kPriorityCount) chosen = i;
      if (now_ms - waiting.front().since_ms > kWaitMostMs) {
        chosen = i;
        break;
      }
    }
    Rank& rank = one.ranks[chosen];
    Waiting& first = rank.waiting.front();
    const int64_t waited = std::max<int64_t>(0, now_ms - first.since_ms);
    Taken taken{std::move(first.work), first.bytes, static_cast<Priority>(chosen), waited};
    rank.waiting.pop_front();
    rank.patience.took(waited, rank.waiting.size(), now_ms);
    --one.count;
    one.bytes -= taken.bytes;
    --count_;
    bytes_ -= taken.bytes;
    return taken;
  }

  const Limits limits_;
  std::map<std::string, Solution, std::less<>> solutions_;
  size_t count_ = 0;
  size_t bytes_ = 0;
  double served_ = 0;  // what had been had by the one who was served last, before that
};

}  // namespace millrace::runtime
