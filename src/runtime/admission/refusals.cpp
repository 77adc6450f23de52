#include "runtime/admission/refusals.hpp"

#include <algorithm>

#include "runtime/admission/fair_queue.hpp"

namespace millrace::runtime {
namespace {

constexpr int64_t kSecondMs = 1'000;
// Of those whom a lane refuses so many are to come back in each second.
constexpr uint64_t kReturnsPerSecond = 500;

}  // namespace

std::string_view to_string(Priority priority) {
  switch (priority) {
    case Priority::agent: return "agent";
    case Priority::consumer: return "consumer";
    case Priority::event: return "event";
    case Priority::broadcast: return "broadcast";
  }
  return "";
}

std::string_view to_string(Refusal why) {
  switch (why) {
    case Refusal::waiting: return "waiting";
    case Refusal::full: return "full";
    case Refusal::late: return "late";
  }
  return "";
}

void Refusals::note(std::string_view solution, Priority priority, Refusal why, int64_t now_ms) {
  if (now_ms - second_since_ms_ >= kSecondMs) tell(now_ms);
  auto found = untold_.find(solution);
  if (found == untold_.end()) found = untold_.try_emplace(std::string(solution)).first;
  ++found->second[{priority, why}];
  ++in_this_second_;
}

void Refusals::tell(int64_t now_ms) {
  const auto seconds =
      static_cast<int>(std::min<uint64_t>(in_this_second_ / kReturnsPerSecond, kRetryMostSeconds));
  retry_after_ = std::max(1, seconds);
  in_this_second_ = 0;
  second_since_ms_ = now_ms;
  for (const auto& [solution, kinds] : std::exchange(untold_, {})) {
    for (const auto& [kind, count] : kinds) {
      const auto [priority, why] = kind;
      if (meter_ != nullptr) {
        meter_->count(
            "turns_refused_total",
            {{"solution", solution}, {"priority", to_string(priority)}, {"why", to_string(why)}},
            static_cast<double>(count));
      }
    }
    if (!pace_.admit(solution, std::chrono::milliseconds(now_ms))) continue;
    log_.line(base::Level::warning, "runtime",
              "more comes for " + (solution.empty() ? "chats not in memory" : solution) +
                  " than can be done: some of it is refused, to be sent again later "
                  "(turns_refused_total)");
  }
}

}  // namespace millrace::runtime
