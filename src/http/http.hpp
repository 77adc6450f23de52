// The network edge: an HTTP/1.1 and WebSocket server, and a small blocking client for the program's
// own tools. Asio, Beast and libcurl stay behind this header.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/resilience/shares.hpp"
#include "base/result.hpp"
#include "base/web/web.hpp"
#include "base/world.hpp"
#include "lanes/lanes.hpp"

namespace millrace::http {

// PEM files: the certificate with those that signed it, and its key, which others must not read.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // "::1" and "[::1]" mean the same
  uint16_t port = 0;                  // 0 = any free one
  std::string server_name = "millrace";
  size_t max_body_bytes = 1 << 20;     // over it: 413
  size_t max_header_bytes = 16 << 10;  // over it: 431; trailers and chunk extensions count too
  // Over it: closed at once. One address (share_name) has at most half of what the others leave.
  size_t max_connections = 10'000;
  // From the first moment, or the first byte of a later request, until its head is whole.
  std::chrono::milliseconds head_read_limit{10'000};
  std::chrono::milliseconds request_read_limit{30'000};  // from there until the body is whole
  std::chrono::milliseconds keep_alive_idle{60'000};
  std::chrono::milliseconds answer_limit{120'000};
  // How long bytes may wait for a peer that does not take them: an answer, or a socket's oldest
  // frame. Then the connection is cut.
  std::chrono::milliseconds unsent_limit{30'000};
  size_t max_unsent_socket_bytes = 256 << 10;  // over it the web socket is closed with 1013
  size_t max_socket_message_bytes = 256 << 10;
  std::chrono::milliseconds socket_close_limit{5'000};  // for the peer's half of the handshake
  std::chrono::milliseconds sweep_every{1'000};         // how finely the limits of time are kept
  // Networks ("10.0.0.0/8") whose X-Forwarded-For or Forwarded says who asks.
  std::vector<std::string> trusted_proxies;
  std::optional<TlsFiles> tls;  // TLS 1.2 or 1.3 is spoken; none: plain HTTP
  // The files are read again when they have changed; who is connected keeps what was shown.
  std::chrono::milliseconds look_at_certificates_every{5'000};
  base::Shares* shares = nullptr;  // bytes by address are taken from it; none: no limit
  // After an answer 429 or 503 with Retry-After a connection is not read for a moment
  // (respite.hpp): the longer the more were refused, but no longer than it was told. Those of
  // trusted proxies always are.
  bool rests_the_refused = false;
  std::shared_ptr<lanes::Notices> notices;  // none: nothing is told
};

class Server {
 public:
  // Listens on every lane. The handler must outlive the lanes' threads, and the lanes must outlive
  // the server, which goes after they have stopped or after it has been drained. Errors:
  // unavailable (the port is taken), invalid_argument (no such address or network).
  static base::Result<std::unique_ptr<Server>> listen(lanes::IoLanes& lanes, web::Handler& handler,
                                                      ServerOptions options);
  ~Server();

  uint16_t port() const;
  // Open now; `sockets()` of them are web sockets. Thread-safe.
  size_t connections() const;
  size_t sockets() const;
  void stop_accepting();
  // Takes nothing new, lets requests in progress be answered, closes web sockets with 1001.
  // Returns true when all is closed, false when the time is over.
  bool drain(std::chrono::milliseconds patience);

  struct Impl;

 private:
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

struct FetchRequest {
  std::string method = "GET";
  std::string url;  // http or https; certificates are verified
  std::vector<web::Header> headers;
  std::string body;
  std::chrono::milliseconds time_limit{30'000};
  size_t max_body_bytes = 16 << 20;
};

// Blocks until the answer is there. Follows no redirects. Errors: invalid_argument (the URL),
// deadline_exceeded, resource_exhausted (the body), unavailable.
base::Result<web::Response> fetch(const FetchRequest& request);

}  // namespace millrace::http
