#include "posix/descriptors.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "posix/files.hpp"

namespace millrace::posix {
namespace {

constexpr int kSafelyAbove = 20;
constexpr size_t kDescriptorsMax = 4;

base::Result<Fd> lifted(Fd fd) {
  const int moved = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, kSafelyAbove);
  if (moved < 0) return call_failure("fcntl");
  return Fd(moved);
}

base::Result<Ends> prepared(int ours, int theirs) {
  Ends ends{Fd(ours), Fd(theirs)};
  ::fcntl(ends.ours.get(), F_SETFL, O_NONBLOCK);
  auto above = lifted(std::move(ends.theirs));
  if (!above) return std::unexpected(above.error());
  ends.theirs = std::move(*above);
  return ends;
}

base::Result<Ends> socket_of(int type) {
  int pair[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) != 0) {
    return call_failure("socketpair");
  }
  return prepared(pair[0], pair[1]);
}

}  // namespace

base::Result<Ends> stream_socket() {
  return socket_of(SOCK_STREAM);
}

base::Result<Ends> packet_socket() {
  return socket_of(SOCK_SEQPACKET);
}

base::Result<Ends> output_pipe() {
  int pair[2];
  if (::pipe2(pair, O_CLOEXEC) != 0) return call_failure("pipe2");
  return prepared(pair[0], pair[1]);
}

base::Result<Fd> null_device() {
  Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null.is_open()) return call_failure("open");
  return lifted(std::move(null));
}

base::Result<Fd> text_file(std::string_view text) {
  Fd file(::memfd_create("text", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.is_open()) return call_failure("memfd_create");
  if (!write_all(file.get(), text)) return call_failure("write");
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return call_failure("fcntl");
  ::lseek(file.get(), 0, SEEK_SET);
  return lifted(std::move(file));
}

bool send_packet(int socket, std::string_view packet, std::span<const int> descriptors) {
  MILLRACE_CHECK(descriptors.size() <= kDescriptorsMax);
  struct iovec body = {const_cast<char*>(packet.data()), packet.size()};
  alignas(struct cmsghdr) std::array<char, CMSG_SPACE(kDescriptorsMax * sizeof(int))> space{};
  struct msghdr message = {};
  message.msg_iov = &body;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = space.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    struct cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  ssize_t sent;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(packet.size());
}

base::Result<Packet> receive_packet(int socket, size_t bytes_max) {
  Packet packet;
  packet.text.resize(bytes_max);
  struct iovec body = {packet.text.data(), packet.text.size()};
  constexpr size_t kSpace =
      CMSG_SPACE(kDescriptorsMax * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred));
  alignas(struct cmsghdr) std::array<char, kSpace> space{};
  struct msghdr message = {};
  message.msg_iov = &body;
  message.msg_iovlen = 1;
  message.msg_control = space.data();
  message.msg_controllen = space.size();
  ssize_t count;
  do {
    count = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN) return base::fail(base::Code::unavailable, "nothing yet");
  packet.text.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
  for (struct cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    const size_t size = header->cmsg_len - CMSG_LEN(0);
    if (header->cmsg_level != SOL_SOCKET) continue;
    if (header->cmsg_type == SCM_CREDENTIALS && size >= sizeof(struct ucred)) {
      struct ucred sender = {};
      std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
      packet.sender = sender.pid;
    }
    if (header->cmsg_type != SCM_RIGHTS) continue;
    for (size_t at = 0; at + sizeof(int) <= size; at += sizeof(int)) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + at, sizeof fd);
      packet.descriptor = Fd(fd);  // all but the last are closed: none is asked for
    }
  }
  return packet;
}

}  // namespace millrace::posix
