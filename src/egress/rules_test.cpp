#include "egress/rules.hpp"

#include <gtest/gtest.h>

#include "tests/support/egress.hpp"
#include "tests/support/ssrf_corpus.hpp"

namespace millrace::egress {
namespace {

using testing::ip;

Authority authority(std::string_view text) {
  return parse_authority(text, 80).value();
}

Guard guard(std::vector<std::string> allowed, std::vector<std::string> internal = {}) {
  return Guard::make({std::move(allowed), std::move(internal)}).value();
}

// What is said about connecting there when the name stands for these; empty when it is allowed.
std::string refusal(const Guard& judge, std::string_view to, std::vector<std::string_view> found) {
  const Authority target = authority(to);
  if (const auto named = judge.check_name(target); !named) return named.error().message;
  std::vector<Address> addresses;
  for (const std::string_view one : found) addresses.push_back(ip(one));
  if (target.host.address) addresses.push_back(*target.host.address);
  const auto checked = judge.check_addresses(target, addresses);
  return checked ? std::string() : checked.error().message;
}

TEST(EgressRules, RefuseEveryWayInsideThatIsKnown) {
  const Guard judge = guard({"*:*"});
  const auto corpus = testing::attacks();
  EXPECT_GE(corpus.size(), 80u);
  for (const testing::Attack& attack : corpus) {
    const auto host = parse_host(attack.host);
    if (!host) continue;
    const Authority to{*host, 80};
    EXPECT_NE(refusal(judge, to_string(to), attack.answers), "") << attack.host;
  }
}

TEST(EgressRules, LetThePublicInternetThrough) {
  const Guard judge = guard({"*"});
  for (const char* one : {"8.8.8.8", "1.1.1.1", "93.184.216.34", "11.0.0.1", "100.63.255.255",
                          "100.128.0.1", "172.15.0.1", "172.32.0.1", "169.253.0.1", "192.0.1.1",
                          "198.17.0.1", "198.20.0.1", "223.255.255.255", "[2606:4700::1111]",
                          "[2a00:1450:4001::200e]", "[64:ff9b::8.8.8.8]", "[::ffff:8.8.8.8]"}) {
    EXPECT_EQ(refusal(judge, one, {}), "") << one;
  }
  EXPECT_EQ(refusal(judge, "api.example.com:443", {"93.184.216.34", "2606:4700::1111"}), "");
}

TEST(EgressRules, AllowNothingWhenNothingIsListed) {
  EXPECT_EQ(refusal(guard({}), "api.example.com:443", {"8.8.8.8"}),
            "egress to api.example.com:443 is not allowed: add it under egress.allow in "
            "solution.yaml");
}

TEST(EgressRules, MatchHostsExactlyAndNamesBelowAWildcard) {
  const Guard judge = guard({"api.example.com", "*.braze.com", "8.8.8.8", "other.example:8443"});
  for (const char* one : {"api.example.com:443", "API.Example.COM.:80", "rest.iad-01.braze.com:443",
                          "a.braze.com", "other.example:8443"}) {
    EXPECT_EQ(refusal(judge, one, {"1.1.1.1"}), "") << one;
  }
  for (const char* one :
       {"example.com", "b.api.example.com", "braze.com", "evilbraze.com",
        "a.braze.com.evil.example", "other.example:443", "api.example.com:8443", "8.8.4.4"}) {
    EXPECT_NE(refusal(judge, one, {"1.1.1.1"}), "") << one;
  }
}

TEST(EgressRules, AllowOtherPortsOnlyWhereTheyAreListed) {
  EXPECT_NE(refusal(guard({"*"}), "a.example:22", {"1.1.1.1"}), "");
  EXPECT_EQ(refusal(guard({"*:22"}), "a.example:22", {"1.1.1.1"}), "");
  EXPECT_NE(refusal(guard({"*:22"}), "a.example:443", {"1.1.1.1"}), "");
  EXPECT_EQ(refusal(guard({"a.example:*"}), "a.example:65535", {"1.1.1.1"}), "");
  EXPECT_EQ(refusal(guard({"[2606:4700::1111]:99"}), "[2606:4700::1111]:99", {}), "");
}

TEST(EgressRules, LetTheOperatorAloneOpenAnInternalAddress) {
  const Guard listed = guard({"localhost:8300"});
  EXPECT_EQ(refusal(listed, "localhost:8300", {"::1", "127.0.0.1"}),
            "localhost:8300 is an internal address (::1); only the operator can allow it: "
            "--allow-internal localhost:8300");
  const Guard both = guard({"localhost:8300"}, {"localhost:8300"});
  EXPECT_EQ(refusal(both, "localhost:8300", {"::1", "127.0.0.1"}), "");
  EXPECT_NE(refusal(both, "localhost:8301", {"127.0.0.1"}), "");
  EXPECT_NE(refusal(both, "127.0.0.1:8300", {}), "");
  EXPECT_NE(refusal(guard({}, {"localhost:8300"}), "localhost:8300", {"127.0.0.1"}), "");
  EXPECT_EQ(refusal(guard({"*"}, {"127.0.0.1:8300"}), "127.0.0.1:8300", {}), "");
  EXPECT_EQ(refusal(guard({"*"}, {"127.0.0.1:8300"}), "[::ffff:127.0.0.1]:8300", {}), "");
}

TEST(EgressRules, NeedMetadataAddressesToBeWrittenOut) {
  const Guard named = guard({"*"}, {"inside.example:80"});
  EXPECT_EQ(refusal(named, "inside.example:80", {"10.0.0.1"}), "");
  EXPECT_EQ(refusal(named, "inside.example:80", {"169.254.169.254"}),
            "inside.example:80 is an internal address (169.254.169.254); only the operator can "
            "allow it: --allow-internal 169.254.169.254:80");
  EXPECT_EQ(refusal(guard({"*"}, {"169.254.169.254:80"}), "169.254.169.254:80", {}), "");
  EXPECT_NE(refusal(guard({"*"}, {"0.0.0.0:80"}), "0.0.0.0:80", {}), "");
}

TEST(EgressRules, RefuseANameWithoutAddresses) {
  EXPECT_NE(refusal(guard({"*"}), "a.example", {}), "");
}

TEST(EgressRules, SayWhatIsWrongWithThem) {
  const auto problems =
      problems_of({{"https://a.example", "a.example:0", "*.*.example", "*.1.2.3.4", "",
                    "a.example:1:*", "a.example:x", "*a.example", "good.example"},
                   {"localhost", "*:80", "10.0.0.0/8:80", "localhost:80"}});
  EXPECT_EQ(problems.size(), 11u);
  EXPECT_FALSE(Guard::make({{"a b"}, {}}));
}

TEST(EgressTarget, ReadsUrlsIntoOneSpelling) {
  const auto url = parse_url("HTTPS://Api.Example.COM./a/b?c=d#e");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->text(), "https://api.example.com:443/a/b?c=d");
  EXPECT_EQ(url->origin(), "https://api.example.com:443");
  EXPECT_EQ(parse_url("http://a.example")->text(), "http://a.example:80/");
  EXPECT_EQ(parse_url("http://a.example?x")->text(), "http://a.example:80/?x");
  EXPECT_EQ(parse_url("http://[2606:4700:0::1111]:81/")->text(), "http://[2606:4700::1111]:81/");
}

TEST(EgressTarget, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const char* one : {"ftp://a.example/",
                          "file:///etc/passwd",
                          "gopher://a.example:70/",
                          "dict://127.0.0.1:11211/",
                          "//a.example/",
                          "a.example",
                          "http:a.example",
                          "http:/a.example",
                          "http:///a",
                          "http://",
                          "http://u@a.example/",
                          "http://u:p@a.example/",
                          "http://a.example@127.0.0.1/",
                          "http://a.example\\@127.0.0.1/",
                          "http://a.example:/",
                          "http://a.example:0/",
                          "http://a.example:65536/",
                          "http://a.example:+80/",
                          "http://a.example:080/",
                          "http://a.example:80:80/",
                          "http://a.example/ b",
                          "http://a.example/\r\nX: y",
                          "http://a.example/\x7f",
                          "http://a.example/\xc3\xa9",
                          " http://a.example/",
                          "http://a%2eexample/",
                          "javascript:alert(1)",
                          "http://a.example/\\..\\"}) {
    EXPECT_FALSE(parse_url(one)) << one;
  }
  EXPECT_FALSE(parse_url("http://a.example/" + std::string(9'000, 'a')));
}

TEST(EgressTarget, ReadsReferencesAsSeenFromAnAddress) {
  const Url from = *parse_url("https://a.example/b/c?d");
  const auto seen = [&](std::string_view text) {
    const auto url = parse_reference(from, text);
    return url ? url->text() : url.error().message;
  };
  EXPECT_EQ(seen("http://b.example/x"), "http://b.example:80/x");
  EXPECT_EQ(seen("//b.example:8443/x"), "https://b.example:8443/x");
  EXPECT_EQ(seen("/x#y"), "https://a.example:443/x");
  EXPECT_EQ(seen("x"), "https://a.example:443/b/x");
  EXPECT_EQ(seen("?x"), "https://a.example:443/b/c?x");
  EXPECT_EQ(seen(""), "https://a.example:443/b/c?d");
  EXPECT_FALSE(parse_reference(from, "file:///etc/passwd"));
  EXPECT_FALSE(parse_reference(from, "//user@127.0.0.1/"));
  EXPECT_FALSE(parse_reference(from, "http:\\\\127.0.0.1/"));
}

}  // namespace
}  // namespace millrace::egress
