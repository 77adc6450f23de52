// A meter for tests that says what it was told; base::NoMeter is the one that forgets.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/meter.hpp"

namespace millrace::fakes {

// A figure is known by its name and its labels' values: "calls_total Hotel Reserve returned".
// Counts add up, what is set stays, of what is observed the number is kept. Thread-safe.
class KeptMeter final : public base::Meter {
 public:
  void count(std::string_view name, Labels labels, double by) override {
    change(name, labels, [by](double& value) { value += by; });
  }
  void set(std::string_view name, Labels labels, double value) override {
    change(name, labels, [value](double& kept) { kept = value; });
  }
  void observe(std::string_view name, Labels labels, double) override {
    change(name, labels, [](double& value) { value += 1; });
  }

  // 0 for what it was never told.
  double value(const std::string& figure) const {
    const std::lock_guard lock(mutex_);
    return value_of(figure);
  }
  // Waits until the figure is so much at least; ten seconds at most.
  bool reaches(const std::string& figure, double value) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10),
                             [&] { return value_of(figure) >= value; });
  }

 private:
  double value_of(const std::string& figure) const {
    const auto found = values_.find(figure);
    return found == values_.end() ? 0 : found->second;
  }
  void change(std::string_view name, Labels labels, const std::function<void(double&)>& how) {
    std::string figure(name);
    for (const auto& [label, value] : labels) figure += " " + std::string(value);
    const std::lock_guard lock(mutex_);
    how(values_[figure]);
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, double> values_;
};

}  // namespace millrace::fakes
