#include "app/wire/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <exception>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <sstream>
#include <unordered_map>

namespace millrace::app {
namespace {

constexpr size_t kLabelBytesMax = 128;
constexpr std::pair<std::string_view, std::string_view> kHelp[] = {
    {"calls_total", "Calls of action nodes by how they ended"},
    {"call_attempts_total", "Attempts at calls of action nodes by how they ended"},
    {"call_seconds", "Calls of action nodes from the first attempt to the end"},
    {"call_queue_seconds", "How long an attempt waited for its turn and for a worker"},
    {"call_breaker_open", "1 while a circuit breaker keeps calls away from an action node"},
    {"turn_seconds", "Turns from when their lane took the input up until it was durable"},
    {"chats_started_total", "Chats that began"},
    {"chats_ended_total", "Chats that ended, by why"},
    {"http_request_seconds", "Requests until they were answered"},
    {"commit_seconds", "Transactions of a store with their sync"},
    {"connections_open", "Connections that are open now"},
    {"sockets_open", "Web sockets that are open now"},
    {"data_disk_free_bytes", "Room left on the data folder's disk"},
    {"health_ok", "1 while that check of /readyz is right; `all` for all of them"},
    {"call_long_waits_total", "Times that calls were seen to wait over a second for a worker"},
    {"calls_quarantined_total", "Calls and commands put aside as they kept ending workers"},
    {"calls_quarantined", "Calls and commands that are put aside now"},
    {"traces_dropped_total", "Traces of calls that could not be written as fast as they came"},
};

const prometheus::Histogram::BucketBoundaries& buckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
      0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30,    60};
  return kBuckets;
}

std::string help_for(std::string_view name) {
  for (const auto& [known, help] : kHelp) {
    if (known == name) return std::string(help);
  }
  return {};
}

struct Hash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

// The series of one kind of figure. A series is looked up by one text, under a lock that readers
// share; a new one is made rarely.
template <typename Metric>
class Kind {
 public:
  using Labels = base::Meter::Labels;

  explicit Kind(prometheus::Registry& registry) : registry_(registry) {}

  // nullptr when the name is another kind's already.
  Metric* find(std::string_view name, Labels labels) {
    thread_local std::string key;
    key = name;
    for (const auto& [label, value] : labels) {
      key += '\x1f';
      key += label;
      key += '\x1e';
      key += value;
    }
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = series_.find(key); found != series_.end()) return found->second;
    }
    const std::unique_lock lock(mutex_);
    if (const auto found = series_.find(key); found != series_.end()) return found->second;
    return add(name, labels, key);
  }

 private:
  struct Named {
    prometheus::Family<Metric>* family = nullptr;
    size_t count = 0;
  };

  Metric* add(std::string_view name, Labels labels, const std::string& key) {
    // The library refuses malformed names by throwing.
    try {
      Named& named = names_[std::string(name)];
      if (named.family == nullptr) named.family = &make(name);
      const bool is_full = named.count >= Metrics::kSeriesMax;
      prometheus::Labels shown;
      for (const auto& [label, value] : labels) {
        shown.emplace(label, is_full ? "other" : value.substr(0, kLabelBytesMax));
      }
      Metric& metric = create(*named.family, shown);
      if (is_full) return &metric;  // not remembered: there is no end to them
      ++named.count;
      series_.emplace(key, &metric);
      return &metric;
    } catch (const std::exception&) {
      return nullptr;
    }
  }

  prometheus::Family<Metric>& make(std::string_view name) {
    const std::string shown = "millrace_" + std::string(name);
    if constexpr (std::is_same_v<Metric, prometheus::Counter>) {
      return prometheus::BuildCounter().Name(shown).Help(help_for(name)).Register(registry_);
    } else if constexpr (std::is_same_v<Metric, prometheus::Gauge>) {
      return prometheus::BuildGauge().Name(shown).Help(help_for(name)).Register(registry_);
    } else {
      return prometheus::BuildHistogram().Name(shown).Help(help_for(name)).Register(registry_);
    }
  }

  static Metric& create(prometheus::Family<Metric>& family, const prometheus::Labels& labels) {
    if constexpr (std::is_same_v<Metric, prometheus::Histogram>) {
      return family.Add(labels, buckets());
    } else {
      return family.Add(labels);
    }
  }

  prometheus::Registry& registry_;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, Metric*, Hash, std::equal_to<>> series_;
  std::map<std::string, Named> names_;
};

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  Kind<prometheus::Counter> counters{registry};
  Kind<prometheus::Gauge> gauges{registry};
  Kind<prometheus::Histogram> histograms{registry};
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::count(std::string_view name, Labels labels, double by) {
  if (auto* counter = impl_->counters.find(name, labels); counter != nullptr && by > 0) {
    counter->Increment(by);
  }
}

void Metrics::set(std::string_view name, Labels labels, double value) {
  if (auto* gauge = impl_->gauges.find(name, labels)) gauge->Set(value);
}

void Metrics::observe(std::string_view name, Labels labels, double seconds) {
  if (auto* histogram = impl_->histograms.find(name, labels)) histogram->Observe(seconds);
}

std::string Metrics::expose() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

void MetricsHandler::handle(web::Request request, web::Respond respond) {
  if (health_ != nullptr && HealthPages::serves(request.path)) {
    health_->handle(request, std::move(respond));
  } else if (request.path != "/metrics") {
    respond({404, {{"Content-Type", "text/plain"}}, "only /metrics is here\n"});
  } else if (request.method != "GET") {
    respond({405, {{"Allow", "GET"}, {"Content-Type", "text/plain"}}, "only GET\n"});
  } else {
    if (figures_ != nullptr) {
      const std::lock_guard lock(looking_);
      figures_->look();
    }
    respond(
        {200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, metrics_.expose()});
  }
}

}  // namespace millrace::app
