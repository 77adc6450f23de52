#include "app/wire/listeners.hpp"

#include <gtest/gtest.h>

namespace millrace::app {
namespace {

class AppListeners : public testing::Test {
 protected:
  bool rest_is_open() const { return reach_of(options, options.rest).is_loopback; }
  static Exposure at(std::string address, uint16_t port) {
    return {.own = Endpoint{std::move(address), port}};
  }

  ServeOptions options;
};

TEST_F(AppListeners, LetThisMachineAloneAskOnLoopbackBehindNothing) {
  EXPECT_TRUE(rest_is_open());
  options.listen.address = "0.0.0.0";
  EXPECT_FALSE(rest_is_open());
}

TEST_F(AppListeners, AreNotThisMachinesAloneBehindAProxy) {
  options.public_url = *parse_public_url("https://chat.example.com");
  EXPECT_FALSE(rest_is_open());
  options.public_url = {};
  options.trusted_proxies = {"127.0.0.1/32"};
  EXPECT_FALSE(rest_is_open());
}

TEST_F(AppListeners, AreThisMachinesAloneWhereAPartHasALoopbackListenerToItself) {
  options.public_url = *parse_public_url("https://chat.example.com");
  options.rest = at("127.0.0.1", 8081);
  EXPECT_TRUE(rest_is_open());
  options.rest = at("127.0.0.1", 0);  // any free port is another one
  EXPECT_TRUE(rest_is_open());
  options.rest = at("192.0.2.7", 8081);
  EXPECT_FALSE(rest_is_open());
}

// Found by reading: a part that was put where another one is counted as apart from the proxy.
TEST_F(AppListeners, AreNotThisMachinesAloneWhereAPartSharesAListenerBehindAProxy) {
  options.public_url = *parse_public_url("https://chat.example.com");
  options.rest = at("127.0.0.1", options.listen.port);
  EXPECT_FALSE(rest_is_open());
  options.rest = at("127.0.0.1", 8081);
  options.engagement = at("127.0.0.1", 8081);
  EXPECT_FALSE(rest_is_open());
  options.engagement.is_off = true;
  EXPECT_TRUE(rest_is_open());
}

}  // namespace
}  // namespace millrace::app
