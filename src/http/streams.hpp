// What a connection does with its stream, whether it is a socket or TLS over one.
#pragma once

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
