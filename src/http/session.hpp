// Hands an accepted upgrade on to the web-socket side, for the files of this room only.
#pragma once

#include "http/registry.hpp"
#include "http/streams.hpp"

namespace millrace::http {

// `request` is a well-formed upgrade: a GET of HTTP/1.1 that asks for `websocket`.
void serve_socket(std::shared_ptr<Shared> shared, size_t lane, tcp::socket stream,
                  const web::Request& request, web::SocketAccept accept,
                  std::shared_ptr<Claim> claim);
void serve_socket(std::shared_ptr<Shared> shared, size_t lane, TlsStream stream,
                  const web::Request& request, web::SocketAccept accept,
                  std::shared_ptr<Claim> claim);

// The status line and the headers of an answer, as they go over the wire.
struct AnswerHead {
  std::string_view server_name;
  std::string_view date;
  bool keeps_connection = true;
  bool http_1_0 = false;
  bool is_chunked = false;  // the length is not known yet
};
void write_head(std::string& out, const AnswerHead& head, const web::Response& response);
// The bytes as a chunk (RFC 9112 7.1); none become the last one.
void frame_chunk(std::string& bytes);

}  // namespace millrace::http
