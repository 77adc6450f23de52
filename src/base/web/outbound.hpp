// What leaves for other people's servers and what comes back, as plain values: the vocabulary that
// `egress` (which sends) and the edges that have something to send share. Nothing here touches a
// socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/web/web.hpp"

namespace millrace::web {

struct OutboundRequest {
  std::string method = "POST";
  std::string url;  // http or https; certificates are verified
  std::vector<Header> headers;
  std::string body;
  std::chrono::milliseconds deadline{30'000};  // for all of it, redirects included
  size_t answer_bytes_max = 4 << 20;
  int redirects_max = 0;  // each is checked like the first address; 0 = an answer like any other
};

struct OutboundAnswer {
  enum class Kind {
    answered,  // `response` has it
    refused,   // never sent: the address is not allowed, or the breaker is open
    not_sent,  // no connection, or it ended before anything of the request had been written
    unknown,   // something was written and no whole answer came: it may have happened
  };
  Kind kind = Kind::not_sent;
  Response response;
  std::string message;  // for people, without bodies and credentials; empty when answered
};

// A connection that a script made, or was not allowed to make, or a request over one.
struct Exchange {
  std::string host;
  uint16_t port = 0;
  std::string method;  // of a request, "GET"; "CONNECT" for the connection itself
  int status = 0;      // of a request's answer; 0 when there was none
  int64_t took_ms = 0;
  std::string refused;  // why it was not allowed; empty when it was
};

class Outbound {
 public:
  using Done = std::move_only_function<void(OutboundAnswer)>;
  virtual ~Outbound() = default;
  // `done` is called exactly once, on a thread of the sender's. Thread-safe, never blocks.
  virtual void send(OutboundRequest request, Done done) = 0;
};

}  // namespace millrace::web
