#include "app/wire/watched_meter.hpp"

namespace millrace::app {

void WatchedMeter::set(std::string_view name, Labels labels, double value) {
  shown_.set(name, labels, value);
  if (name != kStoreStopped && name != kDeliveryStopped) return;
  std::string which;
  for (const auto& [label, text] : labels) {
    which += (which.empty() ? "" : " ") + std::string(text);
  }
  {
    const std::lock_guard lock(mutex_);
    std::pair<std::string, std::string> key(name, std::move(which));
    if (value == 0) {
      stopped_.erase(key);
    } else if (stopped_.size() < kStoppedMax) {
      stopped_.insert(std::move(key));
    }
  }
  if (name == kStoreStopped) store_changes_.fetch_add(1, std::memory_order_release);
}

std::string WatchedMeter::stopped(std::string_view figure) const {
  const std::lock_guard lock(mutex_);
  std::string all;
  for (const auto& [name, which] : stopped_) {
    if (name == figure && all.size() < 200) all += (all.empty() ? "" : ", ") + which;
  }
  return all;
}

}  // namespace millrace::app
