// One worker process, forked by its version's zygote, and the call it is running. It speaks the
// protocol, keeps the deadline and brings every line the process says into the log, redacted.
// Whatever the process does, a call given to run() ends exactly once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "python/frames.hpp"
#include "python/lines.hpp"
#include "python/loop.hpp"
#include "python/pending_call.hpp"
#include "python/redaction.hpp"
#include "python/version_setup.hpp"
#include "python/zygote.hpp"

namespace millrace::python {

class Worker {
 public:
  enum class State { starting, idle, busy, ending };

  // Told what becomes of a worker. `is_gone` is the last word: drop the worker then, not before.
  class Owner {
   public:
    virtual void is_free(Worker& worker) = 0;
    virtual void is_gone(Worker& worker) = 0;

   protected:
    ~Owner() = default;
  };

  // Asks the zygote for the process; the worker becomes free later, or is gone.
  static base::Result<std::unique_ptr<Worker>> start(const VersionSetup& setup, Zygote& zygote,
                                                     uint64_t name, Owner& owner);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  uint64_t name() const { return name_; }
  State state() const { return state_; }
  bool has_run() const { return calls_ > 0; }
  bool was_ready() const { return was_ready_; }
  Loop::Moment idle_since() const { return idle_since_; }
  // How the process ended; known when the worker is gone.
  const std::string& end_note() const { return end_note_; }

  // It has run as many calls, or grown as much, as a worker may.
  bool is_worn() const { return is_worn_; }

  // What the zygote tells of it.
  void has_process(Fd process);
  void has_no_process(std::string_view reason);
  void has_exited(int status);
  void has_lost_its_zygote();

  // The worker must be idle.
  void run(PendingCall call);
  // What somebody else saw of the call of that number.
  void add_exchange(uint64_t number, runtime::Exchange exchange);
  // Kills the process. A call in flight ends with this kind and message.
  void end(runtime::ActionOutcome::Kind kind, std::string message);
  // Ends a worker that nobody needs any more; it must not be busy.
  void retire();
  bool is_retired() const { return retired_; }

 private:
  // The call in flight, or the last one: its context says what its stragglers must not print.
  struct Running {
    PendingCall call;
    Loop::Moment began;
    Loop::Moment until;
    std::optional<Sensitives> sensitive;  // made when the first line asks for it
    runtime::AttemptTrace trace;
    size_t lines = 0;
    bool lines_left_out = false;
    size_t bytes = 0;  // said since it began
  };

  Worker(const VersionSetup& setup, Zygote& zygote, uint64_t name, Owner& owner);
  bool watch();
  void keep_deadline();
  bool said(size_t bytes);
  void look_at_its_age();
  void write_some();
  void read_control();
  void read_output();
  void ended();
  void gone();

  // Each handles one frame; false when it makes no sense here.
  bool handle(json::object& frame);
  bool handle_log(const json::object& log);
  bool handle_exchange(const json::object& exchange);
  bool handle_end(json::object& end);

  void finish(runtime::ActionOutcome outcome);
  void log_line(runtime::Level level, const Line& line, bool of_call);
  void log_printed(const std::vector<Line>& lines);
  const Sensitives& sensitive();
  std::string redacted(std::string_view text);
  // Reads per event, so that a worker that never stops talking does not keep the others waiting. A
  // pipe holds less than this, so one round gives all that was printed before a result was sent.
  static constexpr int kReadsMax = 4;
  static constexpr size_t kReadBytes = 64 << 10;

  const VersionSetup& setup_;
  const uint64_t name_;
  Owner& owner_;
  // The zygote's may go before this does.
  const Sensitives secrets_;
  const Sensitives sealed_;
  Fd control_;
  Fd output_;
  Fd process_;
  pid_t number_ = 0;  // of the process, for looking at it
  uint64_t control_watch_ = 0;
  uint64_t output_watch_ = 0;
  uint64_t exit_watch_ = 0;
  // Of the start, the call or the end. Between calls it is left running: to set one for each would
  // wake the loop each time.
  Loop::Timer timer_;

  State state_ = State::starting;
  bool was_ready_ = false;
  bool exited_ = false;  // the process is no more
  bool killed_ = false;  // by us, for end_kind_
  bool is_gone_ = false;
  bool retired_ = false;  // it was ended because nobody needed it
  bool is_worn_ = false;
  Loop::Moment idle_since_;
  uint64_t calls_ = 0;
  size_t first_resident_bytes_ = 0;
  Running running_;

  FrameReader frames_;
  LineReader lines_;
  std::string unsent_;
  size_t sent_ = 0;

  runtime::ActionOutcome::Kind end_kind_ = runtime::ActionOutcome::Kind::crashed;
  std::string end_message_;
  std::string end_note_;
};

}  // namespace millrace::python
