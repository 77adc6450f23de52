// The durable log of events: what has come, each event once, and what could not be taken. A record
// is what one request brought. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/record_log.hpp"
#include "listener/dialects/dialect.hpp"
#include "listener/seen.hpp"

namespace millrace::listener {

// How an event that was refused is kept.
struct Quarantined {
  std::string source;
  std::string message_id;
  Dialect dialect = Dialect::segment;
  std::string reason;
  base::Timestamp received;
  json::value raw;  // as it came
};

// A line of a record.
struct LoggedLine {
  Fingerprint print;      // of its source and message id
  bool is_event = false;  // else it is quarantined
  std::string_view json;
};
struct LoggedRecord {
  base::Timestamp received;
  std::vector<LoggedLine> lines;  // into the record's bytes
};
// Error: data_loss.
base::Result<LoggedRecord> read_record(std::string_view record);
// Puts a line onto the end of a record.
void append_line(std::string& record, const LoggedLine& line);
base::Result<Quarantined> read_quarantined(std::string_view json);

class EventLog {
 public:
  struct Limits {
    size_t bytes_max = size_t{64} << 20;       // on their way to the disk; more is refused
    size_t kept_bytes_max = size_t{16} << 30;  // of all that is kept; more is refused
  };
  struct Kept {
    size_t events = 0;
    size_t doubled = 0;  // had come before, and are not kept again
    size_t quarantined = 0;
  };
  using Done = std::move_only_function<void(base::Result<Kept>)>;

  // Reads through all that is kept. `records` must outlive this, and is its alone.
  static base::Result<std::unique_ptr<EventLog>> open(base::RecordLog& records, Limits limits);

  // Keeps what has not come before. `done` is called once all of it is durable, also what has come
  // before and is on its way to the disk: here, or on the log's thread. Errors: resource_exhausted
  // (too much is on its way), unavailable (the disk); then nothing of it is kept.
  void keep(const Arrival& arrival, Dialect dialect, Batch batch, Done done);

  // Reads again what was quarantined before this was opened, as this build and the sources of now
  // understand it: what is right now is kept as an event, in time. Once, before anything else is
  // kept. Returns how many events that were.
  size_t replay(const Sources& sources);

  // Lets go of what came before that: whole files, so that some of it stays a little longer.
  void drop_before(base::Timestamp at);
  // Of all that is kept.
  size_t kept_bytes();

 private:
  struct Way {  // of one record to the disk
    uint64_t number = 0;
    size_t bytes = 0;
    std::vector<Fingerprint> prints;
    Kept kept;
    Done done;
    std::vector<std::pair<Kept, Done>> also;  // had only what is on its way already
  };
  EventLog(base::RecordLog& records, Limits limits) : records_(records), limits_(limits) {}
  static constexpr size_t kReplayedMax = 10'000;

  // The records of about a day.
  struct Day {
    int64_t began_ms = 0;
    uint64_t first = 0;  // the number of its first record
    size_t bytes = 0;
  };
  using Written = std::vector<std::pair<Fingerprint, std::string>>;  // as JSON
  // Those that have not come before, as a record.
  std::string record_of(const Arrival& arrival, const Written& events, const Written& refused,
                        Way& way);
  base::Result<void> has_room() const;
  void count(base::Timestamp received, uint64_t number, size_t bytes);
  base::Result<void> note(uint64_t number, std::string_view record);
  void written(const base::Result<void>& result);

  base::RecordLog& records_;
  const Limits limits_;
  std::mutex mutex_;
  Seen seen_;
  std::deque<Way> ways_;    // in the order of their numbers
  size_t bytes_ = 0;        // of ways_
  uint64_t last_ = 0;       // the number of the last record that was handed on
  bool is_broken_ = false;  // a record failed: those behind it on their way do as well
  uint64_t last_durable_ = 0;
  std::deque<std::string> quarantined_;  // the newest, until they are replayed
  std::deque<Day> days_;
  size_t kept_bytes_ = 0;  // of days_
};

}  // namespace millrace::listener
