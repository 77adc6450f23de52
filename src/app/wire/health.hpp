// Whether the server serves. A round of checks asks the journal for a commit of nothing, every lane
// for an answer, the disk for its room, and the figures for what has stopped. Rounds are made when
// somebody asks, one at a time and none while the last one is fresh, so asking costs nobody a sync;
// a store that stops or goes on ends that freshness at once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/wire/watched_meter.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "runtime/ports.hpp"

namespace millrace::app {

inline constexpr std::chrono::milliseconds kHealthLimit{1'000};  // for a commit and for the lanes
inline constexpr std::chrono::milliseconds kHealthFreshness{500};
inline constexpr std::chrono::seconds kHealthEvery{
    10};                                             // while something is wrong, or figures show
inline constexpr size_t kHealthWaitingMax = 10'000;  // askers at once; others are told it fails
inline constexpr uint64_t kDiskMinDefault = 64ULL << 20;

inline constexpr std::string_view kLanesCheck = "lanes";

struct HealthCheck {
  std::string name;       // "journal", "lanes", "workers", "disk", "deliveries"
  std::string wrong;      // what is wrong; "" when nothing is
  bool is_vital = false;  // without it the server is not alive either
};

struct HealthReport {
  std::vector<HealthCheck> checks;
  bool alive() const;                          // messages can be taken
  bool ready() const;                          // and everything that follows from them can be done
  bool is_right(std::string_view name) const;  // a check of that name was made and found nothing
  // {"status": "ok" | "failing"}, with "checks": {name: "ok" | what is wrong} where they are shown.
  // With `is_vital_only` those alone that alive() asks.
  json::object to_json(bool is_vital_only, bool shows_checks) const;
};

class Health {
 public:
  using Told = std::move_only_function<void(const HealthReport&)>;
  // Gives what is wrong, "" for nothing. Called on the thread of Health; must not block.
  using Ask = std::function<std::string()>;
  struct Ports {
    runtime::Journal& journal;
    base::Lanes& lanes;
    WatchedMeter& meter;
    base::Log& log;
    Ask workers;
    std::filesystem::path data;
    uint64_t disk_min = kDiskMinDefault;  // bytes
    bool keeps_looking = false;           // also when nobody asks, for the figures
  };

  explicit Health(Ports ports);
  ~Health();  // as stop()

  // Tells the report, at once or from a thread of Health's. Thread-safe, never blocks.
  void ask(Told told);
  // Tells whoever still waits that it is stopping. The ports are not used afterwards.
  void stop();

 private:
  struct Round;
  void run(const std::stop_token& asked_to_stop);
  bool is_fresh() const;  // under the lock
  HealthReport look();
  std::string ask_journal();
  std::string ask_lanes();
  std::string ask_disk() const;
  void note(const HealthReport& report);

  Ports ports_;
  std::shared_ptr<Round> round_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Told> waiting_;
  HealthReport last_;
  std::chrono::steady_clock::time_point last_at_;
  std::optional<uint64_t> last_stops_;  // the meter's count of changes when it was made
  bool was_ready_ = true;
  bool is_stopped_ = false;
  std::jthread thread_;
};

}  // namespace millrace::app
