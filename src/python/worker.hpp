// One worker process, forked by its version's zygote, and the one call that it runs: then it is
// killed, with whatever the call left in it. A call that is proven to leave nothing may keep it for
// others that are. It speaks the protocol and brings every line the
// process says into the log, redacted. Whatever the process does, a call given to run() ends
// exactly once.
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
    // Its call is over and it stays, for calls that are proven to leave nothing.
    virtual void is_free_again(Worker& worker) = 0;
    virtual void is_gone(Worker& worker) = 0;

   protected:
    ~Owner() = default;
  };

  // Asks the zygote for the process, in that slot; the worker becomes free later, or is gone.
  static base::Result<std::unique_ptr<Worker>> start(const VersionSetup& setup, Zygote& zygote,
                                                     uint64_t name, uint32_t slot, Owner& owner);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  uint64_t name() const { return name_; }
  uint32_t slot() const { return slot_; }
  State state() const { return state_; }
  // It has a call, or ended with one: its place is to be given back.
  bool has_call() const { return has_call_; }
  // The call ended as a call should, and the process was killed after it.
  bool is_spent() const { return is_spent_; }
  bool was_ready() const { return was_ready_; }
  // It was not there within its start limit.
  bool is_late() const { return killed_ && !was_ready_ && !retired_; }
  Loop::Moment idle_since() const { return idle_since_; }
  // How the process ended; known when the worker is gone.
  const std::string& end_note() const { return end_note_; }

  // What the zygote tells of it.
  void has_no_process(std::string_view reason);
  void has_exited(int status);
  void has_lost_its_zygote();

  // The worker must be idle. `may_stay`: the call is proven to leave nothing behind, and so is
  // every other that this worker has had or will have.
  void run(PendingCall call, bool may_stay);
  // When the call must have ended; only while it is busy.
  Loop::Moment until() const { return running_.until; }
  // Ends the call if it is over its time.
  void keep_deadline();
  // What somebody else saw of the call of that nonce.
  void add_exchange(std::string_view nonce, web::Exchange exchange);
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

  Worker(const VersionSetup& setup, Zygote& zygote, uint64_t name, uint32_t slot, Owner& owner);
  bool watch();
  void unwatch();
  bool said(size_t bytes);
  void write_some();
  void read_control();
  void read_output();
  // False when there is nothing more for now.
  bool take(std::string_view bytes);
  void closed();
  void gone();

  // Each handles one frame; false when it makes no sense here.
  bool handle(json::object& frame);
  bool handle_here(const json::object& frame);
  bool handle_log(const json::object& log);
  bool handle_exchange(const json::object& exchange);
  bool handle_end(json::object& end);

  void finish(runtime::ActionOutcome outcome, bool would_stay = false);
  bool can_stay() const;
  void stay();
  void log_line(base::Level level, const Line& line, bool of_call);
  void log_printed(const std::vector<Line>& lines);
  const Sensitives& sensitive();
  std::string redacted(std::string_view text);
  // Reads per event, so that a worker that never stops talking does not keep the others waiting. A
  // pipe holds less than this, so one round gives all that was printed before a result was sent.
  static constexpr int kReadsMax = 4;
  static constexpr size_t kReadBytes = 64 << 10;

  const VersionSetup& setup_;
  Zygote& zygote_;  // outlives every worker that is not gone
  const uint64_t name_;
  const uint32_t slot_;
  Owner& owner_;
  // The zygote's may go before this does.
  const Sensitives secrets_;
  const Sensitives sealed_;
  posix::Fd control_;
  posix::Fd output_;
  posix::Fd process_;
  pid_t sender_ = 0;  // of what was read last, while it is starting: the process
  bool may_stay_ = false;
  uint32_t calls_ = 0;
  size_t resident_bytes_ = 0;  // after its first call
  uint64_t control_watch_ = 0;
  uint64_t output_watch_ = 0;
  Loop::Timer timer_;  // of the start or of the end

  State state_ = State::starting;
  bool was_ready_ = false;
  bool has_call_ = false;
  bool is_spent_ = false;
  bool killed_ = false;  // by us, for end_kind_
  bool is_gone_ = false;
  bool retired_ = false;  // it was ended because nobody needed it
  Loop::Moment idle_since_;
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
