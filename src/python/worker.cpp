#include "python/worker.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <utility>

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

// A killed process that does not go within this time is given up; its call ends without it.
constexpr std::chrono::seconds kKillLimit{5};
constexpr std::chrono::seconds kStatusLimit{1};
constexpr size_t kExchangesMax = 100;
// How much memory it holds is looked at once in so many calls, and after each that took long.
constexpr uint64_t kLookEvery = 64;
constexpr std::chrono::milliseconds kLongCall{50};

size_t resident_bytes(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/statm");
  size_t total = 0;
  size_t resident = 0;
  if (process == 0 || !(file >> total >> resident)) return 0;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

base::Result<std::unique_ptr<Worker>> Worker::start(const VersionSetup& setup, Zygote& zygote,
                                                    uint64_t name, Owner& owner) {
  auto control = stream_socket();
  if (!control) return std::unexpected(control.error());
  auto output = output_pipe();
  if (!output) return std::unexpected(output.error());
  std::unique_ptr<Worker> worker(new Worker(setup, zygote, name, owner));
  worker->control_ = std::move(control->ours);
  worker->output_ = std::move(output->ours);
  if (!worker->watch()) {
    return base::fail(base::Code::resource_exhausted, "epoll takes no more descriptors", "python");
  }
  if (!zygote.fork(name, control->theirs, output->theirs)) {
    return base::fail(base::Code::unavailable, "the version's process takes no request", "python");
  }
  return worker;
}

Worker::Worker(const VersionSetup& setup, Zygote& zygote, uint64_t name, Owner& owner)
    : setup_(setup),
      name_(name),
      owner_(owner),
      secrets_(zygote.secrets()),
      sealed_(zygote.sealed()),
      frames_(setup.frame_bytes_max()),
      lines_(setup.raw_line_max()) {}

Worker::~Worker() {
  Loop& loop = setup_.loop;
  loop.cancel(timer_);
  loop.unwatch(control_watch_, control_.get());
  loop.unwatch(output_watch_, output_.get());
  loop.unwatch(exit_watch_, process_.get());
  kill_process(process_);
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

void Worker::has_process(Fd process) {
  if (process_.is_open()) return;
  process_ = std::move(process);
  number_ = number_of(process_);
  exit_watch_ = setup_.loop.watch(process_.get(), EPOLLIN, [this] { ended(); });
  if (killed_ || exit_watch_ == 0) {
    kill_process(process_);
    return;
  }
  setup_.loop.cancel(timer_);
  state_ = State::idle;
  was_ready_ = true;
  idle_since_ = Loop::now();
  owner_.is_free(*this);
}

void Worker::has_no_process(std::string_view reason) {
  if (process_.is_open()) return;
  end_note_ = "no process: " + std::string(reason);
  gone();
}

void Worker::run(PendingCall call) {
  MILLRACE_CHECK(state_ == State::idle);
  state_ = State::busy;
  ++calls_;
  const base::Timestamp now = setup_.clock.now();
  unsent_ = call_frame(call, now);
  running_ = Running{std::move(call), Loop::now(), {}, {}, {}, 0, false, 0};
  running_.until = running_.began + running_.call.time_limit;
  running_.trace.began_at = now;
  running_.trace.worker = name_;
  running_.trace.queued =
      std::chrono::duration_cast<std::chrono::microseconds>(running_.began - running_.call.since);
  write_some();
  keep_deadline();
}

void Worker::keep_deadline() {
  if (timer_ != Loop::Timer{} && timer_.first <= running_.until) return;
  setup_.loop.cancel(timer_);
  timer_ = setup_.loop.at(running_.until, [this] {
    timer_ = {};
    if (state_ != State::busy) return;
    const uint64_t number = running_.call.number;
    if (Loop::now() >= running_.until) read_control();  // it may have ended, and we look late
    if (state_ != State::busy) return;
    if (running_.call.number != number || Loop::now() < running_.until) {
      keep_deadline();
      return;
    }
    end(Kind::timed_out, running_.call.command + " was stopped at its time limit of " +
                             std::to_string(running_.call.time_limit.count()) + " ms");
  });
}

void Worker::end(Kind kind, std::string message) {
  if (state_ == State::ending) return;
  state_ = State::ending;
  killed_ = true;
  end_kind_ = kind;
  end_message_ = std::move(message);
  kill_process(process_);
  setup_.loop.cancel(timer_);
  timer_ = setup_.loop.at(Loop::now() + kKillLimit, [this] { gone(); });
}

void Worker::retire() {
  retired_ = true;
  end(Kind::refused, {});
}

void Worker::add_exchange(uint64_t number, runtime::Exchange exchange) {
  if (state_ != State::busy || running_.call.number != number) return;
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
    const ssize_t count = ::recv(control_.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      // Closed: the process is dead or means to be. Its exit tells the rest.
      setup_.loop.unwatch(control_watch_, control_.get());
      control_watch_ = 0;
      kill_process(process_);
      return;
    }
    if (!said(static_cast<size_t>(count))) return;
    frames_.append({bytes.data(), static_cast<size_t>(count)});
    while (state_ != State::ending) {
      auto frame = frames_.next();
      if (frame && !*frame) break;
      if (!frame || !handle(**frame)) {
        end(Kind::crashed, "the worker broke the protocol");
        return;
      }
    }
    if (static_cast<size_t>(count) < bytes.size()) return;
  }
}

void Worker::ended() {
  setup_.loop.unwatch(exit_watch_, process_.get());
  exit_watch_ = 0;
  exited_ = true;
  // What it managed to say before it ended still counts.
  if (!killed_) read_control();
  if (killed_) {
    gone();
    return;
  }
  // The zygote, whose child it was, is about to say how it ended.
  state_ = State::ending;
  setup_.loop.cancel(timer_);
  timer_ = setup_.loop.at(Loop::now() + kStatusLimit, [this] { gone(); });
}

void Worker::has_exited(int status) {
  end_note_ = describe_status(status);
  exited_ = true;
  if (state_ != State::ending) read_control();
  gone();
}

void Worker::has_lost_its_zygote() {
  if (end_note_.empty()) end_note_ = "its version's process";
  exited_ = true;
  if (state_ != State::ending) read_control();
  kill_process(process_);
  gone();
}

void Worker::gone() {
  if (is_gone_) return;
  is_gone_ = true;
  state_ = State::ending;
  read_output();
  log_printed(lines_.finish());
  if (end_note_.empty()) end_note_ = "an unknown status";
  if (killed_ && !end_message_.empty()) end_note_ = end_message_ + " (" + end_note_ + ")";
  if (running_.call.done) {
    std::string message =
        killed_ ? end_message_
                : "the worker ended with " + end_note_ + " while it ran " + running_.call.command;
    finish({killed_ ? end_kind_ : Kind::crashed, {}, std::move(message), {}});
  }
  owner_.is_gone(*this);
}

void Worker::look_at_its_age() {
  const PoolOptions& options = setup_.options;
  is_worn_ = is_worn_ || calls_ >= options.worker_calls_max;
  if (calls_ % kLookEvery != 1 && Loop::now() - running_.began < kLongCall) return;
  const size_t bytes = resident_bytes(number_);
  if (first_resident_bytes_ == 0) first_resident_bytes_ = bytes;
  is_worn_ = is_worn_ || bytes > first_resident_bytes_ + options.worker_growth_bytes_max;
}

}  // namespace millrace::python
