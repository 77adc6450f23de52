#include "posix/waiting.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace millrace::posix {
namespace {

constexpr std::chrono::milliseconds kWaitMax = std::chrono::hours(24);

}  // namespace

Waited wait_until_readable(int fd, std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  limit = std::clamp(limit, std::chrono::milliseconds(0), kWaitMax);
  const auto until = Clock::now() + limit;
  struct pollfd watched = {fd, POLLIN, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    const int count = ::poll(&watched, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (count > 0) return Waited::ready;
    if (count == 0 || errno != EINTR) return Waited::in_vain;
  }
}

bool has_hung_up(int fd) {
  struct pollfd watched = {fd, 0, 0};
  return ::poll(&watched, 1, 0) == 1 && (watched.revents & (POLLHUP | POLLERR)) != 0;
}

base::Result<Fd> wake_descriptor() {
  Fd made(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!made.is_open()) return call_failure("eventfd");
  return made;
}

void wake(const Fd& descriptor) {
  const uint64_t one = 1;
  // Fails only when the counter is full, and then it is readable anyway.
  (void)!::write(descriptor.get(), &one, sizeof one);
}

void calm(const Fd& descriptor) {
  uint64_t count = 0;
  (void)!::read(descriptor.get(), &count, sizeof count);
}

}  // namespace millrace::posix
