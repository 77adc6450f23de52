#include "python/worker/worker_wire.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "posix/descriptors.hpp"
#include "posix/kinship.hpp"

namespace millrace::python {
namespace {

constexpr int kReadsMax = 4;
constexpr size_t kReadBytes = 64 << 10;

}  // namespace

WorkerWire::WorkerWire(Loop& loop, Listener& listener, size_t frame_bytes_max,
                       size_t line_bytes_max)
    : loop_(loop), listener_(listener), frames_(frame_bytes_max), lines_(line_bytes_max) {}

base::Result<WorkerWire::Theirs> WorkerWire::open() {
  auto control = posix::stream_socket();
  if (!control) return std::unexpected(control.error());
  auto output = posix::output_pipe();
  if (!output) return std::unexpected(output.error());
  control_ = std::move(control->ours);
  output_ = std::move(output->ours);
  control_watch_ = loop_.watch(control_.get(), EPOLLIN, [this] {
    write_some();
    read_control();
  });
  output_watch_ = loop_.watch(output_.get(), EPOLLIN, [this] { read_output(); });
  if (!posix::name_senders(control_) || control_watch_ == 0 || output_watch_ == 0) {
    return base::fail(base::Code::resource_exhausted, "its descriptors cannot be watched",
                      "python");
  }
  return Theirs{std::move(control->theirs), std::move(output->theirs)};
}

void WorkerWire::close() {
  close_control();
  loop_.unwatch(std::exchange(output_watch_, 0), output_.get());
}

void WorkerWire::close_control() {
  loop_.unwatch(std::exchange(control_watch_, 0), control_.get());
}

void WorkerWire::send(std::string frame) {
  unsent_ = std::move(frame);
  write_some();
}

void WorkerWire::write_some() {
  while (sent_ < unsent_.size()) {
    const ssize_t sent =
        ::send(control_.get(), unsent_.data() + sent_, unsent_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      loop_.change(control_watch_, control_.get(), EPOLLIN | EPOLLOUT);
      return;
    }
    if (sent < 0) break;  // its end is closed; that it dies will be heard
    sent_ += static_cast<size_t>(sent);
    if (sent_ == unsent_.size() && static_cast<size_t>(sent) < unsent_.size()) {
      loop_.change(control_watch_, control_.get(), EPOLLIN);
    }
  }
  unsent_.clear();
  sent_ = 0;
}

void WorkerWire::read_control() {
  std::array<char, kReadBytes> bytes;
  for (int i = 0; i < kReadsMax && control_watch_ != 0; ++i) {
    if (!sender_is_known_) {
      const auto first = posix::receive_packet(control_.get());
      if (!first) return;
      sender_ = first->sender;
      if (first->text.empty()) return listener_.hangs_up();
      if (!take(first->text)) return;
      continue;
    }
    const ssize_t count = ::recv(control_.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return listener_.hangs_up();
    if (!take({bytes.data(), static_cast<size_t>(count)})) return;
    if (static_cast<size_t>(count) < bytes.size()) return;
  }
}

// False when there is nothing more for now.
bool WorkerWire::take(std::string_view bytes) {
  if (!listener_.counts(bytes.size())) return false;
  frames_.append(bytes);
  while (!listener_.is_deaf()) {
    auto frame = frames_.next();
    if (frame && !*frame) return true;
    if (!frame || !listener_.hears(**frame)) {
      listener_.breaks_the_protocol();
      return false;
    }
  }
  return false;
}

void WorkerWire::read_output() {
  std::array<char, kReadBytes> bytes;
  for (int i = 0; i < kReadsMax && output_watch_ != 0; ++i) {
    const ssize_t count = ::read(output_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      loop_.unwatch(std::exchange(output_watch_, 0), output_.get());
      return;
    }
    listener_.prints(lines_.append({bytes.data(), static_cast<size_t>(count)}));
    if (!listener_.counts(static_cast<size_t>(count))) return;
    if (static_cast<size_t>(count) < bytes.size()) return;
  }
}

}  // namespace millrace::python
