// How a target is: well; away, so that one request at a time tries it; or stopped, because our
// configuration is wrong. Says so when that changes.
#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "delivery/rules.hpp"

namespace millrace::delivery {

inline constexpr base::Timestamp kNever{std::numeric_limits<int64_t>::max()};

struct Notice {
  enum class Kind {
    stopped,  // by a configuration error; the queue is kept, whoever waits is told config_error
    resumed,
    away,  // the target does not answer, or with errors
    back,
    strange,  // an answer that nobody should give
  };
  Kind kind = Kind::strange;
  std::string text;  // free of secrets
};

class Health {
 public:
  enum class Probe { now_and_then, never };

  explicit Health(const Rules& rules) : rules_(rules) {}

  // Whether a request may be made while so many are under way.
  bool allows(base::Timestamp now, int under_way) const;
  // Away or stopped: one request at a time, and any will do.
  bool is_tried_alone() const { return stopped_ || down_; }
  // When a request may be made; kNever while that hangs on one under way.
  base::Timestamp opens_at(int under_way) const;

  bool is_stopped() const { return stopped_; }
  const std::string& stopped_because() const { return stopped_because_; }
  bool is_away() const { return down_; }
  base::Timestamp went_through_at() const { return went_through_at_; }

  void stop(std::string reason, base::Timestamp now, Probe probe = Probe::now_and_then);
  void resume();
  void request_began(base::Timestamp now);
  // Of a request that began then.
  void request_failed(base::Timestamp began, const std::string& why, base::Timestamp now,
                      uint64_t chance);
  void request_went_through(base::Timestamp now);
  void note_strange(std::string text);

  std::vector<Notice> take_notices() { return std::exchange(notices_, {}); }

 private:
  Rules rules_;
  std::vector<Notice> notices_;
  bool stopped_ = false;
  std::string stopped_because_;
  base::Timestamp probe_at_;  // kNever: stopped for good
  bool down_ = false;
  int failures_ = 0;  // one after the other, nothing having gone through in between
  base::Timestamp failed_at_;
  base::Timestamp resume_at_;
  base::Timestamp went_through_at_;
};

}  // namespace millrace::delivery
