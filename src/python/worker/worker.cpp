#include "python/worker/worker.hpp"

#include <utility>

#include "posix/kinship.hpp"
#include "posix/process.hpp"

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

constexpr std::chrono::seconds kStatusLimit{1};
// A worker that stays is looked at after so many calls, and goes if it has grown by so much.
constexpr uint32_t kLookEvery = 64;
constexpr size_t kGrowthBytesMax = 32 << 20;

}  // namespace

base::Result<std::unique_ptr<Worker>> Worker::start(const VersionSetup& setup, Zygote& zygote,
                                                    uint64_t name, uint32_t slot, Owner& owner) {
  std::unique_ptr<Worker> worker(new Worker(setup, zygote, name, slot, owner));
  auto theirs = worker->wire_.open();
  if (!theirs) return std::unexpected(theirs.error());
  Worker& made = *worker;
  worker->timer_ = setup.loop.at(Loop::now() + setup.options.start_limit, [&made] {
    made.end(Kind::refused, "the worker was not ready within its start limit");
  });
  if (!zygote.fork(name, slot, theirs->control, theirs->output)) {
    return base::fail(base::Code::unavailable, "the version's process takes no request", "python");
  }
  return worker;
}

Worker::Worker(const VersionSetup& setup, Zygote& zygote, uint64_t name, uint32_t slot,
               Owner& owner)
    : setup_(setup),
      zygote_(zygote),
      name_(name),
      slot_(slot),
      owner_(owner),
      sealed_(zygote.sealed()),
      running_(setup.log,
               {setup.options.log_lines_max, setup.options.log_line_bytes_max,
                setup.options.printed_bytes_max + setup.frame_bytes_max()},
               zygote.secrets()),
      wire_(setup.loop, *this, setup.frame_bytes_max(), setup.raw_line_max()) {}

Worker::~Worker() {
  setup_.loop.cancel(timer_);
  posix::kill_process(process_);
}

// ---- its life

void Worker::has_no_process(std::string_view reason) {
  if (process_.is_open()) return;
  end_note_ = "no process: " + std::string(reason);
  gone();
}

void Worker::run(PendingCall call, bool may_stay) {
  MILLRACE_CHECK(state_ == State::idle);
  state_ = State::busy;
  has_call_ = true;
  may_stay_ = may_stay;
  ++calls_;
  if (may_stay && calls_ == 1 && zygote_.gate() != nullptr) zygote_.gate()->watch(wire_.sender());
  const base::Timestamp now = setup_.clock.now();
  std::string frame = call_frame(call, now, may_stay);
  running_.begin(std::move(call), Loop::now(), now, name_);
  wire_.send(std::move(frame));
}

// What can be seen from here. That nothing was left is proven; this is in case the proof was wrong.
bool Worker::can_stay() const {
  if (!may_stay_ || calls_ >= setup_.options.calls_per_worker_max) return false;
  const pid_t process = wire_.sender();
  if (zygote_.gate() != nullptr && zygote_.gate()->has_asked(process)) return false;
  return calls_ % kLookEvery != 0 ||
         posix::resident_bytes(process) <= resident_bytes_ + kGrowthBytesMax;
}

void Worker::stay() {
  if (calls_ == 1) resident_bytes_ = posix::resident_bytes(wire_.sender());
  state_ = State::idle;
  has_call_ = false;
  idle_since_ = Loop::now();
}

void Worker::keep_deadline() {
  if (state_ != State::busy || Loop::now() < running_.until()) return;
  wire_.read_control();  // it may have ended, and we look late
  if (state_ != State::busy) return;
  end(Kind::timed_out, running_.command() + " was stopped at its time limit of " +
                           std::to_string(running_.time_limit().count()) + " ms");
}

void Worker::end(Kind kind, std::string message) {
  if (state_ == State::ending) return;
  state_ = State::ending;
  killed_ = true;
  end_kind_ = kind;
  end_message_ = std::move(message);
  posix::kill_process(process_);
  setup_.loop.cancel(timer_);
  timer_ = setup_.loop.at(Loop::now(), [this] { gone(); });
}

void Worker::retire() {
  retired_ = true;
  end(Kind::refused, {});
}

void Worker::has_exited(int status) {
  end_note_ = posix::describe_status(status);
  if (state_ != State::ending) wire_.read_control();
  gone();
}

