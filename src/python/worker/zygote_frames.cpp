// What a zygote says, frame by frame, packet by packet and line by line.

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <utility>

#include "posix/kinship.hpp"
#include "python/worker/zygote.hpp"

namespace millrace::python {
namespace {

constexpr size_t kMessageBytesMax = 2'000;
constexpr size_t kSecretsMax = 1'000;
constexpr size_t kProvenMax = 1'000;
constexpr size_t kReadBytes = 64 << 10;
// A value shorter than this that is secret by its name only may be an ordinary word of a result.
constexpr size_t kSealedBytesMin = 8;

}  // namespace

bool Zygote::handle(const json::object& frame) {
  read_forks();  // what it sent first may be seen second
  if (const auto* proof = json::get_object(frame, "proof")) return handle_proof(*proof);
  if (const auto* hello = json::get_object(frame, "hello")) return handle_hello(*hello);
  if (const auto* ready = json::get_object(frame, "ready")) return handle_ready(*ready);
  return false;
}

// Comes behind the filter and before anything of the solution's is imported, once: what comes later
// could be the solution's own word.
bool Zygote::handle_proof(const json::object& proof) {
  const auto* const proven = json::get_array(proof, "proven");
  if (proof_known_ || secrets_known_ || !gate_is_known_ || proven == nullptr) return false;
  for (const json::value& name : *proven) {
    if (!name.is_string() || proven_.size() >= kProvenMax) return false;
    proven_.emplace(name.get_string());
  }
  proof_known_ = true;
  return true;
}

bool Zygote::handle_hello(const json::object& hello) {
  const auto* const secrets = json::get_array(hello, "secrets");
  if (secrets_known_ || !proof_known_ || secrets == nullptr || secrets->size() > kSecretsMax)
    return false;
  for (const json::value& item : *secrets) {
    if (!item.is_object()) return false;
    const auto label = json::get_string(item.get_object(), "label");
    const auto value = json::get_string(item.get_object(), "value");
    if (!label || !value) return false;
    add_sensitive(secrets_, *value, *label);
    if (value->size() < kSealedBytesMin) continue;
    add_encoded(secrets_, *value, *label);
    add_sensitive(sealed_, *value, *label);
    add_encoded(sealed_, *value, *label);
  }
  // A value inside another must not break the longer one.
  std::ranges::sort(sealed_, std::ranges::greater{},
                    [](const base::Sensitive& one) { return one.value.size(); });
  secrets_known_ = true;
  log_printed(std::exchange(held_, {}));
  return true;
}

bool Zygote::handle_ready(const json::object& ready) {
  const auto* const problems = json::get_array(ready, "problems");
  if (state_ != State::starting || !secrets_known_ || !gate_is_known_ || problems == nullptr)
    return false;
  for (const json::value& problem : *problems) {
    if (!problem.is_string()) return false;
    const std::string text =
        fit_for_log({std::string(problem.get_string())}, secrets_, kMessageBytesMax);
    setup_.log.line(base::Level::warning, "python", text);
  }
  setup_.loop.cancel(timer_);
  state_ = State::ready;
  was_ready_ = true;
  owner_.is_ready(*this);
  return true;
}

void Zygote::read_forks() {
  while (forks_watch_ != 0) {
    auto packet = posix::receive_packet(child_.forks.get());
    if (!packet) return;
    if (packet->text.empty()) {
      setup_.loop.unwatch(forks_watch_, child_.forks.get());
      forks_watch_ = 0;
      return;
    }
    const auto report = json::parse_object(packet->text);
    if (!report || !is_from_it(*packet) || !handle_report(*report, std::move(*packet))) {
      end("it broke the protocol");
      return;
    }
  }
}

// The first packet shows which process it is: that which was started here, or inside walls its
// child.
bool Zygote::is_from_it(const posix::Packet& packet) {
  if (number_ != 0) return packet.sender == number_;
  const bool is_walled = setup_.ground.sandbox == Sandbox::bubblewrap;
  const bool is_ours =
      is_walled ? packet.sender > 0 && posix::parent_of(packet.sender) == child_.process.pid
                : packet.sender == child_.process.pid;
  if (is_ours) number_ = packet.sender;
  return is_ours;
}

// Comes before anything of the solution's is imported, once.
bool Zygote::take_gate(const json::object& report, posix::Fd listener) {
  if (gate_is_known_ || state_ != State::starting || secrets_known_) return false;
  gate_is_known_ = true;
  const bool is_walled = setup_.ground.sandbox == Sandbox::bubblewrap;
  if (json::get_bool(report, "asks") != is_walled) return false;
  if (!is_walled) return true;
  auto gate = Gatekeeper::make(setup_.loop, std::move(listener), number_);
  if (!gate) return false;
  gate_ = std::move(*gate);
  return true;
}

bool Zygote::handle_report(const json::object& report, posix::Packet packet) {
  if (report.contains("asks")) return take_gate(report, std::move(packet.descriptor));
  if (packet.descriptor.is_open()) return false;  // no other is ever taken from inside
  if (const auto worker = json::get_integer(report, "failed")) {
    if (gate_) gate_->take_back();
    const auto message = json::get_string(report, "message").value_or("");
    owner_.has_not_forked(static_cast<uint64_t>(*worker),
                          fit_for_log({std::string(message)}, secrets_, kMessageBytesMax));
    return true;
  }
  // What it says of an end is for people to read; that it ended is seen elsewhere.
  const auto worker = json::get_integer(report, "exited");
  const auto status = json::get_integer(report, "status");
  if (!worker || !status) return false;
  owner_.has_exited(static_cast<uint64_t>(*worker), static_cast<int>(*status));
  return true;
}

void Zygote::read_output() {
  std::array<char, kReadBytes> bytes;
  // Not for ever: one that never stops printing must not keep the others waiting.
  for (int i = 0; i < 4 && output_watch_ != 0; ++i) {
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

void Zygote::log_printed(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    if (line.text.empty()) continue;
    if (!secrets_known_) {
      if (held_.size() < setup_.options.log_lines_max) held_.push_back(line);
    } else if (lines_seen_ < setup_.options.log_lines_max) {
      ++lines_seen_;
      setup_.log.line(base::Level::info, "python",
                      fit_for_log(line, secrets_, setup_.options.log_line_bytes_max));
    }
  }
}

}  // namespace millrace::python
