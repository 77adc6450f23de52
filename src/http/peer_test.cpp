#include "http/peer.hpp"

#include <gtest/gtest.h>

namespace millrace::http {
namespace {

Address address(const char* text) {
  return plain(boost::asio::ip::make_address(text));
}

TEST(HttpPeer, HasOneShareForAnIPv4AddressAndForAHouseholdOfIPv6) {
  EXPECT_EQ(share_name(address("192.0.2.7")), "192.0.2.7");
  EXPECT_EQ(share_name(address("::ffff:192.0.2.7")), "192.0.2.7");
  EXPECT_EQ(share_name(address("2001:db8:0:1::7")), "2001:db8:0:1::/64");
  EXPECT_EQ(share_name(address("2001:db8:0:1:ffff::9")), "2001:db8:0:1::/64");
  EXPECT_EQ(share_name(address("fe80::1%1")), "fe80::/64");
  EXPECT_EQ(shortened(address("192.0.2.7")), "192.0.2.0/24");
  EXPECT_EQ(shortened(address("2001:db8:5:1::7")), "2001:db8:5::/48");
}

TEST(HttpPeer, ReadsNetworks) {
  struct Case {
    const char* network;
    const char* address;
    bool is_inside;
  };
  for (const Case& one : {Case{"10.0.0.0/8", "10.255.0.1", true},
                          {"10.0.0.0/8", "11.0.0.1", false},
                          {"192.0.2.128/25", "192.0.2.127", false},
                          {"192.0.2.128/25", "192.0.2.129", true},
                          {"192.0.2.7", "192.0.2.7", true},
                          {"192.0.2.7", "192.0.2.8", false},
                          {"0.0.0.0/0", "8.8.8.8", true},
                          {"0.0.0.0/0", "::1", false},
                          {"fd00::/8", "fd12::1", true},
                          {"fd00::/8", "fe12::1", false}}) {
    const auto network = Network::parse(one.network);
    ASSERT_TRUE(network) << one.network;
    EXPECT_EQ(network->contains(address(one.address)), one.is_inside)
        << one.network << " " << one.address;
  }
  for (const char* text : {"", "10", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                           "::/129", "host", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(Network::parse(text)) << text;
  }
}

TEST(HttpPeer, IsTheLastOneThatIsNoTrustedProxy) {
  struct Case {
    const char* connected;
    std::vector<web::Header> headers;
    const char* asker;
  };
  const std::vector<Network> trusted{*Network::parse("10.0.0.0/8"), *Network::parse("fd00::/8")};
  const Case cases[] = {
      {"192.0.2.1", {{"X-Forwarded-For", "9.9.9.9"}}, "192.0.2.1"},
      {"10.0.0.1", {}, "10.0.0.1"},
      {"10.0.0.1", {{"X-Forwarded-For", "9.9.9.9"}}, "9.9.9.9"},
      {"10.0.0.1", {{"X-Forwarded-For", "1.1.1.1, 9.9.9.9"}}, "9.9.9.9"},
      {"10.0.0.1", {{"X-Forwarded-For", "1.1.1.1,9.9.9.9, 10.0.0.2"}}, "9.9.9.9"},
      {"10.0.0.1", {{"X-Forwarded-For", "1.1.1.1"}, {"x-forwarded-for", "9.9.9.9"}}, "9.9.9.9"},
      {"10.0.0.1", {{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
      {"10.0.0.1", {{"X-Forwarded-For", "9.9.9.9, nonsense"}}, "10.0.0.1"},
      {"10.0.0.1", {{"X-Forwarded-For", "9.9.9.9, nonsense, 10.0.0.2"}}, "10.0.0.2"},
      {"10.0.0.1", {{"X-Forwarded-For", ""}}, "10.0.0.1"},
      {"10.0.0.1", {{"X-Forwarded-For", "9.9.9.9:4711"}}, "9.9.9.9"},
      {"fd00::1", {{"X-Forwarded-For", "2001:db8::7"}}, "2001:db8::7"},
      {"10.0.0.1", {{"Forwarded", "for=9.9.9.9"}}, "9.9.9.9"},
      {"10.0.0.1",
       {{"Forwarded", "for=1.1.1.1, proto=https;For=\"[2001:db8::7]:80\";by=10.0.0.1"}},
       "2001:db8::7"},
      {"10.0.0.1", {{"Forwarded", "for=_hidden"}}, "10.0.0.1"},
      {"10.0.0.1", {{"Forwarded", "for=8.8.8.8"}, {"X-Forwarded-For", "9.9.9.9"}}, "9.9.9.9"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(asker(address(one.connected), one.headers, trusted), address(one.asker))
        << one.connected << " " << (one.headers.empty() ? "" : one.headers.front().value);
  }
}

}  // namespace
}  // namespace millrace::http
