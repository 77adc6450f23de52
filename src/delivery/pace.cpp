#include "delivery/pace.hpp"

#include <algorithm>

namespace millrace::delivery {

bool Pace::allows(base::Timestamp now) const {
  if (now < throttled_until_) return false;
  return !remaining_ || *remaining_ > 0 || now >= window_ends_at_;
}

base::Timestamp Pace::opens_at() const {
  if (!remaining_ || *remaining_ > 0) return throttled_until_;
  return std::max(throttled_until_, window_ends_at_);
}

void Pace::look_at(base::Timestamp now) {
  if (remaining_ && now >= window_ends_at_) remaining_.reset();
}

void Pace::request_began() {
  if (remaining_) --*remaining_;
}

void Pace::answer_came(const Answer& answer, base::Timestamp now, int64_t under_way) {
  if (!answer.remaining) return;
  if (answer.window_ends_at && *answer.window_ends_at > now) {
    remaining_ = *answer.remaining - under_way;
    window_ends_at_ = {std::min(answer.window_ends_at->ms, now.ms + rules_.wait_max_ms)};
  } else if (*answer.remaining == 0) {
    constexpr int64_t kUnsaidWindowMs = 1'000;
    throttled_until_ = {std::max(throttled_until_.ms, now.ms + kUnsaidWindowMs)};
  }
}

void Pace::request_throttled(const Answer& answer, base::Timestamp now, uint64_t chance) {
  ++throttles_;
  int64_t until = answer.wait_until.value_or(base::Timestamp{}).ms;
  // Without a time, or with one that has come: as patient as after a failure.
  if (until <= now.ms) {
    until = now.ms + std::max(kShortestWaitMs, base::wait_ms(rules_.backoff, throttles_, chance));
  }
  until = std::min(until, now.ms + rules_.wait_max_ms);
  throttled_until_ = {std::max(throttled_until_.ms, until)};
}

void Pace::asked_to_wait(base::Timestamp until, base::Timestamp now) {
  throttled_until_ = {std::clamp(until.ms, throttled_until_.ms,
                                 std::max(throttled_until_.ms, now.ms + rules_.wait_max_ms))};
}

}  // namespace millrace::delivery
