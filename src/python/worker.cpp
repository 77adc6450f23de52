#include "python/worker.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "posix/kinship.hpp"

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

constexpr std::chrono::seconds kStatusLimit{1};
constexpr size_t kExchangesMax = 100;
// A worker that stays is looked at after so many calls, and goes if it has grown by so much.
constexpr uint32_t kLookEvery = 64;
constexpr size_t kGrowthBytesMax = 32 << 20;

}  // namespace

base::Result<std::unique_ptr<Worker>> Worker::start(const VersionSetup& setup, Zygote& zygote,
                                                    uint64_t name, uint32_t slot, Owner& owner) {
  auto control = posix::stream_socket();
  if (!control) return std::unexpected(control.error());
  auto output = posix::output_pipe();
  if (!output) return std::unexpected(output.error());
  std::unique_ptr<Worker> worker(new Worker(setup, zygote, name, slot, owner));
  worker->control_ = std::move(control->ours);
  worker->output_ = std::move(output->ours);
  if (!posix::name_senders(worker->control_) || !worker->watch()) {
    return base::fail(base::Code::resource_exhausted, "its descriptors cannot be watched",
                      "python");
  }
  if (!zygote.fork(name, slot, control->theirs, output->theirs)) {
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
      secrets_(zygote.secrets()),
      sealed_(zygote.sealed()),
      frames_(setup.frame_bytes_max()),
      lines_(setup.raw_line_max()) {}

Worker::~Worker() {
  unwatch();
  posix::kill_process(process_);
}

void Worker::unwatch() {
  Loop& loop = setup_.loop;
  loop.cancel(timer_);
  loop.unwatch(std::exchange(control_watch_, 0), control_.get());
  loop.unwatch(std::exchange(output_watch_, 0), output_.get());
}

bool Worker::watch() {
  Loop& loop = setup_.loop;
  control_watch_ = loop.watch(control_.get(), EPOLLIN, [this] {
    write_some();
    read_control();
  });
  output_watch_ = loop.watch(output_.get(), EPOLLIN, [this] { read_output(); });
  timer_ = loop.at(Loop::now() + setup_.options.start_limit, [this] {
    end(Kind::refused, "the worker was not ready within its start limit");
  });
  return control_watch_ != 0 && output_watch_ != 0;
}

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
  if (may_stay && calls_ == 1 && zygote_.gate() != nullptr) zygote_.gate()->watch(sender_);
  const base::Timestamp now = setup_.clock.now();
  unsent_ = call_frame(call, now, may_stay);
  running_ = Running{std::move(call), Loop::now(), {}, {}, {}, 0, false, 0};
  running_.until = running_.began + running_.call.time_limit;
  running_.trace.began_at = now;
  running_.trace.worker = name_;
  running_.trace.queued =
      std::chrono::duration_cast<std::chrono::microseconds>(running_.began - running_.call.since);
  write_some();
}

// What can be seen from here. That nothing was left is proven; this is in case the proof was wrong.
bool Worker::can_stay() const {
  if (!may_stay_ || calls_ >= setup_.options.calls_per_worker_max) return false;
  if (zygote_.gate() != nullptr && zygote_.gate()->has_asked(sender_)) return false;
  return calls_ % kLookEvery != 0 ||
         posix::resident_bytes(sender_) <= resident_bytes_ + kGrowthBytesMax;
}

void Worker::stay() {
  if (calls_ == 1) resident_bytes_ = posix::resident_bytes(sender_);
  state_ = State::idle;
  has_call_ = false;
  idle_since_ = Loop::now();
}

void Worker::keep_deadline() {
  if (state_ != State::busy || Loop::now() < running_.until) return;
  read_control();  // it may have ended, and we look late
  if (state_ != State::busy) return;
  end(Kind::timed_out, running_.call.command + " was stopped at its time limit of " +
                           std::to_string(running_.call.time_limit.count()) + " ms");
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

void Worker::add_exchange(std::string_view nonce, web::Exchange exchange) {
  if (state_ != State::busy || running_.call.nonce != nonce) return;
  if (running_.trace.exchanges.size() >= kExchangesMax) return;
  exchange.host = redacted(exchange.host);
  exchange.method = redacted(exchange.method);
  exchange.refused = redacted(exchange.refused);
  running_.trace.exchanges.push_back(std::move(exchange));
}

bool Worker::said(size_t bytes) {
  running_.bytes += bytes;
  const size_t bytes_max = setup_.options.printed_bytes_max + setup_.frame_bytes_max();
  if (running_.bytes <= bytes_max) return true;
  end(Kind::crashed, running_.call.command + " was stopped: it printed more than " +
                         std::to_string(setup_.options.printed_bytes_max) + " bytes");
  return false;
}

void Worker::write_some() {
  while (sent_ < unsent_.size()) {
    const ssize_t sent =
        ::send(control_.get(), unsent_.data() + sent_, unsent_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      setup_.loop.change(control_watch_, control_.get(), EPOLLIN | EPOLLOUT);
      return;
    }
    if (sent < 0) break;  // its end is closed; that it dies will be heard
    sent_ += static_cast<size_t>(sent);
    if (sent_ == unsent_.size() && static_cast<size_t>(sent) < unsent_.size()) {
      setup_.loop.change(control_watch_, control_.get(), EPOLLIN);
    }
  }
  unsent_.clear();
  sent_ = 0;
}

void Worker::read_control() {
  std::array<char, kReadBytes> bytes;
  for (int i = 0; i < kReadsMax && control_watch_ != 0; ++i) {
    if (state_ == State::starting) {
      const auto first = posix::receive_packet(control_.get());
      if (!first) return;
      sender_ = first->sender;
      if (first->text.empty()) return closed();
      if (!take(first->text)) return;
      continue;
    }
    const ssize_t count = ::recv(control_.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return closed();
    if (!take({bytes.data(), static_cast<size_t>(count)})) return;
    if (static_cast<size_t>(count) < bytes.size()) return;
  }
}

bool Worker::take(std::string_view bytes) {
  if (!said(bytes.size())) return false;
  frames_.append(bytes);
  while (state_ != State::ending) {
    auto frame = frames_.next();
    if (frame && !*frame) break;
    if (!frame || !handle(**frame)) {
      end(Kind::crashed, "the worker broke the protocol");
      return false;
    }
  }
  return state_ != State::ending;
}

// The process is dead or means to be. How it ended the zygote can tell, whose child it was.
void Worker::closed() {
  setup_.loop.unwatch(std::exchange(control_watch_, 0), control_.get());
  posix::kill_process(process_);
  if (state_ == State::ending) return;
  state_ = State::ending;
  setup_.loop.cancel(timer_);
  timer_ = setup_.loop.at(Loop::now() + kStatusLimit, [this] { gone(); });
  zygote_.tell(slot_);
}

void Worker::has_exited(int status) {
  end_note_ = posix::describe_status(status);
  if (state_ != State::ending) read_control();
  gone();
}

void Worker::has_lost_its_zygote() {
  if (end_note_.empty()) end_note_ = "its version's process";
  if (state_ != State::ending) read_control();
  posix::kill_process(process_);
  gone();
}

void Worker::gone() {
  if (is_gone_) return;
  is_gone_ = true;
  state_ = State::ending;
  if (zygote_.gate() != nullptr) zygote_.gate()->forget(sender_);
  if (!is_spent_) {
    read_output();
    log_printed(lines_.finish());
  }
  unwatch();
  if (killed_ && !end_message_.empty()) end_note_ = end_message_;
  if (end_note_.empty()) end_note_ = "an unknown status";
  if (running_.call.done) {
    std::string message =
        killed_ ? end_message_
                : "the worker ended with " + end_note_ + " while it ran " + running_.call.command;
    finish({killed_ ? end_kind_ : Kind::crashed, {}, std::move(message), {}});
  }
  owner_.is_gone(*this);
}

}  // namespace millrace::python
