// Counts the requests to one endpoint in clock-aligned windows (reference: users-track.md 4.1). The
// keys of a sandbox belong to one workspace and share the window, as Braze's do.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "base/time.hpp"

namespace millrace::braze {

class RateLimit {
 public:
  RateLimit(int limit, std::chrono::milliseconds window) : limit_(limit), window_(window) {}

  // Counts one request; when the limit is reached, how long to wait instead.
  std::optional<std::chrono::milliseconds> take(base::Timestamp now) {
    const std::lock_guard lock(mutex_);
    turn(now);
    if (used_ < limit_) {
      ++used_;
      return std::nullopt;
    }
    return std::chrono::milliseconds(ends_ms_ - now.ms);
  }

  struct Description {
    int limit = 0;
    int remaining = 0;
    int64_t reset_epoch_seconds = 0;
  };
  Description describe(base::Timestamp now) {
    const std::lock_guard lock(mutex_);
    turn(now);
    return {limit_, limit_ - used_, (ends_ms_ + 999) / 1000};
  }

 private:
  // Begins the window that `now` is in when the last one is over.
  void turn(base::Timestamp now) {
    if (now.ms < ends_ms_) return;
    ends_ms_ = (now.ms / window_.count() + 1) * window_.count();
    used_ = 0;
  }

  const int limit_;
  const std::chrono::milliseconds window_;
  std::mutex mutex_;
  int64_t ends_ms_ = 0;
  int used_ = 0;
};

}  // namespace millrace::braze
