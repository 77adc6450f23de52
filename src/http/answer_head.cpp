#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

#include "http/session.hpp"

namespace millrace::http {
namespace {

std::string_view reason_of(int status) {
  namespace bh = boost::beast::http;
  const auto reason = bh::obsolete_reason(static_cast<bh::status>(status));
  return {reason.data(), reason.size()};
}

}  // namespace

void write_head(std::string& out, const AnswerHead& head, const web::Response& response) {
  out.clear();
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_of(response.status);
  out += "\r\nServer: ";
  out += head.server_name;
  out += "\r\nDate: ";
  out += head.date;
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  for (const web::Header& header : response.headers) {
    out += header.name;
    out += ": ";
    // A line break in a value would begin a header of its own.
    const size_t value_at = out.size();
    out += header.value;
    if (header.value.find_first_of("\r\n") != std::string::npos) {
      for (size_t i = value_at; i < out.size(); ++i) {
        if (out[i] == '\r' || out[i] == '\n') out[i] = ' ';
      }
    }
    out += "\r\n";
  }
  if (head.is_chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (response.status != 204 && response.status != 304 && !response.rest) {
    out += "Content-Length: ";
    out += std::to_string(response.body.size());
    out += "\r\n";
  }
  if (!head.keeps_connection) out += "Connection: close\r\n";
  if (head.keeps_connection && head.http_1_0) out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

void frame_chunk(std::string& bytes) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
  bytes.insert(0, std::string(size.data(), end) + "\r\n");
  bytes += "\r\n";
}

}  // namespace millrace::http
