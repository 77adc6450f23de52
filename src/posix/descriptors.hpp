// The descriptors that a child process is made from: sockets, pipes and files in memory. Those
// meant for a child lie above the numbers it will find them under, so that no move hits one that is
// still needed; all are closed on exec.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "posix/posix.hpp"

namespace millrace::posix {

struct Ends {
  Fd ours;  // non-blocking
  Fd theirs;
};

base::Result<Ends> stream_socket();
base::Result<Ends> packet_socket();
// We read, they write.
base::Result<Ends> output_pipe();
base::Result<Fd> null_device();

// The text as a sealed file in memory, at its beginning. Two who read it share its position.
base::Result<Fd> text_file(std::string_view text);

// Sends one packet with descriptors. False when it cannot be taken now or ever.
bool send_packet(int socket, std::string_view packet, std::span<const int> descriptors);

struct Packet {
  std::string text;  // empty when the other side has closed, or the socket failed
  Fd descriptor;     // if one came with it
  pid_t sender = 0;  // by the kernel's word, where name_senders() was asked for; else 0
};
// One packet, or as many bytes of a stream as are there, up to `bytes_max`. Nothing (EAGAIN) is an
// error of code `unavailable`. Descriptors but the last are closed.
base::Result<Packet> receive_packet(int socket, size_t bytes_max = 4096);

}  // namespace millrace::posix
