#include "braze/front/rate_limit.hpp"

#include <algorithm>

namespace millrace::braze {
namespace {

constexpr int64_t kSecond = 1'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr int kPool = 250'000;  // an hour

struct Rate {
  int limit;
  int64_t length_ms;
};

Rate rate_of(Bucket bucket, const SandboxOptions& options) {
  const bool is_legacy = options.profile == LimitProfile::legacy;
  switch (bucket) {
    case Bucket::track:
      if (options.rate_limit > 0) return {options.rate_limit, options.rate_window.count()};
      return is_legacy ? Rate{50'000, kMinute} : Rate{3'000, 3 * kSecond};
    case Bucket::track_sync: return {500, kMinute};
    case Bucket::track_bulk: return {50, kSecond};
    case Bucket::identity: return {20'000, kMinute};
    // What accounts have that may leave fields_to_export out.
    case Bucket::export_ids: return {2'500, kMinute};
    case Bucket::export_some_fields: return is_legacy ? Rate{2'500, kMinute} : Rate{40, kSecond};
    case Bucket::external_ids_rename:
    case Bucket::external_ids_remove: return {1'000, kMinute};
    case Bucket::broadcast: return {250, kMinute};
    case Bucket::subscription: return {5'000, kMinute};
    case Bucket::send_ids: return {100, kDay};
    case Bucket::names: return {1'000, kHour};
    case Bucket::data_series: return {50'000, kMinute};
    case Bucket::catalogs:
    case Bucket::catalog_parts: return {50, kMinute};
    case Bucket::copies: return {100, kMinute};
    case Bucket::center_writes: return {10, kMinute};
    case Bucket::center_reads: return {1'000, kMinute};
    case Bucket::catalog_items: return {16'000, kMinute};
    case Bucket::pool: return {kPool, kHour};
  }
  return {kPool, kHour};
}

}  // namespace

RateLimits::RateLimits(const SandboxOptions& options)
    : enforces_(options.enforces_rates), resets_in_seconds_(options.profile == LimitProfile::mau) {
  for (size_t i = 0; i < kBuckets; ++i) {
    const Rate rate = rate_of(static_cast<Bucket>(i), options);
    windows_[i] = {rate.limit, rate.length_ms};
  }
  // The figure is each account's own, shown in the dashboard alone; here it is the pool's.
  if (options.profile == LimitProfile::mau) hourly_ = Window{kPool, kHour};
}

void RateLimits::turn(Window& window, base::Timestamp now) {
  if (now.ms < window.ends_ms) return;
  window.ends_ms = (now.ms / window.length_ms + 1) * window.length_ms;
  window.used = 0;
}

std::optional<std::chrono::milliseconds> RateLimits::take(Bucket bucket, base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  Window& window = windows_[static_cast<size_t>(bucket)];
  Window* hourly = bucket == Bucket::track && hourly_ ? &*hourly_ : nullptr;
  for (Window* each : {&window, hourly}) {
    if (each == nullptr) continue;
    turn(*each, now);
    if (enforces_ && each->used >= each->limit) {
      return std::chrono::milliseconds(each->ends_ms - now.ms);
    }
  }
  ++window.used;
  if (hourly != nullptr) ++hourly->used;
  return std::nullopt;
}

RateLimits::Description RateLimits::describe(Bucket bucket, base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  const bool is_hourly = bucket == Bucket::track && hourly_;
  Window& window = is_hourly ? *hourly_ : windows_[static_cast<size_t>(bucket)];
  turn(window, now);
  const int64_t until = resets_in_seconds_ ? window.ends_ms - now.ms : window.ends_ms;
  return {window.limit, std::max(0, window.limit - window.used), (until + 999) / 1'000};
}

}  // namespace millrace::braze
