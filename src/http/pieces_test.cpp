// Bodies that are made while they are sent.
#include "tests/support/http.hpp"

namespace millrace::http {
namespace {

TEST_F(HttpServer, SendsABodyPieceByPieceAndGoesOn) {
  listen();
  Client client(server_->port());
  client.send("GET /pieces HTTP/1.1\r\nHost: h\r\n\r\nGET /end HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string all = client.read_until("GET /end? ");
  EXPECT_NE(all.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  const std::string head = all.substr(0, all.find("\r\n\r\n"));
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_NE(all.find("\r\n\r\n6\r\nfirst \r\n8\r\npiece 1 \r\n8\r\npiece 2 \r\n8\r\npiece 3 \r\n"
                     "0\r\n\r\nHTTP/1.1 200"),
            std::string::npos);
}

TEST_F(HttpServer, SendsPiecesToOldClientsUntilTheEndOfTheConnection) {
  listen();
  Client client(server_->port());
  client.send("GET /pieces HTTP/1.0\r\n\r\n");
  const std::string all = client.read_all();
  EXPECT_TRUE(all.ends_with("\r\n\r\nfirst piece 1 piece 2 piece 3 "));
  EXPECT_EQ(all.find("chunked"), std::string::npos);
  EXPECT_TRUE(client.closed);
}

TEST_F(HttpServer, CutsABodyWhoseSourceFails) {
  listen();
  Client client(server_->port());
  client.send("GET /broken HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string all = client.read_all();
  EXPECT_NE(all.find("piece 2"), std::string::npos);
  EXPECT_EQ(all.find("0\r\n\r\n"), std::string::npos) << "nobody takes the half for the whole";
  EXPECT_TRUE(client.closed);
}

TEST_F(HttpServer, SendsNoPiecesInAnswerToHead) {
  listen();
  Client client(server_->port());
  client.send("HEAD /pieces HTTP/1.1\r\nHost: h\r\n\r\nGET /end HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read_until("GET /end? ").find("piece"), std::string::npos);
}

}  // namespace
}  // namespace millrace::http
