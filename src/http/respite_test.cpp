#include "http/respite.hpp"

#include <gtest/gtest.h>

#include "tests/support/http.hpp"

namespace millrace::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTold{1'000};

TEST(HttpRespite, LetsAFewBackAtOnceAndManyOneAfterTheOther) {
  Respite respite;
  const Respite::Time now{std::chrono::hours(1)};
  EXPECT_LE(respite.next(now, kTold), milliseconds(5));
  milliseconds last{0};
  for (int i = 1; i < Respite::kPerSecond / 2; ++i) {
    const auto rest = respite.next(now, kTold);
    EXPECT_GE(rest, last);
    last = rest;
  }
  EXPECT_GE(last, milliseconds(490));
  EXPECT_LE(last, milliseconds(510));
  EXPECT_LE(respite.next(now + milliseconds(600), kTold), milliseconds(5))
      << "those places have passed";
}

TEST(HttpRespite, KeepsNobodyLongerThanTheyWereTold) {
  Respite respite;
  const Respite::Time now{std::chrono::hours(1)};
  for (int i = 0; i < 10 * Respite::kPerSecond; ++i) EXPECT_LE(respite.next(now, kTold), kTold);
  EXPECT_LE(respite.next(now + milliseconds(1'100), kTold), milliseconds(5))
      << "those beyond have taken no place";
}

TEST_F(HttpServer, TellsASlowReaderWhyItIsClosedOnceItHasTakenItsFrame) {
  ServerOptions options;
  options.socket_close_limit = std::chrono::milliseconds(0);
  options.head_read_limit = std::chrono::milliseconds(200);
  listen(options);
  Client client(server_->port(), nullptr, 4096);
  client.send("GET /socket HTTP/1.1\r\n" + std::string(kUpgrade));
  client.read_until("\r\n\r\n");
  client.send(frame(1, "flood"));
  EXPECT_TRUE(meter_.reaches(notices_of("unread"), 1));
  Client silent(server_->port());
  silent.read_all();  // until its time is over, and with it many sweeps have passed
  EXPECT_TRUE(silent.closed);
  const std::string farewell = "\x03\xf5too much is unread";  // 1013
  EXPECT_TRUE(client.read_until(farewell).ends_with(farewell));
}

TEST_F(HttpServer, ReadsWhoWasRefusedAgainAfterARest) {
  ServerOptions options;
  options.rests_the_refused = true;
  listen(options);
  Client client(server_->port());
  std::string all;
  for (int i = 0; i < 20; ++i) {
    all += "GET /busy?" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }
  client.send(all + "GET /after HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answers = client.read_until("GET /after");
  EXPECT_NE(answers.find("GET /after"), std::string::npos);
  EXPECT_LT(answers.find("busy 0"), answers.find("busy 19"));
  client.send("GET /busy?last HTTP/1.1\r\nHost: h\r\n\r\n");
  client.read_until("busy last");
  EXPECT_TRUE(server_->drain(std::chrono::seconds(10))) << "who rests holds up nobody for long";
  client.read_all();
  EXPECT_TRUE(client.closed);
}

}  // namespace
}  // namespace millrace::http
