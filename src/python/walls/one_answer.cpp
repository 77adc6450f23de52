#include "python/walls/one_answer.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "posix/waiting.hpp"
#include "python/frames.hpp"

namespace millrace::python {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kExitLimit = std::chrono::seconds(1);

// Ends the process whatever happens.
class Guarded {
 public:
  explicit Guarded(Child child) : child_(std::move(child)) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { end(); }

  // Lets it go by itself for a moment, when it is about to.
  std::string ended() {
    posix::wait_until_readable(child_.process.exit.get(), kExitLimit);
    return end();
  }
  std::string end() {
    if (child_.process.pid < 0) return {};
    posix::kill_group(child_.process.pid);
    return posix::reap(std::exchange(child_.process.pid, -1));
  }
  int control() const { return child_.control.get(); }
  int output() const { return child_.output.get(); }

 private:
  Child child_;
};

base::Error ended_early(Guarded& child) {
  return {base::Code::failed_precondition, "the worker ended early with " + child.ended(),
          "python"};
}

// Throws away what is printed, so that nothing waits for a reader. False at its end.
bool drain(int fd) {
  std::array<char, 16 << 10> bytes;
  ssize_t count;
  do {
    count = ::read(fd, bytes.data(), bytes.size());
  } while (count > 0);
  return count < 0 && (errno == EAGAIN || errno == EINTR);
}

// Waits for the socket, and keeps the pipe empty meanwhile.
class Wait {
 public:
  Wait(const Guarded& child, Clock::time_point until)
      : output_(child.output()),
        until_(until),
        watched_{{{child.control(), 0, 0}, {child.output(), POLLIN, 0}}} {}

  base::Result<void> for_control(int16_t events) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - Clock::now()).count();
    if (left <= 0) return base::fail(base::Code::deadline_exceeded, "it took too long", "python");
    watched_[0].events = events;
    ::poll(watched_.data(), watched_.size(), static_cast<int>(std::min<int64_t>(left, 60'000)));
    if (watched_[1].revents != 0 && !drain(output_)) watched_[1].fd = -1;
    return {};
  }

 private:
  const int output_;
  const Clock::time_point until_;
  std::array<struct pollfd, 2> watched_;
};

bool is_momentary() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

base::Result<json::object> one_answer(Child started, const json::object& question,
                                      size_t answer_bytes_max, std::chrono::milliseconds limit) {
  Guarded child(std::move(started));
  Wait wait(child, Clock::now() + limit);
  const std::string frame = encode_frame(question);
  for (size_t sent = 0; sent < frame.size();) {
    const ssize_t count =
        ::send(child.control(), frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
    if (count > 0) {
      sent += static_cast<size_t>(count);
    } else if (!is_momentary()) {
      return std::unexpected(ended_early(child));
    } else if (auto ready = wait.for_control(POLLOUT); !ready) {
      return std::unexpected(ready.error());
    }
  }
  FrameReader frames(answer_bytes_max);
  std::array<char, 64 << 10> bytes;
  for (;;) {
    if (auto ready = wait.for_control(POLLIN); !ready) return std::unexpected(ready.error());
    const ssize_t count = ::recv(child.control(), bytes.data(), bytes.size(), 0);
    if (count < 0 && is_momentary()) continue;
    if (count <= 0) return std::unexpected(ended_early(child));
    frames.append({bytes.data(), static_cast<size_t>(count)});
    auto frame_read = frames.next();
    if (!frame_read) return std::unexpected(frame_read.error());
    if (*frame_read) return std::move(**frame_read);
  }
}

}  // namespace millrace::python
