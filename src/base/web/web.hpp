// What a request, an answer and a web socket are, as plain values and two small interfaces: the
// one vocabulary that the `http` edge and the edges behind it (`engage`, `channels`, `braze`)
// share, so that none of them has to include another. Nothing here touches a socket.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace millrace::web {

struct Header {
  std::string name;
  std::string value;
};

// One parsed HTTP request. The body has been read whole and is within the server's limit.
struct Request {
  std::string method;  // upper case: "GET", "POST"
  std::string path;    // percent-decoded, without the query; starts with '/'
  std::string query;   // raw, without '?'; may be empty
  std::vector<Header> headers;
  std::string body;
  std::string peer;       // who asks: an address without the port, of the peer or behind a proxy
  std::string network;    // under which `peer` has shares: the address, or an IPv6 /64
  bool is_local = false;  // `peer` is this machine

  // The header's value, names compared without case; nullopt when absent.
  std::optional<std::string_view> header(std::string_view name) const;
  // The first query parameter of that name, percent-decoded; nullopt when absent.
  std::optional<std::string> query_parameter(std::string_view name) const;
  // True when Content-Type is application/json, with or without parameters.
  bool is_json() const;
  // The credential of "Authorization: Bearer X"; nullopt when absent or of another scheme.
  std::optional<std::string_view> bearer_token() const;
};

// The rest of a body that is made while it is sent, for answers that are too long to be held.
class BodySource {
 public:
  using Give = std::move_only_function<void(base::Result<std::string>)>;
  virtual ~BodySource() = default;
  // Asks for the next piece: `give` is called once, from any thread, now or later, with nothing at
  // the end. An error cuts the connection, so that nobody takes the half for the whole. Not called
  // again before that, nor after the end; whoever drops the source before it has had enough.
  virtual void next(Give give) = 0;
};

struct Response {
  int status = 200;
  std::vector<Header> headers;  // Content-Length is the server's business
  std::string body;
  std::shared_ptr<BodySource> rest = nullptr;  // follows `body`; none: that is all
  bool drops_connection = false;  // closed instead of answered: for rehearsing failures
};

// A response with Content-Type application/json.
Response json_response(int status, std::string body);

// The one table of what an error is called in HTTP. What is not there at the right moment
// (failed_precondition) is 428, as the Engagement API's contract has it; whoever is away 503.
int status_of(base::Code code);

// Answers a request. Call it exactly once, from any thread, now or later. Dropping it uncalled
// answers 500.
using Respond = std::move_only_function<void(Response)>;

// The sending half of one open web socket. Thread-safe. Kept alive by whoever holds it; sending
// on a socket that has closed does nothing.
class Socket {
 public:
  virtual ~Socket() = default;
  // Queues one text frame. A peer that does not read is closed with 1013 once the server's limit of
  // unsent bytes, or of the time they wait, is reached.
  virtual void send_text(std::string text) = 0;
  // Starts the closing handshake with an RFC 6455 code; later sends are ignored.
  virtual void close(int code, std::string reason) = 0;
};

// The receiving half: what an edge does with one socket. Calls come one at a time.
class SocketHandler {
 public:
  virtual ~SocketHandler() = default;
  // The handshake is done; `socket` stays valid for as long as it is held.
  virtual void opened(std::shared_ptr<Socket> socket) = 0;
  virtual void received_text(std::string_view text) = 0;
  // False: binary frames are not taken, and the socket is closed with 1003.
  virtual bool received_binary(std::string_view) { return false; }
  // The last call. Not made when `opened` was not.
  virtual void closed() = 0;
};

// How an upgrade request is met: with a handler (101), or with a refusal.
struct SocketAccept {
  std::shared_ptr<SocketHandler> handler;
  std::string subprotocol;        // sent back as Sec-WebSocket-Protocol when not empty
  int idle_timeout_seconds = 60;  // closed with 1000 when nothing is received for so long
};
using UpgradeAnswer = std::variant<SocketAccept, Response>;

// Whatever answers requests: an edge, or a router over several. Calls may come from any of the
// server's threads at once.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void handle(Request request, Respond respond) = 0;
  // A WebSocket upgrade. By default there is none: 404.
  virtual UpgradeAnswer upgrade(const Request& request);
};

// "a%20b+c" -> "a b c" (plus as a blank only where `plus_is_blank`). Malformed escapes stay as
// they are.
std::string percent_decode(std::string_view text, bool plus_is_blank);

}  // namespace millrace::web
