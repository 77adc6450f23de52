#include "http/request_parser.hpp"

#include "http/request_shapes.hpp"
#include "tests/support/http.hpp"

namespace millrace::http {
namespace {

// The status that the parser alone gives: 200 when the request is whole, 0 when it waits for more.
int status_of(const RequestParser& parser) {
  if (parser.refusal()) return parser.refusal()->status;
  return parser.is_done() ? 200 : 0;
}

// What only the server refuses, because it decodes the path.
bool is_for_the_server(const RequestShape& shape) {
  return shape.name == "a NUL in the path" || shape.name == "a path that is no text";
}

TEST(HttpRequestParser, TakesAndRefusesEveryShape) {
  for (const RequestShape& shape : request_shapes()) {
    if (is_for_the_server(shape)) continue;
    RequestParser parser({1'000, 100, 100});
    parser.feed(shape.bytes);
    EXPECT_EQ(status_of(parser), shape.status) << shape.name;
    if (shape.status == 200) EXPECT_EQ(parser.keeps_connection(), shape.is_kept) << shape.name;
  }
}

TEST(HttpRequestParser, ReadsTheSameHoweverTheBytesAreCut) {
  for (const RequestShape& shape : request_shapes()) {
    if (is_for_the_server(shape)) continue;
    for (const size_t piece : {size_t{1}, size_t{2}, size_t{7}}) {
      RequestParser parser({1'000, 100, 100});
      for (size_t at = 0; at < shape.bytes.size() && status_of(parser) == 0; at += piece) {
        parser.feed(std::string_view(shape.bytes).substr(at, piece));
      }
      EXPECT_EQ(status_of(parser), shape.status) << shape.name << " in pieces of " << piece;
    }
  }
}

TEST(HttpRequestParser, LeavesWhatFollows) {
  RequestParser parser({});
  const std::string two = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhiGET /b";
  EXPECT_EQ(parser.feed(two), two.size() - 6);
  ASSERT_TRUE(parser.is_done());
  EXPECT_EQ(parser.request().body, "hi");
  EXPECT_EQ(parser.feed("x"), 0u);
  parser.begin();
  EXPECT_FALSE(parser.has_begun());
  parser.feed("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(parser.target(), "/b");
  EXPECT_EQ(parser.request().body, "");
}

TEST(HttpRequestParser, TakesTheHostFromTheAbsoluteForm) {
  RequestParser parser({});
  parser.feed("GET http://real:80?x HTTP/1.1\r\nHost: other\r\n\r\n");
  ASSERT_TRUE(parser.is_done());
  EXPECT_EQ(parser.request().header("Host"), "real:80");
  EXPECT_EQ(parser.target(), "/?x");
}

TEST_F(HttpServer, AnswersEveryShapeAndKeepsOrClosesTheConnection) {
  ServerOptions options;
  options.max_body_bytes = 100;
  options.max_header_bytes = 1'000;
  listen(options);
  for (const RequestShape& shape : request_shapes()) {
    Client client(server_->port());
    client.send(shape.bytes);
    if (shape.is_kept) {
      client.send("GET /probe HTTP/1.1\r\nHost: h\r\n\r\n");
      EXPECT_NE(client.read_until("GET /probe").find("GET /probe"), std::string::npos)
          << shape.name;
    } else {
      // What comes after is not taken for a request.
      client.send("GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
      EXPECT_EQ(client.read_all().find("GET /smuggled"), std::string::npos) << shape.name;
      EXPECT_TRUE(client.closed) << shape.name;
    }
    const std::string wanted = "HTTP/1.1 " + std::to_string(shape.status);
    EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with(wanted)) << shape.name;
  }
  EXPECT_GE(request_shapes().size(), 100u);
  EXPECT_EQ(meter_.value(notices_of("exception")), 0);
}

}  // namespace
}  // namespace millrace::http
