// What a worker says, frame by frame and line by line.

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "python/worker.hpp"

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

constexpr size_t kMessageBytesMax = 2'000;
constexpr int kStatusMax = 999;
constexpr int64_t kTookMsMax = 24 * 3'600'000;
// What is longer was cut by the worker, perhaps within a secret.
constexpr size_t kSaidBytesMax = 8'000;

base::Level level_of(std::string_view name) {
  if (name == "error") return base::Level::error;
  if (name == "warning") return base::Level::warning;
  if (name == "debug") return base::Level::debug;
  return base::Level::info;
}

std::string_view name_of(base::Level level) {
  switch (level) {
    case base::Level::debug: return "debug";
    case base::Level::info: return "info";
    case base::Level::warning: return "warning";
    case base::Level::error: break;
  }
  return "error";
}

std::optional<Kind> kind_of(std::string_view name) {
  if (name == "returned") return Kind::returned;
  if (name == "raised") return Kind::raised;
  if (name == "refused") return Kind::refused;
  if (name == "unknown") return Kind::unknown;
  return std::nullopt;
}

}  // namespace

bool Worker::handle(json::object& frame) {
  if (json::value* const end = frame.if_contains("end"); end != nullptr && end->is_object()) {
    return handle_end(end->get_object());
  }
  if (frame.contains("here")) return handle_here(frame);
  if (const auto* log = json::get_object(frame, "log")) return handle_log(*log);
  if (const auto* seen = json::get_object(frame, "exchange")) return handle_exchange(*seen);
  return false;
}

// What it says is that it is there; who it is, the kernel said.
bool Worker::handle_here(const json::object&) {
  if (state_ != State::starting) return false;
  auto process = zygote_.child(sender_);
  if (!process) {
    setup_.log.line(base::Level::error, "python",
                    "version " + setup_.version.hash +
                        ": a process that spoke as a worker is none: " + process.error().message);
    return false;
  }
  process_ = std::move(*process);
  setup_.loop.cancel(timer_);
  state_ = State::idle;
  was_ready_ = true;
  idle_since_ = Loop::now();
  owner_.is_free(*this);
  return true;
}

bool Worker::handle_log(const json::object& log) {
  const auto nonce = json::get_string(log, "nonce");
  const auto level = json::get_string(log, "level");
  const auto text = json::get_string(log, "text");
  const auto cut = json::get_bool(log, "cut");
  if (state_ != State::busy || nonce != running_.call.nonce) return false;
  if (!level || !text || !cut) return false;
  read_output();  // what was printed before comes first, as nearly as two channels allow
  if (state_ != State::busy) return true;  // it was printed too much
  log_line(level_of(*level), {std::string(*text), *cut}, true);
  return true;
}

bool Worker::handle_exchange(const json::object& exchange) {
  const auto nonce = json::get_string(exchange, "nonce");
  const auto host = json::get_string(exchange, "host");
  const auto port = json::get_integer(exchange, "port");
  const auto method = json::get_string(exchange, "method");
  const auto status = json::get_integer(exchange, "status");
  const auto took_ms = json::get_integer(exchange, "took_ms");
  if (!nonce || !host || !port || !method || !status || !took_ms) return false;
  if (state_ != State::busy || *nonce != running_.call.nonce) return false;
  // Figures that cannot be are the script's doing, and nobody is to reckon with them.
  if (*port < 0 || *port > UINT16_MAX || *status < 0 || *status > kStatusMax) return false;
  if (*took_ms < 0 || *took_ms > kTookMsMax) return false;
  add_exchange(*nonce, {std::string(*host),
                        static_cast<uint16_t>(*port),
                        std::string(*method),
                        static_cast<int>(*status),
                        *took_ms,
                        {}});
  return true;
}

bool Worker::handle_end(json::object& end) {
  const auto nonce = json::get_string(end, "nonce");
  const auto kind = json::get_string(end, "kind").and_then(kind_of);
  if (state_ != State::busy || !kind || nonce != running_.call.nonce) return false;
  read_output();  // what was printed before this still belongs to the call
  log_printed(lines_.finish());
  if (state_ != State::busy) return true;  // it was printed too much
  if (*kind != Kind::returned) {
    const std::string_view message = json::get_string(end, "message").value_or("");
    const std::string_view place = json::get_string(end, "place").value_or("");
    std::string text = redacted(message);
    if (!place.empty()) {
      setup_.log.line(base::Level::warning, running_.call.chat_id,
                      running_.call.command + ": " + text + " (" + redacted(place) + ")");
    }
    finish({*kind, {}, std::move(text), {}});
    return true;
  }
  json::value* const result = end.if_contains("result");
  if (result == nullptr || !result->is_object()) return false;
  hide_in_values(*result, sealed_);
  finish({Kind::returned, std::move(result->get_object()), {}, {}},
         json::get_bool(end, "stays").value_or(false));
  return true;
}

void Worker::finish(runtime::ActionOutcome outcome, bool would_stay) {
  if (running_.lines_left_out) {
    setup_.log.line(base::Level::warning, running_.call.chat_id,
                    "further lines of " + running_.call.command + " are left out");
  }
  running_.trace.ran =
      std::chrono::duration_cast<std::chrono::microseconds>(Loop::now() - running_.began);
  outcome.trace = std::exchange(running_.trace, {});
  running_.lines = 0;
  running_.lines_left_out = false;
  runtime::Actions::Done done = std::exchange(running_.call.done, nullptr);
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

void Worker::read_output() {
  std::array<char, kReadBytes> bytes;
  for (int i = 0; i < kReadsMax && output_watch_ != 0; ++i) {
    const ssize_t count = ::read(output_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      setup_.loop.unwatch(output_watch_, output_.get());
      output_watch_ = 0;
      return;
    }
    log_printed(lines_.append({bytes.data(), static_cast<size_t>(count)}));
    if (!said(static_cast<size_t>(count))) return;
    if (static_cast<size_t>(count) < bytes.size()) return;
  }
}

void Worker::log_printed(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    if (!line.text.empty()) {
      log_line(base::Level::info, line, static_cast<bool>(running_.call.done));
    }
  }
}

void Worker::log_line(base::Level level, const Line& line, bool of_call) {
  if (running_.lines >= setup_.options.log_lines_max) {
    running_.lines_left_out = true;
    return;
  }
  ++running_.lines;
  const std::string text = fit_for_log(line, sensitive(), setup_.options.log_line_bytes_max);
  setup_.log.line(level, of_call ? std::string_view(running_.call.chat_id) : "python", text);
  if (of_call) running_.trace.lines.push_back(std::string(name_of(level)) + ": " + text);
}

const Sensitives& Worker::sensitive() {
  if (!running_.sensitive) {
    running_.sensitive = secrets_;
    add_consumer_values(*running_.sensitive, running_.call.context);
  }
  return *running_.sensitive;
}

std::string Worker::redacted(std::string_view text) {
  return fit_for_log({std::string(text), text.size() >= kSaidBytesMax}, sensitive(),
                     kMessageBytesMax);
}

}  // namespace millrace::python
