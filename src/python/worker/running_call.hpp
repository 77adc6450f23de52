// The call that a worker runs, or its last one, whose context says what its stragglers must not
// print: how long it may take, what it has said so far, redacted, and the trace of it. Every line
// of a worker goes into the log through here. It knows no process.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "python/lines.hpp"
#include "python/redaction.hpp"
#include "python/version_setup.hpp"
#include "python/worker/pending_call.hpp"

namespace millrace::python {

class RunningCall {
 public:
  // How much the log takes of a call.
  struct Limits {
    size_t lines_max = 0;
    size_t line_bytes_max = 0;
    size_t bytes_max = 0;  // said in all, before it is stopped
  };
  // `secrets`: what no line may show, whatever the call.
  RunningCall(base::Log& log, Limits limits, Sensitives secrets);

  // `at`: the same moment as now, by the clock.
  void begin(PendingCall call, Loop::Moment now, base::Timestamp at, uint64_t worker);
  bool is_under_way() const { return static_cast<bool>(call_.done); }
  const std::string& nonce() const { return call_.nonce; }
  const std::string& command() const { return call_.command; }
  std::chrono::milliseconds time_limit() const { return call_.time_limit; }
  // When it must have ended.
  Loop::Moment until() const { return until_; }

  // False when it has said too much.
  bool counts(size_t bytes);
  // A line of the script's log; where no call is under way it is nobody's. Printed lines likewise.
  void log(base::Level level, const Line& line);
  void print(const std::vector<Line>& lines);
  // What it told of going wrong, redacted, for its outcome and, with the place, for the log.
  std::string complain(std::string_view message, std::string_view place);
  void add_exchange(web::Exchange exchange);

  // Completes the outcome with the trace, and gives whom to tell. What comes after is a straggler.
  runtime::Actions::Done end(runtime::ActionOutcome& outcome, Loop::Moment now);

 private:
  const Sensitives& sensitive();
  std::string redacted(std::string_view text);

  base::Log& log_;
  const Limits limits_;
  const Sensitives secrets_;
  PendingCall call_;
  Loop::Moment began_;
  Loop::Moment until_;
  std::optional<Sensitives> sensitive_;  // made when the first line asks for it
  runtime::AttemptTrace trace_;
  size_t lines_ = 0;
  bool lines_left_out_ = false;
  size_t bytes_ = 0;  // said since it began
};

}  // namespace millrace::python
