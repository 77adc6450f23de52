// The shares of the running server: a table for each kind of share, what the operator set for it,
// and what is told when one is full (a log line a kind and minute, and a figure each time).
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>

#include "base/meter.hpp"
#include "base/resilience/pace.hpp"
#include "base/resilience/shares.hpp"
#include "base/result.hpp"
#include "base/world.hpp"

namespace millrace::app {

using ShareLimits = std::array<base::ShareLimit, base::kShareCount>;

// As docs/limits.md lists them.
ShareLimits default_share_limits();
// "address-sessions=50/s:1000" (a rate and a burst), "=50/s" (a burst of ten seconds), or "=off";
// bytes may be written 512K or 16M. The error says what is expected.
base::Result<void> set_share_limit(ShareLimits& limits, std::string_view text);

class ServedShares final : public base::Shares {
 public:
  static constexpr size_t kAskersMax = 65'536;  // in each table

  ServedShares(const ShareLimits& limits, base::Log& log, base::Meter& meter);
  std::optional<int> take(base::Share share, std::string_view who, double amount) override;

 private:
  static constexpr size_t kParts = 8;  // of a table, so that lanes seldom wait for one another
  struct Part {
    explicit Part(base::ShareLimit limit) : table(limit, kAskersMax / kParts) {}
    std::mutex mutex;
    base::ShareTable table;
  };

  void tell(base::Share share);

  const ShareLimits limits_;
  std::array<std::array<std::unique_ptr<Part>, kParts>, base::kShareCount> parts_;
  base::Log& log_;
  base::Meter& meter_;
  std::mutex mutex_;
  base::Pace pace_{std::chrono::minutes(1)};
};

}  // namespace millrace::app
