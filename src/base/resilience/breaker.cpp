#include "base/resilience/breaker.hpp"

namespace millrace::base {
namespace {

constexpr size_t kOutcomesMax = 1'000;

}  // namespace

bool Breaker::allow(Timestamp now) {
  if (!is_open_) return true;
  if (probing_ || now.ms < open_until().ms) return false;
  probing_ = true;
  return true;
}

void Breaker::report(Timestamp now, bool succeeded) {
  if (is_open_) {
    if (!probing_) return;  // begun before it opened
    probing_ = false;
    if (succeeded) {
      is_open_ = false;
      outcomes_.clear();
      failures_ = 0;
    } else {
      opened_at_ = now;
    }
    return;
  }
  forget_before({now.ms - rules_.window_ms});
  if (outcomes_.size() == kOutcomesMax) {
    failures_ -= outcomes_.front().succeeded ? 0 : 1;
    outcomes_.pop_front();
  }
  outcomes_.push_back({now, succeeded});
  if (succeeded) return;
  ++failures_;
  const auto total = static_cast<int64_t>(outcomes_.size());
  if (total >= rules_.calls_min && failures_ * 100 >= total * rules_.failures_percent) open(now);
}

Breaker::State Breaker::state(Timestamp now) const {
  if (!is_open_) return State::closed;
  return probing_ || now.ms >= open_until().ms ? State::half_open : State::open;
}

void Breaker::forget_before(Timestamp moment) {
  while (!outcomes_.empty() && outcomes_.front().at.ms < moment.ms) {
    failures_ -= outcomes_.front().succeeded ? 0 : 1;
    outcomes_.pop_front();
  }
}

void Breaker::open(Timestamp now) {
  is_open_ = true;
  probing_ = false;
  opened_at_ = now;
}

}  // namespace millrace::base
