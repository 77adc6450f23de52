#include "python/worker.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

// A killed process that does not go within this time is given up; its call ends without it.
constexpr std::chrono::seconds kKillLimit{5};

}  // namespace

base::Result<std::unique_ptr<Worker>> Worker::start(const WorkerSetup& setup, Owner& owner) {
  auto child = spawn(setup.options.interpreter, setup.environment, setup.source);
  if (!child) return std::unexpected(child.error());
  std::unique_ptr<Worker> worker(new Worker(setup, owner, std::move(*child)));
  if (!worker->watch()) {
    return base::fail(base::Code::resource_exhausted, "epoll takes no more descriptors", "python");
  }
  const PoolOptions& options = setup.options;
  json::object first;
  first["setup"] = {{"folder", setup.version.directory.string()},
                    {"environment", setup.version.environment},
                    {"frame_bytes_max", options.call_bytes_max},
                    {"result_bytes_max", options.result_bytes_max},
                    {"line_characters_max", worker->raw_line_max()},
                    {"lines_max", options.log_lines_max}};
  worker->unsent_ = encode_frame(first);
  worker->write_some();
  return worker;
}

Worker::Worker(const WorkerSetup& setup, Owner& owner, Child child)
    : setup_(setup),
      owner_(owner),
      child_(std::move(child)),
      // A log line may grow sixfold as JSON, and a result comes with a few words around it.
      frames_(setup.options.result_bytes_max + 32 * setup.options.log_line_bytes_max + (64 << 10)),
      lines_(raw_line_max()),
      secrets_(secret_variables(setup.version.variables)) {}

Worker::~Worker() {
  Loop& loop = setup_.loop;
  loop.cancel(timer_);
  loop.unwatch(control_watch_, child_.control.get());
  loop.unwatch(output_watch_, child_.output.get());
  loop.unwatch(exit_watch_, child_.exit.get());
  if (child_.pid < 0) return;
  kill_group(child_.pid);
  reap(child_.pid);
}

bool Worker::watch() {
  Loop& loop = setup_.loop;
  control_watch_ = loop.watch(child_.control.get(), EPOLLIN, [this] {
    write_some();
    read_control();
  });
  output_watch_ = loop.watch(child_.output.get(), EPOLLIN, [this] { read_output(); });
  exit_watch_ = loop.watch(child_.exit.get(), EPOLLIN, [this] { exited(); });
  timer_ = loop.at(Loop::now() + setup_.options.start_limit, [this] {
    end(Kind::refused, "the worker was not ready within its start limit");
  });
  return control_watch_ != 0 && output_watch_ != 0 && exit_watch_ != 0;
}

void Worker::run(runtime::ActionCall call, runtime::Actions::Done done) {
  MILLRACE_CHECK(state_ == State::idle);
  state_ = State::busy;
  running_ =
      Running{++calls_, std::move(call.command), std::move(call.chat_id), {}, std::move(done)};
  const auto deadline = setup_.clock.now().ms + call.time_limit.count();
  call.context["deadline"] = static_cast<double>(deadline) / 1000.0;
  call.context["idempotency_key"] = call.idempotency_key;
  call.context["uncertain"] = call.uncertain;
  json::object frame;
  json::object& body = frame["call"].emplace_object();
  body["number"] = running_.number;
  body["command"] = running_.command;
  body["payload"] = std::move(call.payload);
  body["env_values"] = std::move(call.env_values);
  body["context"] = std::move(call.context);
  const auto late = [this, limit = call.time_limit, number = running_.number] {
    read_control();  // it may have ended in time, and we look late
    if (state_ != State::busy || running_.number != number) return;
    end(Kind::timed_out, running_.command + " was stopped at its time limit of " +
                             std::to_string(limit.count()) + " ms");
  };
  timer_ = setup_.loop.at(Loop::now() + call.time_limit, late);
  unsent_ = encode_frame(frame);
  running_.context = std::move(body["context"].get_object());
  if (unsent_.size() > setup_.options.call_bytes_max) {
    unsent_.clear();
    // Not from here: whoever called is in the middle of handing calls out.
    setup_.loop.cancel(timer_);
    timer_ = setup_.loop.at(Loop::now(), [this] {
      finish({Kind::refused, {}, "the call's payload and context are over the limit"});
    });
    return;
  }
  write_some();
}

void Worker::end(Kind kind, std::string message) {
  if (state_ == State::ending) return;
  state_ = State::ending;
  end_kind_ = kind;
  end_message_ = std::move(message);
  kill_group(child_.pid);
  setup_.loop.cancel(timer_);
  timer_ = setup_.loop.at(Loop::now() + kKillLimit, [this] {
    child_.pid = -1;  // to wait for it here would stop all the others
    gone();
  });
}

void Worker::retire() {
  retired_ = true;
  end(Kind::refused, {});
}

void Worker::write_some() {
  while (sent_ < unsent_.size()) {
    const ssize_t sent =
        ::send(child_.control.get(), unsent_.data() + sent_, unsent_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      setup_.loop.change(control_watch_, child_.control.get(), EPOLLIN | EPOLLOUT);
      return;
    }
    if (sent < 0) break;  // its end is closed; that it dies will be heard
    sent_ += static_cast<size_t>(sent);
    if (sent_ == unsent_.size() && static_cast<size_t>(sent) < unsent_.size()) {
      setup_.loop.change(control_watch_, child_.control.get(), EPOLLIN);
    }
  }
  unsent_.clear();
  sent_ = 0;
}

void Worker::read_control() {
  std::array<char, kReadBytes> bytes;
  for (int i = 0; i < kReadsMax && control_watch_ != 0; ++i) {
    const ssize_t count = ::recv(child_.control.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      // Closed: the process is dead or means to be. Its exit tells the rest.
      setup_.loop.unwatch(control_watch_, child_.control.get());
      control_watch_ = 0;
      kill_group(child_.pid);
      return;
    }
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

void Worker::exited() {
  // What it managed to say before it ended still counts.
  exited_ = true;
  if (state_ != State::ending) read_control();
  // The group first: once the process is collected, its number may belong to another.
  kill_group(child_.pid);
  end_note_ = reap(std::exchange(child_.pid, -1));
  gone();
}

void Worker::gone() {
  read_output();
  log_printed(lines_.finish());
  if (!held_.empty() && !secrets_known_) {
    setup_.log.line(runtime::Level::warning, "python",
                    std::to_string(held_.size() + held_left_out_) +
                        " lines withheld: the worker ended before it said what is secret");
  }
  const bool in_flight = static_cast<bool>(running_.done);
  const bool killed = state_ == State::ending;
  if (end_note_.empty()) end_note_ = "no answer to its kill";
  state_ = State::ending;
  if (killed && !end_message_.empty()) end_note_ = end_message_ + " (" + end_note_ + ")";
  if (in_flight) {
    std::string message =
        killed ? end_message_
               : "the worker ended with " + end_note_ + " while it ran " + running_.command;
    finish({killed ? end_kind_ : Kind::crashed, {}, std::move(message)});
  }
  owner_.is_gone(*this);
}

}  // namespace millrace::python
