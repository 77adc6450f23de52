#include "delivery/health.hpp"

#include <algorithm>

namespace millrace::delivery {
namespace {

// One failure is the request's own; so many in a row are the target's.
constexpr int kFailuresOfTheTarget = 3;

// Another number of the same chance, so that two waits do not go alike (a step of the 64-bit linear
// congruential generator in Knuth's MMIX).
uint64_t other(uint64_t chance) {
  return (chance * 6364136223846793005u + 1442695040888963407u) >> 7;
}

}  // namespace

bool Health::allows(base::Timestamp now, int under_way) const {
  if (stopped_) return under_way == 0 && now >= probe_at_;
  if (down_) return under_way == 0 && now >= resume_at_;
  return true;
}

base::Timestamp Health::opens_at(int under_way) const {
  if (!is_tried_alone()) return {};
  if (under_way > 0) return kNever;
  return stopped_ ? probe_at_ : resume_at_;
}

void Health::stop(std::string reason, base::Timestamp now, Probe probe) {
  const bool is_final = probe == Probe::never || (stopped_ && probe_at_ == kNever);
  probe_at_ = is_final ? kNever : base::Timestamp{now.ms + rules_.probe_ms};
  if (std::exchange(stopped_, true)) return;
  stopped_because_ = reason;
  notices_.push_back({Notice::Kind::stopped, std::move(reason)});
}

void Health::resume() {
  if (!std::exchange(stopped_, false)) return;
  notices_.push_back({Notice::Kind::resumed, "deliveries go out again"});
}

void Health::request_began(base::Timestamp now) {
  // Nothing more until it has answered.
  if (stopped_) probe_at_ = {now.ms + rules_.probe_ms};
}

void Health::request_failed(base::Timestamp began, const std::string& why, base::Timestamp now,
                            uint64_t chance) {
  // Those that were under way together fail together: that is one failure.
  if (failures_ == 0 || began >= failed_at_) {
    ++failures_;
    failed_at_ = now;
    resume_at_ = {now.ms + std::max(kShortestWaitMs,
                                    base::wait_ms(rules_.backoff, failures_, other(chance)))};
  }
  if (failures_ >= kFailuresOfTheTarget && !std::exchange(down_, true)) {
    notices_.push_back({Notice::Kind::away, why});
  }
}

void Health::request_went_through(base::Timestamp now) {
  went_through_at_ = now;
  failures_ = 0;
  if (std::exchange(down_, false)) notices_.push_back({Notice::Kind::back, ""});
  resume();
}

void Health::note_strange(std::string text) {
  notices_.push_back({Notice::Kind::strange, std::move(text)});
}

}  // namespace millrace::delivery
