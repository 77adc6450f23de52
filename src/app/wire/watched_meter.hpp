// A meter that passes everything on and remembers which of the things that can stop (stores,
// deliveries) are stopped now, for whoever asks how the server is.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>

#include "base/meter.hpp"

namespace millrace::app {

class WatchedMeter final : public base::Meter {
 public:
  static constexpr size_t kStoppedMax = 1'000;  // names remembered

  explicit WatchedMeter(base::Meter& shown) : shown_(shown) {}

  void count(std::string_view name, Labels labels, double by) override {
    shown_.count(name, labels, by);
  }
  void set(std::string_view name, Labels labels, double value) override;
  void observe(std::string_view name, Labels labels, double seconds) override {
    shown_.observe(name, labels, seconds);
  }

  // "Owe sandbox": the first label values of what is stopped under that figure's name; "" = none.
  std::string stopped(std::string_view figure) const;
  // Goes up whenever a store stops or goes on.
  uint64_t store_changes() const { return store_changes_.load(std::memory_order_acquire); }

 private:
  base::Meter& shown_;
  mutable std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> stopped_;
  std::atomic<uint64_t> store_changes_{0};
};

// The figures that are watched: 1 while something is stopped.
inline constexpr std::string_view kStoreStopped = "store_stopped";
inline constexpr std::string_view kDeliveryStopped = "delivery_stopped";

}  // namespace millrace::app
