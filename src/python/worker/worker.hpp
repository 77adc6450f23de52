// One worker process, forked by its version's zygote, and the one call that it runs: then it is
// killed, with whatever the call left in it. A call that is proven to leave nothing may keep it for
// others that are. Its life is kept here; what goes over the wire (WorkerWire), what the frames say
// (read_words) and the call itself (RunningCall) are others'. Whatever the process does, a call
// given to run() ends exactly once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "python/loop.hpp"
#include "python/version_setup.hpp"
#include "python/worker/pending_call.hpp"
#include "python/worker/running_call.hpp"
#include "python/worker/worker_wire.hpp"
#include "python/worker/worker_words.hpp"
#include "python/worker/zygote.hpp"

namespace millrace::python {

class Worker final : private WorkerWire::Listener {
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
  Loop::Moment until() const { return running_.until(); }
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
  Worker(const VersionSetup& setup, Zygote& zygote, uint64_t name, uint32_t slot, Owner& owner);

  bool counts(size_t bytes) override;
  bool hears(json::object& frame) override;
  void prints(const std::vector<Line>& lines) override { running_.print(lines); }
  void breaks_the_protocol() override;
  void hangs_up() override;
  bool is_deaf() const override { return state_ == State::ending; }

  // Each is false when that makes no sense now.
  bool hear(const SaysHere& said);
  bool hear(SaysLine& said);
  bool hear(SaysExchange& said);
  bool hear(SaysEnd& said);
  bool is_about_its_call(std::string_view nonce) const;

  void finish(runtime::ActionOutcome outcome, bool would_stay = false);
  bool can_stay() const;
  void stay();
  void gone();

  const VersionSetup& setup_;
  Zygote& zygote_;  // outlives every worker that is not gone
  const uint64_t name_;
  const uint32_t slot_;
  Owner& owner_;
  const Sensitives sealed_;  // the zygote's may go before this does
  RunningCall running_;
  WorkerWire wire_;
  posix::Fd process_;
  Loop::Timer timer_;  // of the start or of the end

  State state_ = State::starting;
  bool was_ready_ = false;
  bool has_call_ = false;
  bool is_spent_ = false;
  bool killed_ = false;  // by us, for end_kind_
  bool is_gone_ = false;
  bool retired_ = false;  // it was ended because nobody needed it
  bool may_stay_ = false;
  uint32_t calls_ = 0;
  size_t resident_bytes_ = 0;  // after its first call
  Loop::Moment idle_since_;

  runtime::ActionOutcome::Kind end_kind_ = runtime::ActionOutcome::Kind::crashed;
  std::string end_message_;
  std::string end_note_;
};

}  // namespace millrace::python
