// How the edges refuse for the load: an answer says when to ask again, and a peer that is refused
// is not read at once.
#pragma once

#include <chrono>
#include <optional>

#include "base/web.hpp"

namespace millrace::web {

// Says in an answer 429 or 503 after how many seconds (at least 1) to ask again; any other stays as
// it is.
Response with_retry_after(Response response, int seconds);

// What an answer 429 or 503 says of it; nullopt where it says nothing.
std::optional<std::chrono::seconds> retry_after(const Response& response);

// A socket that need not be read at once.
class RestingSocket : public Socket {
 public:
  // The peer was told to wait for so long: after the frame that is being read no other is for a
  // moment, so that refusing what comes costs little. Thread-safe.
  virtual void rest(std::chrono::seconds told) = 0;
};
// Where the socket can.
void let_rest(Socket& socket, int told_seconds);

}  // namespace millrace::web
