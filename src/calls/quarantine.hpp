// What ended workers, or the server, again and again is put aside until the operator releases it:
// one call by its key, or a command of a version that only ends its workers any more. A call that a
// restart takes up again is counted before it runs, so that it counts also when nobody is left to
// tell. Thread-safe; blocks for a small file where there is something to keep.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/meter.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "runtime/ports.hpp"

namespace millrace::calls {

inline constexpr int kDeathsOfCallMax = 3;      // under one key
inline constexpr int kDeathsOfCommandMax = 10;  // of one command of a version, one after the other,
inline constexpr int64_t kDeathsWindowMs = 10 * 60'000;  // each within so long of the one before
inline constexpr size_t kDeathRecordsMax = 10'000;

// One call, or one command of a version (then `key` is empty).
struct DeathRecord {
  std::string key;
  std::string solution;
  std::string version;
  std::string command;
  int deaths = 0;
  bool is_aside = false;
  base::Timestamp at;   // of the last one
  std::string message;  // how it ended, redacted

  // What tells it from all others: the call's key, or solution, version and command.
  std::string id() const;
};
std::string to_json(const DeathRecord& record);
// As whoever looks is shown it: the same, with the time in ISO 8601 as "at".
json::object shown(const DeathRecord& record);
base::Result<DeathRecord> death_record_from_json(std::string_view text);

// Where they are kept, for ever or until somebody removes one. All calls block.
class DeathRecords {
 public:
  virtual ~DeathRecords() = default;
  virtual std::optional<DeathRecord> find(const std::string& id) = 0;
  virtual base::Result<void> keep(const DeathRecord& record) = 0;
  virtual void forget(const std::string& id) = 0;
  virtual std::vector<DeathRecord> all() = 0;
};

class Quarantine {
 public:
  // Without records nothing is put aside. All must outlive it.
  Quarantine(DeathRecords* records, base::Clock& clock, base::Log& log, base::Meter& meter);

  // Before a call runs: why it must not; nullopt when it may.
  std::optional<std::string> refusal(const runtime::ActionCall& call);
  // A worker ended under it, or was killed at its time limit. True when the call is put aside by
  // it.
  bool died(const runtime::ActionCall& call, runtime::CallOutcome how, std::string_view message);
  // It ended as a call should, or was left to the next start by a server that stops.
  void lived(const runtime::ActionCall& call);

 private:
  struct Streak {
    int deaths = 0;
    base::Timestamp at;
  };
  std::optional<std::string> aside(const std::string& id);
  void put_aside(DeathRecord record);
  void show();

  DeathRecords* const records_;
  base::Clock& clock_;
  base::Log& log_;
  base::Meter& meter_;
  std::mutex mutex_;                          // guards what follows
  std::set<std::string, std::less<>> aside_;  // by id; what is there may have been released since
  std::map<std::string, int, std::less<>> calls_;  // deaths by key, of calls not aside
  std::map<std::string, Streak, std::less<>> commands_;
};

}  // namespace millrace::calls
