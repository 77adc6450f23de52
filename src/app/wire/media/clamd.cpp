#include "app/wire/media/clamd.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <charconv>
#include <cstring>

#include "base/text.hpp"
#include "posix/posix.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;

constexpr size_t kChunkBytes = 64 << 10;
constexpr size_t kAnswerMax = 1'024;

std::unexpected<base::Error> away() {
  return fail(Code::unavailable, "clamd does not answer");
}

base::Result<posix::Fd> connected(int family, const sockaddr* address, socklen_t size) {
  posix::Fd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return posix::call_failure("socket");
  const timeval patience{static_cast<time_t>(Clamd::kPatience.count()), 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(fd.get(), address, size) != 0) return away();
  return fd;
}

base::Result<sockaddr_in> address_of(const std::string& at) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  const auto colon = at.rfind(':');
  const std::string host = at.substr(0, colon);
  uint16_t port = 0;
  if (colon != at.npos) std::from_chars(at.data() + colon + 1, at.data() + at.size(), port);
  address.sin_port = htons(port);
  if (port == 0 || inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return fail(Code::invalid_argument,
                "'" + at + "' is neither a path that begins with / nor ADDRESS:PORT");
  }
  return address;
}

base::Result<posix::Fd> connected_to(const std::string& at) {
  if (at.starts_with('/')) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (at.size() >= sizeof address.sun_path) return away();
    std::memcpy(address.sun_path, at.data(), at.size());
    return connected(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  const auto address = address_of(at);
  if (!address) return std::unexpected(address.error());
  return connected(AF_INET, reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
}

bool send_all(const posix::Fd& fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string length_of(size_t bytes) {
  const uint32_t length = htonl(static_cast<uint32_t>(bytes));
  return {reinterpret_cast<const char*>(&length), sizeof length};
}

}  // namespace

base::Result<std::unique_ptr<Clamd>> Clamd::at(std::string at, base::Log& log) {
  const bool is_path = at.starts_with('/');
  if (is_path && at.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return fail(Code::invalid_argument, "'" + at + "' is too long for the path of a socket");
  }
  if (!is_path) {
    if (auto read = address_of(at); !read) return std::unexpected(read.error());
  }
  return std::unique_ptr<Clamd>(new Clamd(std::move(at), log));
}

base::Result<std::string> Clamd::scan(std::string_view bytes) {
  auto found = ask(bytes);
  if (found.has_value() == is_away_) {
    is_away_ = !found;
    if (found) {
      log_.line(base::Level::info, "media", "clamd answers again");
    } else {
      log_.line(base::Level::error, "media",
                found.error().message + " at " + at_ + "; files are not taken until it does");
    }
  }
  return found;
}

base::Result<std::string> Clamd::ask(std::string_view bytes) {
  const auto fd = connected_to(at_);
  if (!fd) return std::unexpected(fd.error());
  if (!send_all(*fd, std::string_view("zINSTREAM\0", 10))) return away();
  for (size_t at = 0; at < bytes.size(); at += kChunkBytes) {
    const auto chunk = bytes.substr(at, kChunkBytes);
    if (!send_all(*fd, length_of(chunk.size())) || !send_all(*fd, chunk)) return away();
  }
  if (!send_all(*fd, length_of(0))) return away();
  std::string answer;
  char part[256];
  while (answer.size() < kAnswerMax && !answer.contains('\0')) {
    const ssize_t got = recv(fd->get(), part, sizeof part, 0);
    if (got <= 0) break;
    answer.append(part, static_cast<size_t>(got));
  }
  answer = answer.substr(0, answer.find('\0'));
  // "stream: OK", "stream: Eicar-Test-Signature FOUND", "INSTREAM size limit exceeded. ERROR"
  constexpr std::string_view kBefore = "stream: ";
  constexpr std::string_view kFound = " FOUND";
  if (answer == "stream: OK") return std::string();
  if (answer.starts_with(kBefore) && answer.ends_with(kFound)) {
    return answer.substr(kBefore.size(), answer.size() - kBefore.size() - kFound.size());
  }
  return away();
}

}  // namespace millrace::app