void Worker::has_lost_its_zygote() {
  if (end_note_.empty()) end_note_ = "its version's process";
  if (state_ != State::ending) wire_.read_control();
  posix::kill_process(process_);
  gone();
}

void Worker::gone() {
  if (is_gone_) return;
  is_gone_ = true;
  state_ = State::ending;
  if (zygote_.gate() != nullptr) zygote_.gate()->forget(wire_.sender());
  if (!is_spent_) {
    wire_.read_output();
    wire_.finish_output();
  }
  setup_.loop.cancel(timer_);
  wire_.close();
  if (killed_ && !end_message_.empty()) end_note_ = end_message_;
  if (end_note_.empty()) end_note_ = "an unknown status";
  if (running_.is_under_way()) {
    std::string message =
        killed_ ? end_message_
                : "the worker ended with " + end_note_ + " while it ran " + running_.command();
    finish({killed_ ? end_kind_ : Kind::crashed, {}, std::move(message), {}});
  }
  owner_.is_gone(*this);
}

void Worker::finish(runtime::ActionOutcome outcome, bool would_stay) {
  runtime::Actions::Done done = running_.end(outcome, Loop::now());
  const bool stays = state_ == State::busy && would_stay && can_stay();
  if (stays) {
    stay();
  } else if (state_ == State::busy) {
    is_spent_ = true;
    posix::kill_process(process_);
    gone();
  }
  setup_.loop.later([done = std::move(done), outcome = std::move(outcome)]() mutable {
    done(std::move(outcome));
  });
  if (stays) owner_.is_free_again(*this);
}

// ---- what it says

bool Worker::counts(size_t bytes) {
  if (running_.counts(bytes)) return true;
  end(Kind::crashed, running_.command() + " was stopped: it printed more than " +
                         std::to_string(setup_.options.printed_bytes_max) + " bytes");
  return false;
}

void Worker::breaks_the_protocol() {
  end(Kind::crashed, "the worker broke the protocol");
}

// How it ended the zygote can tell, whose child it was.
void Worker::hangs_up() {
  wire_.close_control();
  posix::kill_process(process_);
  if (state_ == State::ending) return;
  state_ = State::ending;
  setup_.loop.cancel(timer_);
  timer_ = setup_.loop.at(Loop::now() + kStatusLimit, [this] { gone(); });
  zygote_.tell(slot_);
}

bool Worker::hears(json::object& frame) {
  auto words = read_words(frame);
  return words && std::visit([this](auto& said) { return hear(said); }, *words);
}

bool Worker::is_about_its_call(std::string_view nonce) const {
  return state_ == State::busy && running_.nonce() == nonce;
}

void Worker::add_exchange(std::string_view nonce, web::Exchange exchange) {
  if (is_about_its_call(nonce)) running_.add_exchange(std::move(exchange));
}

// What it says is that it is there; who it is, the kernel said.
bool Worker::hear(const SaysHere&) {
  if (state_ != State::starting) return false;
  auto process = zygote_.child(wire_.sender());
  if (!process) {
    setup_.log.line(base::Level::error, "python",
                    "version " + setup_.version.hash +
                        ": a process that spoke as a worker is none: " + process.error().message);
    return false;
  }
  process_ = std::move(*process);
  wire_.know_sender();
  setup_.loop.cancel(timer_);
  state_ = State::idle;
  was_ready_ = true;
  idle_since_ = Loop::now();
  owner_.is_free(*this);
  return true;
}

bool Worker::hear(SaysLine& said) {
  if (!is_about_its_call(said.nonce)) return false;
  wire_.read_output();  // what was printed before comes first, as nearly as two channels allow
  if (state_ == State::busy) running_.log(said.level, said.line);  // else it was printed too much
  return true;
}

bool Worker::hear(SaysExchange& said) {
  if (!is_about_its_call(said.nonce)) return false;
  running_.add_exchange(std::move(said.exchange));
  return true;
}

bool Worker::hear(SaysEnd& said) {
  if (!is_about_its_call(said.nonce)) return false;
  wire_.read_output();  // what was printed before this still belongs to the call
  wire_.finish_output();
  if (state_ != State::busy) return true;  // it was printed too much
  if (said.kind != Kind::returned) {
    finish({said.kind, {}, running_.complain(said.message, said.place), {}});
    return true;
  }
  hide_in_values(*said.result, sealed_);
  finish({Kind::returned, std::move(said.result->get_object()), {}, {}}, said.would_stay);
  return true;
}

}  // namespace millrace::python
