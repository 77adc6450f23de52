// Reads HTTP/1.1 requests off the wire, as strictly as RFC 9112 allows: whatever two readers could
// understand differently (two lengths, a coding besides `chunked`, a folded line, a lone LF, no
// Host) is refused, and everything that is kept or counted has a bound. Pure: bytes in, a request
// out; it never throws for what a peer sends and never touches a socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/web/web.hpp"

namespace millrace::http {

struct RequestLimits {
  // The request line, the header lines, and what surrounds chunks (extensions, trailers), together.
  size_t header_bytes_max = 16 << 10;
  size_t body_bytes_max = 1 << 20;
  size_t fields_max = 100;  // header lines, and again trailer lines
};

// One request after another of one connection.
class RequestParser {
 public:
  explicit RequestParser(RequestLimits limits) : limits_(limits) {}

  // Why a request is refused; the connection cannot go on after it.
  struct Refusal {
    int status = 400;
    std::string_view reason;  // for people; a constant
  };

  // Takes bytes until the request is whole or refused; says how many it used.
  size_t feed(std::string_view bytes);
  // Forgets the request that was read; the next one begins.
  void begin();

  bool is_done() const { return state_ == State::done; }
  const std::optional<Refusal>& refusal() const { return refusal_; }
  // Something of this request has come.
  bool has_begun() const { return header_bytes_ > 0; }
  // The head is whole and right, and the body is not: the moment for 100 Continue.
  bool awaits_body() const { return state_ > State::field && state_ < State::done; }

  // What the head says. Valid once it is whole.
  const std::string& target() const { return target_; }
  bool is_http_1_0() const { return minor_version_ == 0; }
  bool expects_continue() const { return expects_continue_; }
  bool keeps_connection() const { return wants_kept_ && !wants_closed_; }
  bool upgrades_to_websocket() const;

  // method, headers and body; path and query are made of target() by the caller. Valid once done;
  // what is moved out of it is gone.
  web::Request& request() { return request_; }

 private:
  enum class State {
    request_line,
    field,
    sized_body,
    chunk_size,
    chunk_extension,
    chunk_size_end,
    chunk_data,
    chunk_data_cr,
    chunk_data_lf,
    trailer,
    done,
    refused
  };

  size_t feed_line(std::string_view bytes);
  size_t feed_body(std::string_view bytes);
  size_t feed_data(std::string_view bytes);
  void take_chunk_byte(char c);
  void take_size_digit(char c);
  void take_line(std::string_view line);
  void take_request_line(std::string_view line);
  bool take_version(std::string_view version);
  bool take_target(std::string_view target);
  // The name and the value of a field line; nullopt, and refused, when it is none.
  std::optional<web::Header> read_field(std::string_view line);
  void take_field(web::Header field);
  void take_framing(const web::Header& field);
  void take_connection(std::string_view value);
  void end_head();
  void end_chunk_size();
  bool count_header_bytes(size_t count);
  void refuse(int status, std::string_view reason);

  const RequestLimits limits_;
  State state_ = State::request_line;
  std::optional<Refusal> refusal_;
  web::Request request_;
  std::string target_;
  std::string authority_;  // of a target in absolute form
  std::string line_;       // the part of a line that has come so far
  size_t header_bytes_ = 0;
  size_t fields_ = 0;
  size_t hosts_ = 0;
  int minor_version_ = 1;
  std::optional<uint64_t> length_;
  bool is_chunked_ = false;
  bool expects_continue_ = false;
  bool wants_kept_ = false;
  bool wants_closed_ = false;
  bool wants_upgrade_ = false;
  uint64_t left_ = 0;  // of the body, or of the chunk
  int size_digits_ = 0;
};

}  // namespace millrace::http
