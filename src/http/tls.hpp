// TLS for the server: certificates that are read again when their files change, and one encrypted
// connection as a stream that looks like a socket to Asio and Beast. OpenSSL stays behind this
// header. A stream keeps no buffer of its own while it waits: what OpenSSL needs between records is
// given back (SSL_MODE_RELEASE_BUFFERS), so that an idle connection costs some kilobytes.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/asio.hpp"

namespace millrace::http {

using TlsContext = std::shared_ptr<SSL_CTX>;

// The certificate that new connections are shown. Thread-safe.
class Certificates {
 public:
  // invalid_argument: the files are no certificate and its key; permission_denied: others may read
  // the key.
  static base::Result<std::unique_ptr<Certificates>> load(TlsFiles files);

  TlsContext context() const;
  // Reads the files again when they have changed since they were read; true when there is a new
  // certificate. An error leaves the one there is, and the next look tries again. One thread's.
  base::Result<bool> look();

 private:
  // What tells whether a file is another one.
  struct Seen {
    int64_t changed_ns = 0;
    uint64_t inode = 0;
    int64_t bytes = 0;
    bool operator==(const Seen&) const = default;
  };
  struct Pair {
    Seen certificate;
    Seen key;
    bool operator==(const Pair&) const = default;
  };
  explicit Certificates(TlsFiles files) : files_(std::move(files)) {}
  base::Result<Pair> see() const;

  const TlsFiles files_;
  Pair seen_;
  mutable std::mutex mutex_;
  TlsContext context_;
};

class TlsStream {
 public:
  using executor_type = tcp::socket::executor_type;

  TlsStream(tcp::socket socket, const TlsContext& context);
  TlsStream(TlsStream&&) noexcept;
  TlsStream& operator=(TlsStream&&) noexcept = delete;
  ~TlsStream();

  executor_type get_executor() { return state_->socket.get_executor(); }
  tcp::socket& lowest() { return state_->socket; }

  // As much as there is without waiting; would_block when there is nothing. eof when the peer has
  // ended the connection, cleanly or not: what it sent counts as whole only by its own length.
  size_t read_some(asio::mutable_buffer into, error_code& error);
  size_t write_some(asio::const_buffer from, error_code& error);
  // One step of the handshake; would_block while it has to wait.
  void shake_hands(error_code& error);
  // Tells the peer that nothing more will be sent, as far as that can be done without waiting.
  void say_goodbye();
  void close(error_code& error) { state_->socket.close(error); }
  // Bytes that have come and been taken off the socket already.
  bool has_pending() const { return SSL_has_pending(state_->ssl.get()) == 1; }
  // What the last operation that would block waits for.
  tcp::socket::wait_type awaited() const {
    return state_->wants_write ? tcp::socket::wait_write : tcp::socket::wait_read;
  }

  template <typename Token>
  auto async_handshake(Token&& token) {
    return compose(
        [](TlsStream& self, error_code& error) {
          self.shake_hands(error);
          return size_t{0};
        },
        std::forward<Token>(token));
  }
  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return compose([into = first_of<asio::mutable_buffer>(buffers)](
                       TlsStream& self, error_code& error) { return self.read_some(into, error); },
                   std::forward<Token>(token));
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return compose([from = first_of<asio::const_buffer>(buffers)](
                       TlsStream& self, error_code& error) { return self.write_some(from, error); },
                   std::forward<Token>(token));
  }

 private:
  struct State {
    explicit State(tcp::socket the_socket) : socket(std::move(the_socket)) {}
    tcp::socket socket;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl{nullptr, &SSL_free};
    bool wants_write = false;
    error_code failed;  // of the socket, under the last operation
  };

  template <typename Buffer, typename Buffers>
  static Buffer first_of(const Buffers& buffers) {
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers);
         ++at) {
      if (Buffer(*at).size() > 0) return Buffer(*at);
    }
    return {};
  }

  // Tries the step, waits for the socket as long as it would block, and tries again. It never ends
  // within the call that began it.
  template <typename Step, typename Token>
  auto compose(Step step, Token&& token) {
    enum class At { begun, waited, done };
    return asio::async_compose<Token, void(error_code, size_t)>(
        [this, step = std::move(step), at = At::begun, error = error_code(), count = size_t{0}](
            auto& self, error_code waited = {}) mutable {
          if (at == At::done) return self.complete(error, count);
          const bool is_first = std::exchange(at, At::waited) == At::begun;
          error = waited;
          if (!error) count = step(*this, error);
          if (error == asio::error::would_block) {
            state_->socket.async_wait(awaited(), std::move(self));
          } else if (is_first) {
            at = At::done;
            asio::post(get_executor(), std::move(self));
          } else {
            self.complete(error, count);
          }
        },
        token, state_->socket);
  }

  void begin(error_code& error);
  error_code error_of(int result);

  friend struct SocketBio;
  std::unique_ptr<State> state_;  // where OpenSSL finds it, also after a move
};

// What Beast's web sockets ask of a stream when they end.
inline void beast_close_socket(TlsStream& stream) {
  error_code ignored;
  stream.close(ignored);
}
void teardown(boost::beast::role_type role, TlsStream& stream, error_code& error);
template <typename Handler>
void async_teardown(boost::beast::role_type role, TlsStream& stream, Handler&& handler) {
  error_code error;
  teardown(role, stream, error);
  asio::post(stream.get_executor(),
             [handler = std::forward<Handler>(handler), error]() mutable { handler(error); });
}

}  // namespace millrace::http
