#include "calls/attempts.hpp"

#include <algorithm>
#include <utility>

namespace millrace::calls {
namespace {

using Kind = runtime::CallOutcome;

constexpr int64_t kPerCall = 100;
constexpr int64_t kPerSecond = 100;
constexpr int64_t kOneAttempt = 1'000;

}  // namespace

bool has_begun(Kind outcome) {
  return outcome != Kind::refused && outcome != Kind::unknown;
}

bool is_effect_unknown(Kind outcome) {
  return outcome == Kind::timed_out || outcome == Kind::crashed || outcome == Kind::unknown;
}

bool Attempts::ended(const runtime::CallPolicy& policy, const runtime::ActionOutcome& outcome) {
  ++made_;
  if (has_begun(outcome.kind)) begun_ = Begun{outcome.kind, outcome.message};
  if (made_ >= policy.attempts_max) return false;
  if (outcome.kind == Kind::returned || outcome.kind == Kind::unknown) return false;
  return std::ranges::find(policy.retry_on, outcome.kind) != policy.retry_on.end();
}

runtime::ActionOutcome Attempts::conclude(runtime::ActionOutcome last) const {
  const auto as_ended = [](Kind kind) { return kind == Kind::crashed ? Kind::unknown : kind; };
  if (has_begun(last.kind)) {
    last.kind = as_ended(last.kind);
    return last;
  }
  if (begun_) {
    last.kind = as_ended(begun_->kind);
    last.message = begun_->message + "; not attempted again: " + last.message;
  } else if (lost_before_ && last.kind == Kind::refused) {
    last.kind = Kind::unknown;
    last.message = "an earlier attempt may have happened, and another was refused: " + last.message;
  }
  return last;
}

void RetryBudget::earn(base::Timestamp now, int64_t thousandths) {
  const int64_t passed_ms = earned_at_ ? std::max<int64_t>(0, now.ms - earned_at_->ms) : 0;
  const int64_t by_time = std::min(kSavedMax, passed_ms * kPerSecond / 1'000);
  thousandths_ = std::min(kSavedMax, thousandths_ + by_time + thousandths);
  // What time has not earned in full yet is not lost.
  if (!earned_at_ || by_time > 0 || now < *earned_at_) earned_at_ = now;
}

void RetryBudget::called(base::Timestamp now) {
  earn(now, kPerCall);
}

bool RetryBudget::take(base::Timestamp now) {
  earn(now, 0);
  if (thousandths_ < kOneAttempt) return false;
  thousandths_ -= kOneAttempt;
  return true;
}

}  // namespace millrace::calls
