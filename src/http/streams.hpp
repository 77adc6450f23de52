// What a connection does with its stream, whether it is a socket or TLS over one.
#pragma once

#include <array>
#include <string>

#include "http/tls.hpp"

namespace millrace::http {

inline tcp::socket& socket_of(tcp::socket& stream) {
  return stream;
}
inline tcp::socket& socket_of(TlsStream& stream) {
  return stream.lowest();
}

// Calls `done` with an error_code when there is something to read, or the connection has ended.
template <typename Done>
void when_readable(tcp::socket& stream, Done done) {
  stream.async_wait(tcp::socket::wait_read, std::move(done));
}
template <typename Done>
void when_readable(TlsStream& stream, Done done) {
  if (stream.has_pending()) {
    asio::post(stream.get_executor(), [done = std::move(done)]() mutable { done(error_code()); });
  } else {
    stream.lowest().async_wait(stream.awaited(), std::move(done));
  }
}

// Calls `done(error, count)` with what came first, which is in `into` if the stream is a socket; of
// TLS, which gives its buffers back while it waits, nothing is read yet. A socket that reads need
// not be armed again, as one that waits must.
template <typename Done>
void when_heard(tcp::socket& stream, asio::mutable_buffer into, Done done) {
  stream.async_read_some(into, std::move(done));
}
template <typename Done>
void when_heard(TlsStream& stream, asio::mutable_buffer, Done done) {
  when_readable(stream, [done = std::move(done)](error_code error) mutable { done(error, 0); });
}

// Sends what it can without waiting, and leaves in `parts` what did not go; an error when the peer
// has gone.
using Parts = std::array<asio::const_buffer, 2>;
inline error_code send_now(tcp::socket& stream, Parts& parts) {
  error_code error;
  size_t gone = stream.write_some(parts, error);
  for (asio::const_buffer& part : parts) {
    const size_t of_part = std::min(gone, part.size());
    part += of_part;
    gone -= of_part;
  }
  return error == asio::error::would_block ? error_code() : error;
}
inline error_code send_now(TlsStream&, Parts&) {
  return {};
}

// What a peer sent behind the request that is being answered.
class Early {
 public:
  bool is_empty() const { return at_ == bytes_.size(); }
  std::string_view bytes() const { return std::string_view(bytes_).substr(at_); }
  // Of `bytes`, which may be these, the first `used` were taken.
  void keep(std::string_view bytes, size_t used) {
    if (bytes.data() >= bytes_.data() && bytes.data() < bytes_.data() + bytes_.size()) {
      at_ += used;
    } else {
      bytes_ = bytes.substr(used);
      at_ = 0;
    }
  }
  void clear() {
    bytes_ = {};
    at_ = 0;
  }

 private:
  std::string bytes_;
  size_t at_ = 0;
};

// Calls `done` when requests may be read.
template <typename Done>
void when_secured(tcp::socket&, Done done) {
  done(error_code());
}
template <typename Done>
void when_secured(TlsStream& stream, Done done) {
  stream.async_handshake(std::move(done));
}

inline void end(tcp::socket& socket) {
  error_code ignored;
  socket.shutdown(tcp::socket::shutdown_both, ignored);
  socket.close(ignored);
}

inline void say_goodbye(tcp::socket&) {}
inline void say_goodbye(TlsStream& stream) {
  stream.say_goodbye();
}

}  // namespace millrace::http
