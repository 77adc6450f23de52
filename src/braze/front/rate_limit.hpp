// Counts requests in clock-aligned windows (reference: users-track.md 4.1). The keys of a sandbox
// belong to one workspace and share the windows, as Braze's do.
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <optional>

#include "base/time.hpp"
#include "braze/braze.hpp"

namespace millrace::braze {

// Which requests are counted together (reference: other-endpoints.md 0).
enum class Bucket {
  track,
  track_sync,
  track_bulk,
  identity,  // identify, aliases, merge and delete
  export_ids,
  export_some_fields,  // users/export/ids with fields_to_export
  external_ids_rename,
  external_ids_remove,
  broadcast,
  subscription,
  send_ids,
  names,  // events, custom attributes, products
  data_series,
  catalogs,
  catalog_items,
  catalog_parts,  // fields and selections
  copies,         // campaigns/duplicate and canvas/duplicate
  center_writes,
  center_reads,
  pool,  // everything else
};
inline constexpr size_t kBuckets = static_cast<size_t>(Bucket::pool) + 1;

class RateLimits {
 public:
  explicit RateLimits(const SandboxOptions& options);

  // Counts one request; when the limit is reached, how long to wait instead.
  std::optional<std::chrono::milliseconds> take(Bucket bucket, base::Timestamp now);

  struct Description {
    int limit = 0;
    int remaining = 0;
    int64_t reset = 0;  // epoch seconds; seconds from now where the profile says so
  };
  Description describe(Bucket bucket, base::Timestamp now);

 private:
  struct Window {
    int limit = 0;
    int64_t length_ms = 0;
    int64_t ends_ms = 0;
    int used = 0;
  };
  static void turn(Window& window, base::Timestamp now);

  const bool enforces_;
  const bool resets_in_seconds_;
  std::mutex mutex_;
  std::array<Window, kBuckets> windows_;
  std::optional<Window> hourly_;  // beside the burst, for users/track
};

}  // namespace millrace::braze
