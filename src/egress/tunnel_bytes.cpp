// The bytes of a tunnel, once it stands: read when there are some, written at once, kept back only
// when the other side is slow. An idle tunnel has no buffers.
#include "egress/tunnel.hpp"
#include "posix/waiting.hpp"

namespace millrace::egress {

void Tunnel::await_bytes(size_t way) {
  source(way).async_wait(Socket::wait_read, [self = shared_from_this(), way](error_code error) {
    if (self->stage_ != Stage::open || self->ways_[way].is_done) return;
    if (error) return self->finish(way);
    self->forward(way);
  });
}

void Tunnel::forward(size_t way) {
  error_code error;
  const size_t count = source(way).read_some(asio::buffer(shared_.scratch), error);
  if (is_would_block(error)) return await_bytes(way);
  if (error) return finish(way);
  last_byte_ = std::chrono::steady_clock::now();
  ways_[way].bytes += static_cast<int64_t>(count);
  if (ways_[way].bytes > ways_[way].bytes_max) return end("over_size");
  write(way, {shared_.scratch.data(), count});
}

// Writes what the sink takes, keeps the rest and waits; reads on when all is written.
void Tunnel::write(size_t way, std::string_view bytes) {
  error_code error;
  const size_t count = sink(way).write_some(asio::buffer(bytes.data(), bytes.size()), error);
  if (error && !is_would_block(error)) return finish(way);
  bytes.remove_prefix(count);
  if (bytes.empty()) {
    std::string().swap(ways_[way].unsent);
    return await_bytes(way);
  }
  // `bytes` may lie in `unsent`.
  std::string rest(bytes);
  ways_[way].unsent = std::move(rest);
  await_room(way);
}

void Tunnel::await_room(size_t way) {
  sink(way).async_wait(Socket::wait_write, [self = shared_from_this(), way](error_code error) {
    if (self->stage_ != Stage::open || self->ways_[way].is_done) return;
    if (error) return self->finish(way);
    self->last_byte_ = std::chrono::steady_clock::now();
    self->write(way, self->ways_[way].unsent);
  });
}

// The other end has closed, rather than only ended what it sends.
bool Tunnel::is_worker_gone() {
  return posix::has_hung_up(worker_.native_handle());
}

// The other way goes on: a server may answer and close before it has read all that was sent.
void Tunnel::finish(size_t way) {
  ways_[way].is_done = true;
  std::string().swap(ways_[way].unsent);
  if (ways_[1 - way].is_done) return end("done");
  if (way == 0 && is_worker_gone()) return end("done");
  error_code ignored;
  sink(way).shutdown(Socket::shutdown_send, ignored);
}

}  // namespace millrace::egress
