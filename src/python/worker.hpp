// One worker process and the call it is running. It speaks the protocol, keeps the deadline and
// brings every line the process says into the log, redacted. Whatever the process does, a call
// given to run() ends exactly once.
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
#include "python/process.hpp"
#include "python/python.hpp"
#include "python/redaction.hpp"
#include "runtime/ports.hpp"

namespace millrace::python {

// What all workers of one version share.
struct WorkerSetup {
  const PoolOptions& options;
  runtime::Clock& clock;
  runtime::Log& log;
  Loop& loop;
  const Fd& source;
  VersionFolder version;
  std::vector<std::string> environment;
};

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

  // Starts the process; it becomes free later, or is gone.
  static base::Result<std::unique_ptr<Worker>> start(const WorkerSetup& setup, Owner& owner);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  State state() const { return state_; }
  bool has_run() const { return calls_ > 0; }
  bool was_ready() const { return was_ready_; }
  Loop::Moment idle_since() const { return idle_since_; }
  // How the process ended; known when the worker is gone.
  const std::string& end_note() const { return end_note_; }

  // The worker must be idle.
  void run(runtime::ActionCall call, runtime::Actions::Done done);
  // Kills the process. A call in flight ends with this kind and message.
  void end(runtime::ActionOutcome::Kind kind, std::string message);
  // Ends a worker that nobody needs any more; it must not be busy.
  void retire();
  bool is_retired() const { return retired_; }

 private:
  // The call in flight, or the last one: its context says what its stragglers must not print.
  struct Running {
    uint64_t number = 0;
    std::string command;
    std::string chat_id;
    json::object context;
    runtime::Actions::Done done;
    std::optional<Sensitives> sensitive;  // made when the first line asks for it
    size_t lines = 0;
    bool lines_left_out = false;
  };

  Worker(const WorkerSetup& setup, Owner& owner, Child child);
  bool watch();
  void write_some();
  void read_control();
  void read_output();
  void exited();
  void gone();

  // Each handles one frame; false when it makes no sense here.
  bool handle(const json::object& frame);
  bool handle_hello(const json::object& hello);
  bool handle_ready(const json::object& ready);
  bool handle_log(const json::object& log);
  bool handle_end(const json::object& end);

  void finish(runtime::ActionOutcome outcome);
  void log_line(runtime::Level level, const Line& line, bool of_call);
  void log_printed(const std::vector<Line>& lines);
  const Sensitives& sensitive();
  std::string redacted(std::string_view text);
  // Reads per event, so that a worker that never stops talking does not keep the others waiting. A
  // pipe holds less than this, so one round gives all that was printed before a result was sent.
  static constexpr int kReadsMax = 4;
  static constexpr size_t kReadBytes = 64 << 10;
  size_t raw_line_max() const { return 4 * setup_.options.log_line_bytes_max; }

  const WorkerSetup& setup_;
  Owner& owner_;
  Child child_;
  uint64_t control_watch_ = 0;
  uint64_t output_watch_ = 0;
  uint64_t exit_watch_ = 0;
  Loop::Timer timer_;  // of the start, the call or the end

  State state_ = State::starting;
  bool was_ready_ = false;
  bool exited_ = false;   // the process is no more
  bool retired_ = false;  // it was ended because nobody needed it
  Loop::Moment idle_since_;
  uint64_t calls_ = 0;
  Running running_;

  FrameReader frames_;
  LineReader lines_;
  std::string unsent_;
  size_t sent_ = 0;
  Sensitives secrets_;
  bool secrets_known_ = false;
  std::vector<Line> held_;  // printed before it was known what is secret
  size_t held_left_out_ = 0;

  runtime::ActionOutcome::Kind end_kind_ = runtime::ActionOutcome::Kind::crashed;
  std::string end_message_;
  std::string end_note_;
};

}  // namespace millrace::python
