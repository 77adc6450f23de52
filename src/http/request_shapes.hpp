// Shapes of requests, right ones and wrong ones, and what becomes of each: the status, and whether
// the connection is kept. One table for the parser and for the whole server. Limits: 1,000 bytes of
// headers, 100 of body.
#pragma once

#include <string>
#include <vector>

namespace millrace::http {

struct RequestShape {
  std::string name;
  std::string bytes;
  int status = 400;
  bool is_kept = false;
};

inline std::vector<RequestShape> request_shapes() {
  const std::string host = "Host: h\r\n";
  const auto get = [&](const std::string& headers) {
    return "GET / HTTP/1.1\r\n" + host + headers + "\r\n";
  };
  const auto post = [&](const std::string& headers, const std::string& body) {
    return "POST / HTTP/1.1\r\n" + host + headers + "\r\n" + body;
  };
  const auto chunked = [&](const std::string& body) {
    return post("Transfer-Encoding: chunked\r\n", body);
  };
  const auto with_host = [](const std::string& value) {
    return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n";
  };
  const auto long_text = [](size_t count) { return std::string(count, 'a'); };
  return {
      // Request lines.
      {"plain", get(""), 200, true},
      {"an empty line before it", "\r\n" + get(""), 200, true},
      {"two empty lines before it", "\r\n\r\n" + get("")},
      {"a method nobody knows", "BREW / HTTP/1.1\r\n" + host + "\r\n", 200, true},
      {"a method with a colon", "GE:T / HTTP/1.1\r\n" + host + "\r\n"},
      {"a method with a NUL", std::string("GE\0T / HTTP/1.1\r\n", 17) + host + "\r\n"},
      {"a method of 40 bytes", std::string(40, 'A') + " / HTTP/1.1\r\n" + host + "\r\n"},
      {"no method", " / HTTP/1.1\r\n" + host + "\r\n"},
      {"no target", "GET HTTP/1.1\r\n" + host + "\r\n"},
      {"no version", "GET /\r\n" + host + "\r\n"},
      {"two blanks", "GET  / HTTP/1.1\r\n" + host + "\r\n"},
      {"a tab for a blank", "GET\t/ HTTP/1.1\r\n" + host + "\r\n"},
      {"a blank at the end", "GET / HTTP/1.1 \r\n" + host + "\r\n"},
      {"a blank in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n"},
      {"a fragment", "GET /#a HTTP/1.1\r\n" + host + "\r\n"},
      {"UTF-8 in the target", "GET /\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n"},
      {"a relative target", "GET a HTTP/1.1\r\n" + host + "\r\n"},
      {"an asterisk for GET", "GET * HTTP/1.1\r\n" + host + "\r\n"},
      {"an asterisk for OPTIONS", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 200, true},
      {"an authority", "CONNECT h:80 HTTP/1.1\r\n" + host + "\r\n"},
      {"the absolute form", "GET http://h/ HTTP/1.1\r\n" + host + "\r\n", 200, true},
      {"the absolute form, only a host", "GET HTTP://h HTTP/1.1\r\n" + host + "\r\n", 200, true},
      {"the absolute form without a host", "GET http:/// HTTP/1.1\r\n" + host + "\r\n"},
      {"the absolute form with a name", "GET http://u@h/ HTTP/1.1\r\n" + host + "\r\n"},
      {"another scheme", "GET ftp://h/ HTTP/1.1\r\n" + host + "\r\n"},
      {"a NUL in the path", "GET /%00 HTTP/1.1\r\n" + host + "\r\n"},
      {"a path that is no text", "GET /%ff HTTP/1.1\r\n" + host + "\r\n"},
      {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200, false},
      {"HTTP/1.0 kept", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, true},
      {"HTTP/1.2", "GET / HTTP/1.2\r\n" + host + "\r\n", 200, true},
      {"HTTP/2.0", "GET / HTTP/2.0\r\n" + host + "\r\n", 505},
      {"HTTP/0.9", "GET / HTTP/0.9\r\n" + host + "\r\n", 505},
      {"HTTP/1.10", "GET / HTTP/1.10\r\n" + host + "\r\n"},
      {"http/1.1", "GET / http/1.1\r\n" + host + "\r\n"},
      {"HTTP/1,1", "GET / HTTP/1,1\r\n" + host + "\r\n"},
      {"a long target", "GET /" + long_text(1'000) + " HTTP/1.1\r\n" + host + "\r\n", 414},
      {"TLS", "\x16\x03\x01\x02\r\n"},
      {"a lone LF after the request line", "GET / HTTP/1.1\n" + host + "\r\n"},
      {"a lone CR in the request line", "GET /\rx HTTP/1.1\r\n" + host + "\r\n"},
      // Header lines.
      {"a lone LF after a header", "GET / HTTP/1.1\r\nHost: h\n\r\n"},
      {"a lone LF at the end", "GET / HTTP/1.1\r\n" + host + "\n"},
      {"a lone CR in a value", get("X: a\rb\r\n")},
      {"a NUL in a value", get(std::string("X: a\0b\r\n", 8))},
      {"a DEL in a value", get("X: a\x7f\r\n")},
      {"a tab in a value", get("X: a\tb\r\n"), 200, true},
      {"bytes over 127 in a value", get("X: \xff\r\n"), 200, true},
      {"a folded line", get("X: a\r\n b\r\n")},
      {"a folded first line", "GET / HTTP/1.1\r\n X: a\r\n" + host + "\r\n"},
      {"a blank before the colon", get("X : a\r\n")},
      {"a blank in a name", get("X Y: a\r\n")},
      {"no name", get(": a\r\n")},
      {"no colon", get("X\r\n")},
      {"an empty value", get("X:\r\n"), 200, true},
      {"no blank after the colon", get("X:a\r\n"), 200, true},
      {"long headers", get("X: " + long_text(1'000) + "\r\n"), 431},
      {"a long name", get(long_text(1'000) + ": x\r\n"), 431},
      {"101 headers",
       "GET / HTTP/1.1\r\n" +
           [] {
             std::string all;
             for (int i = 0; i < 101; ++i) all += "A:\r\n";
             return all;
           }() +
           "\r\n",
       431},
      // Host.
      {"no Host", "GET / HTTP/1.1\r\n\r\n"},
      {"two Hosts", get("Host: h\r\n")},
      {"two Hosts by case", get("hOST: i\r\n")},
      {"an empty Host", with_host("")},
      {"a Host with a port", with_host("h:80"), 200, true},
      {"a Host with an IPv6 address", with_host("[::1]:80"), 200, true},
      {"a Host with half an IPv6 address", with_host("[::1")},
      {"a Host with a path", with_host("h/x")},
      {"a Host with a blank", with_host("h i")},
      {"a Host with a name", with_host("u@h")},
      {"a Host with a port of letters", with_host("h:x")},
      {"a Host with a port of 6 digits", with_host("h:123456")},
      {"a Host with a list", with_host("a, b:1")},
      // Lengths.
      {"a body", post("Content-Length: 4\r\n", "body"), 200, true},
      {"no body", post("", ""), 200, true},
      {"two equal lengths", post("Content-Length: 4\r\nContent-Length: 4\r\n", "body")},
      {"two lengths", post("Content-Length: 4\r\nContent-Length: 3\r\n", "body")},
      {"a list of lengths", post("Content-Length: 4, 4\r\n", "body")},
      {"a negative length", post("Content-Length: -1\r\n", "")},
      {"a length with a sign", post("Content-Length: +4\r\n", "body")},
      {"a length in hexadecimal", post("Content-Length: 0x4\r\n", "body")},
      {"a length with a blank", post("Content-Length: 4 4\r\n", "body")},
      {"an empty length", post("Content-Length:\r\n", "")},
      {"a length over the limit", post("Content-Length: 101\r\n", ""), 413},
      {"a length over every number", post("Content-Length: " + std::string(40, '9') + "\r\n", ""),
       413},
      // Transfer codings.
      {"chunks", chunked("3\r\nabc\r\n0\r\n\r\n"), 200, true},
      {"Chunked", post("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n"), 200, true},
      {"xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
      {"identity", post("Transfer-Encoding: identity\r\n", "")},
      {"gzip", post("Transfer-Encoding: gzip\r\n", "")},
      {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
      {"chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")},
      {"chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")},
      {"chunked twice",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"a quoted coding", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")},
      {"a coding with a parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n")},
      {"an empty coding", post("Transfer-Encoding:\r\n", "")},
      {"a length, then a coding",
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"a coding, then a length",
       post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
      {"a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      // Chunks.
      {"an extension", chunked("3;a=\"b\"\r\nabc\r\n0;c\r\n\r\n"), 200, true},
      {"a trailer", chunked("0\r\nX: y\r\n\r\n"), 200, true},
      {"leading zeros", chunked("0003\r\nabc\r\n0\r\n\r\n"), 200, true},
      {"a size of 17 digits", chunked("00000000000000003\r\nabc\r\n0\r\n\r\n")},
      {"a size over every number", chunked("ffffffffffffffff\r\n"), 413},
      {"a size over the limit", chunked("65\r\n"), 413},
      {"sizes over the limit together", chunked("3\r\nabc\r\n62\r\n"), 413},
      {"no size", chunked("\r\nabc\r\n0\r\n\r\n")},
      {"a size with a sign", chunked("+3\r\nabc\r\n0\r\n\r\n")},
      {"a size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n")},
      {"a blank after a size", chunked("3 \r\nabc\r\n0\r\n\r\n")},
      {"a lone LF after a size", chunked("3\nabc\r\n0\r\n\r\n")},
      {"a lone LF after data", chunked("3\r\nabc\n0\r\n\r\n")},
      {"data longer than its size", chunked("3\r\nabcd\r\n0\r\n\r\n")},
      {"a lone LF in an extension", chunked("3;a\nabc\r\n0\r\n\r\n")},
      {"a NUL in an extension", chunked(std::string("3;a\0\r\nabc\r\n0\r\n\r\n", 17))},
      {"a long extension", chunked("3;" + long_text(1'000) + "\r\nabc\r\n0\r\n\r\n"), 431},
      {"an extension of 70,000 bytes", chunked("3;" + long_text(70'000)), 431},
      {"a long trailer", chunked("0\r\nX: " + long_text(1'000) + "\r\n\r\n"), 431},
      {"a trailer of 70,000 bytes", chunked("0\r\nX: " + long_text(70'000) + "\r\n\r\n"), 431},
      {"a trailer name of 70,000 bytes", chunked("0\r\n" + long_text(70'000) + ": x\r\n\r\n"), 431},
      {"many trailers",
       chunked("0\r\n" +
               [] {
                 std::string all;
                 for (int i = 0; i < 300; ++i) all += "X: a\r\n";
                 return all;
               }() +
               "\r\n"),
       431},
      {"a folded trailer", chunked("0\r\nX: a\r\n b\r\n\r\n")},
      {"a trailer without a colon", chunked("0\r\nX\r\n\r\n")},
      {"a lone LF in a trailer", chunked("0\r\nX: a\n\r\n")},
      {"many small extensions", chunked([] {
         std::string all;
         for (int i = 0; i < 90; ++i) all += "1;aaaaaaaaaaaa\r\nx\r\n";
         return all;
       }()),
       431},
      // Connections.
      {"Connection: close", get("Connection: close\r\n"), 200, false},
      {"Connection: x, Close", get("Connection: x, Close\r\n"), 200, false},
      {"close and keep-alive", get("Connection: keep-alive\r\nConnection: close\r\n"), 200, false},
      {"an expectation nobody knows", get("Expect: tea\r\n"), 417},
  };
}

}  // namespace millrace::http
