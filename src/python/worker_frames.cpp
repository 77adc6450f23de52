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
constexpr size_t kSecretsMax = 1'000;

runtime::Level level_of(std::string_view name) {
  if (name == "error") return runtime::Level::error;
  if (name == "warning") return runtime::Level::warning;
  if (name == "debug") return runtime::Level::debug;
  return runtime::Level::info;
}

std::optional<Kind> kind_of(std::string_view name) {
  if (name == "returned") return Kind::returned;
  if (name == "raised") return Kind::raised;
  if (name == "refused") return Kind::refused;
  if (name == "unknown") return Kind::unknown;
  return std::nullopt;
}

}  // namespace

bool Worker::handle(const json::object& frame) {
  if (const auto* log = json::get_object(frame, "log")) return handle_log(*log);
  if (const auto* end = json::get_object(frame, "end")) return handle_end(*end);
  if (const auto* hello = json::get_object(frame, "hello")) return handle_hello(*hello);
  if (const auto* ready = json::get_object(frame, "ready")) return handle_ready(*ready);
  return false;
}

bool Worker::handle_hello(const json::object& hello) {
  const auto* const secrets = json::get_array(hello, "secrets");
  if (secrets_known_ || secrets == nullptr || secrets->size() > kSecretsMax) return false;
  for (const json::value& item : *secrets) {
    if (!item.is_object()) return false;
    const auto label = json::get_string(item.get_object(), "label");
    const auto value = json::get_string(item.get_object(), "value");
    if (!label || !value) return false;
    add_sensitive(secrets_, *value, *label);
  }
  secrets_known_ = true;
  running_.sensitive.reset();
  log_printed(std::exchange(held_, {}));
  return true;
}

bool Worker::handle_ready(const json::object& ready) {
  const auto* const problems = json::get_array(ready, "problems");
  if (state_ != State::starting || !secrets_known_ || problems == nullptr) return false;
  for (const json::value& problem : *problems) {
    if (!problem.is_string()) return false;
    const std::string text = redacted(problem.get_string());
    setup_.log.line(runtime::Level::warning, "python", text);
  }
  setup_.loop.cancel(timer_);
  state_ = State::idle;
  was_ready_ = true;
  idle_since_ = Loop::now();
  if (!exited_) owner_.is_free(*this);
  return true;
}

bool Worker::handle_log(const json::object& log) {
  const auto number = json::get_integer(log, "number");
  const auto level = json::get_string(log, "level");
  const auto text = json::get_string(log, "text");
  const auto cut = json::get_bool(log, "cut");
  if (!number || !level || !text || !cut || !secrets_known_) return false;
  read_output();  // what was printed before comes first, as nearly as two channels allow
  const bool of_call = state_ == State::busy && *number == static_cast<int64_t>(running_.number);
  log_line(level_of(*level), {std::string(*text), *cut}, of_call);
  return true;
}

bool Worker::handle_end(const json::object& end) {
  const auto number = json::get_integer(end, "number");
  const auto kind = json::get_string(end, "kind").and_then(kind_of);
  if (state_ != State::busy || !kind || number != static_cast<int64_t>(running_.number)) {
    return false;
  }
  read_output();  // what was printed before this still belongs to the call
  log_printed(lines_.finish());
  if (*kind != Kind::returned) {
    const std::string_view message = json::get_string(end, "message").value_or("");
    const std::string_view place = json::get_string(end, "place").value_or("");
    std::string text = redacted(message);
    if (!place.empty()) {
      setup_.log.line(runtime::Level::warning, running_.chat_id,
                      running_.command + ": " + text + " (" + redacted(place) + ")");
    }
    finish({*kind, {}, std::move(text)});
    return true;
  }
  const auto* const result = json::get_object(end, "result");
  if (result == nullptr) return false;
  finish({Kind::returned, *result, {}});
  return true;
}

void Worker::finish(runtime::ActionOutcome outcome) {
  setup_.loop.cancel(timer_);
  if (running_.lines_left_out) {
    setup_.log.line(runtime::Level::warning, running_.chat_id,
                    "further lines of " + running_.command + " are left out");
  }
  running_.lines = 0;
  running_.lines_left_out = false;
  runtime::Actions::Done done = std::exchange(running_.done, nullptr);
  if (state_ == State::busy) state_ = State::idle;
  idle_since_ = Loop::now();
  // The next call first: it need not wait for what is done with this one's outcome.
  if (state_ == State::idle && !exited_) owner_.is_free(*this);
  done(std::move(outcome));
}

void Worker::read_output() {
  std::array<char, kReadBytes> bytes;
  for (int i = 0; i < kReadsMax && output_watch_ != 0; ++i) {
    const ssize_t count = ::read(child_.output.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      setup_.loop.unwatch(output_watch_, child_.output.get());
      output_watch_ = 0;
      return;
    }
    log_printed(lines_.append({bytes.data(), static_cast<size_t>(count)}));
    if (static_cast<size_t>(count) < bytes.size()) return;
  }
}

void Worker::log_printed(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    if (line.text.empty()) continue;
    if (secrets_known_) {
      log_line(runtime::Level::info, line, static_cast<bool>(running_.done));
    } else if (held_.size() < setup_.options.log_lines_max) {
      held_.push_back(line);
    } else {
      ++held_left_out_;
    }
  }
}

void Worker::log_line(runtime::Level level, const Line& line, bool of_call) {
  if (running_.lines >= setup_.options.log_lines_max) {
    running_.lines_left_out = true;
    return;
  }
  ++running_.lines;
  const std::string text = fit_for_log(line, sensitive(), setup_.options.log_line_bytes_max);
  setup_.log.line(level, of_call ? std::string_view(running_.chat_id) : "python", text);
}

const Sensitives& Worker::sensitive() {
  if (!running_.sensitive) {
    running_.sensitive = secrets_;
    add_consumer_values(*running_.sensitive, running_.context);
  }
  return *running_.sensitive;
}

std::string Worker::redacted(std::string_view text) {
  return fit_for_log({std::string(text)}, sensitive(), kMessageBytesMax);
}

}  // namespace millrace::python
