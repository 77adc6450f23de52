// The figures of the running server, kept by prometheus-cpp and shown in Prometheus' text format.
// Names get the prefix `millrace_`. Whatever callers label things with, a name has at most
// kSeriesMax series: what comes after those is counted under the label value "other".
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "app/wire/health_pages.hpp"
#include "app/wire/process_figures.hpp"
#include "base/meter.hpp"
#include "base/web/web.hpp"

namespace millrace::app {

class Metrics final : public base::Meter {
 public:
  static constexpr size_t kSeriesMax = 1'000;

  Metrics();
  ~Metrics() override;

  void count(std::string_view name, Labels labels, double by) override;
  void set(std::string_view name, Labels labels, double value) override;
  void observe(std::string_view name, Labels labels, double seconds) override;

  // All of them, as GET /metrics gives them. Thread-safe.
  std::string expose() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Answers GET /metrics, /healthz and /readyz, the latter two with what each check says. Meant for a
// listener of its own, out of consumers' reach.
class MetricsHandler final : public web::Handler {
 public:
  // `health`: none, and only the figures are here.
  // `figures`: what is looked at when somebody asks; none: nothing.
  explicit MetricsHandler(const Metrics& metrics, HealthPages* health = nullptr,
                          ProcessFigures* figures = nullptr)
      : metrics_(metrics), health_(health), figures_(figures) {}
  void handle(web::Request request, web::Respond respond) override;

 private:
  const Metrics& metrics_;
  HealthPages* health_;
  ProcessFigures* figures_;
  std::mutex looking_;
};

}  // namespace millrace::app
