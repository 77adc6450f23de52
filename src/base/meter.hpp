// Figures that the running server keeps, in Prometheus' terms. The rooms that measure hold one of
// these; `app` shows them under /metrics. All calls are thread-safe and cheap.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

namespace millrace::base {

class Meter {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  virtual ~Meter() = default;
  // Counters end in _total.
  virtual void count(std::string_view name, Labels labels, double by = 1) = 0;
  virtual void set(std::string_view name, Labels labels, double value) = 0;
  // Histograms, in seconds: names end in _seconds.
  virtual void observe(std::string_view name, Labels labels, double seconds) = 0;
};

// Keeps nothing.
class NoMeter final : public Meter {
 public:
  void count(std::string_view, Labels, double) override {}
  void set(std::string_view, Labels, double) override {}
  void observe(std::string_view, Labels, double) override {}
};

}  // namespace millrace::base
