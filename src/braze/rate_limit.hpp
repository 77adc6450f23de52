// Counts requests per key in clock-aligned windows (reference: users-track.md 4.1).
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace millrace::braze {

class RateLimits {
 public:
  RateLimits(int limit, std::chrono::milliseconds window) : limit_(limit), window_(window) {}

  // Counts one request; when the limit is reached, how long to wait instead.
  std::optional<std::chrono::milliseconds> take(const std::string& key, base::Timestamp now) {
    const std::lock_guard lock(mutex_);
    Window& window = at(key, now);
    if (window.used < limit_) {
      ++window.used;
      return std::nullopt;
    }
    return std::chrono::milliseconds(window.ends_ms - now.ms);
  }

  struct Description {
    int limit = 0;
    int remaining = 0;
    int64_t reset_epoch_seconds = 0;
  };
  Description describe(const std::string& key, base::Timestamp now) {
    const std::lock_guard lock(mutex_);
    const Window& window = at(key, now);
    return {limit_, limit_ - window.used, (window.ends_ms + 999) / 1000};
  }

 private:
  struct Window {
    int64_t ends_ms = 0;
    int used = 0;
  };

  Window& at(const std::string& key, base::Timestamp now) {
    Window& window = windows_[key];
    if (now.ms >= window.ends_ms) {
      window = {(now.ms / window_.count() + 1) * window_.count(), 0};
    }
    return window;
  }

  const int limit_;
  const std::chrono::milliseconds window_;
  std::mutex mutex_;
  std::map<std::string, Window> windows_;  // one per key the sandbox knows
};

}  // namespace millrace::braze
