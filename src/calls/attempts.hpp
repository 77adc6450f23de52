// What is done when an attempt at a call has ended: another one, and after how long, or an end, and
// which. Pure: chance comes in as a number. Two rules hold the rest together: an attempt that a
// worker had may have had an effect, whatever it came to; and after such an attempt another one is
// made only where the solution's author asked for it, and then as an uncertain one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "runtime/ports.hpp"

namespace millrace::calls {

// Whether a script ran: not where a call was refused, nor where the runner would not repeat one
// (`unknown`).
bool has_begun(runtime::CallOutcome outcome);

// Whether it is not known what the outcome did to the outside world: killed at its time limit or
// crashed, or lost by a restart.
bool is_effect_unknown(runtime::CallOutcome outcome);

// One call's attempts so far.
class Attempts {
 public:
  // `uncertain`: a former run of the server may have made one already.
  explicit Attempts(bool uncertain = false) : lost_before_(uncertain) {}

  int made() const { return made_; }
  // The next attempt has to be told that it may be a repetition.
  bool is_uncertain() const { return lost_before_ || begun_.has_value(); }

  // An attempt ended. True when another is to be made: there are some left, and the policy names
  // the outcome. `returned` and `unknown` never are repeated.
  bool ended(const runtime::CallPolicy& policy, const runtime::ActionOutcome& outcome);

  // How the whole call ends, given the last attempt's outcome or a refusal to make another one.
  // - A crash is `unknown`: nobody can say how far it came.
  // - A refusal after an attempt that had begun ends as that attempt would have; a refusal of a
  // call
  //   that a restart had lost is `unknown`.
  runtime::ActionOutcome conclude(runtime::ActionOutcome last) const;

 private:
  struct Begun {
    runtime::CallOutcome kind;
    std::string message;
  };
  bool lost_before_;
  int made_ = 0;
  std::optional<Begun> begun_;  // the last attempt that a worker had
};

// Bounds what repetitions add to the load: each call earns a tenth of one, time earns one in ten
// seconds, and no more than ten are saved up.
class RetryBudget {
 public:
  void called(base::Timestamp now);
  // Takes one; false when there is none left.
  bool take(base::Timestamp now);

 private:
  void earn(base::Timestamp now, int64_t thousandths);
  static constexpr int64_t kSavedMax = 10'000;  // thousandths of an attempt

  int64_t thousandths_ = kSavedMax;
  std::optional<base::Timestamp> earned_at_;
};

}  // namespace millrace::calls
