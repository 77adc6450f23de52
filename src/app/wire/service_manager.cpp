#include "app/wire/service_manager.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "posix/posix.hpp"

namespace millrace::app {
namespace {

std::string taken_out(const char* name) {
  const char* value = std::getenv(name);
  std::string out = value == nullptr ? "" : value;
  ::unsetenv(name);
  return out;
}

int64_t number_in(const std::string& text) {
  int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc() && end == text.data() + text.size() ? number : 0;
}

}  // namespace

ServiceManager ServiceManager::from_environment() {
  std::string socket = taken_out("NOTIFY_SOCKET");
  const int64_t watchdog_us = number_in(taken_out("WATCHDOG_USEC"));
  const int64_t meant_for = number_in(taken_out("WATCHDOG_PID"));
  if (!socket.starts_with('/') && !socket.starts_with('@')) return {};
  const bool is_watched = watchdog_us > 0 && (meant_for == 0 || meant_for == ::getpid());
  return ServiceManager(std::move(socket), std::chrono::microseconds(is_watched ? watchdog_us : 0));
}

void ServiceManager::ready(std::string_view status) const {
  tell("READY=1\nSTATUS=" + std::string(status));
}

void ServiceManager::alive() const {
  tell("WATCHDOG=1");
}

void ServiceManager::stopping() const {
  tell("STOPPING=1\nSTATUS=finishing what has begun");
}

bool is_a_journal(int descriptor) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat file{};
  if (stream == nullptr || ::fstat(descriptor, &file) != 0) return false;
  return stream == std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
}

void ServiceManager::tell(const std::string& what) const {
  sockaddr_un to{};
  if (socket_.empty() || socket_.size() >= sizeof(to.sun_path)) return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') to.sun_path[0] = '\0';
  const posix::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.is_open()) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  (void)::sendto(fd.get(), what.data(), what.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&to), size);
}

}  // namespace millrace::app
