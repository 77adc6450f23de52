#include "base/web/web_origin.hpp"

#include <gtest/gtest.h>

namespace millrace::web {
namespace {

Request request(const char* origin, const char* host) {
  Request made;
  if (origin != nullptr) made.headers.push_back({"Origin", origin});
  made.headers.push_back({"Host", host});
  return made;
}

TEST(WebOrigin, IsTheListenersOwnOrListed) {
  const std::vector<std::string> none;
  const std::vector<std::string> listed{"https://brand.example", "https://*.shop.example:8443"};
  const std::vector<std::string> any{"*"};
  const OriginRule loopback{true, ""};
  const OriginRule open{false, ""};
  const OriginRule named{false, "https://chat.example"};
  struct Case {
    const char* origin;
    const char* host;
    const OriginRule& rule;
    const std::vector<std::string>& allowed;
    bool is_right;
  };
  const Case cases[] = {
      {nullptr, "127.0.0.1", loopback, none, true},
      {nullptr, "a.example", open, none, true},
      {"http://127.0.0.1:8080", "127.0.0.1:8080", loopback, none, true},
      {"http://localhost:3000", "127.0.0.1:8080", loopback, none, true},
      {"http://[::1]:3000", "127.0.0.1:8080", loopback, none, true},
      {"http://evil.example", "127.0.0.1:8080", loopback, none, false},
      // A name that was made to stand for this machine.
      {"http://evil.example:8080", "evil.example:8080", loopback, none, false},
      {"http://127.0.0.1.evil.example", "127.0.0.1", loopback, none, false},
      {"http://localhost.evil.example", "127.0.0.1", loopback, none, false},
      {"null", "127.0.0.1:8080", loopback, none, false},
      {"", "127.0.0.1:8080", loopback, none, false},
      {"file://", "127.0.0.1:8080", loopback, none, false},
      {"http://a.example", "a.example", open, none, true},
      {"https://a.example", "a.example", open, none, true},
      {"https://A.Example:443", "a.example", open, none, true},
      {"http://a.example:8080", "a.example:8080", open, none, true},
      {"http://a.example:8081", "a.example:8080", open, none, false},
      {"http://b.example", "a.example", open, none, false},
      {"http://localhost", "a.example", open, none, false},
      {"https://chat.example", "10.0.0.7:8080", named, none, true},
      {"http://chat.example", "10.0.0.7:8080", named, none, false},
      {"https://brand.example", "a.example", open, listed, true},
      {"https://brand.example", "127.0.0.1", loopback, listed, true},
      {"http://brand.example", "a.example", open, listed, false},
      {"https://evilbrand.example", "a.example", open, listed, false},
      {"https://brand.example.evil.example", "a.example", open, listed, false},
      {"https://x.shop.example:8443", "a.example", open, listed, true},
      {"https://shop.example:8443", "a.example", open, listed, false},
      {"https://x.shop.example", "a.example", open, listed, false},
      {"https://user@brand.example", "a.example", open, listed, false},
      {"null", "a.example", open, any, true},
      {"http://evil.example", "127.0.0.1", loopback, any, true},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(may_come_from(request(one.origin, one.host), one.rule, one.allowed), one.is_right)
        << (one.origin == nullptr ? "none" : one.origin) << " at " << one.host;
  }
}

TEST(WebOrigin, PatternsHaveAScheme) {
  for (const char* text :
       {"*", "https://a.example", "http://a.example:8080", "https://*.a.example"}) {
    EXPECT_TRUE(is_origin_pattern(text)) << text;
  }
  for (const char* text : {"", "a.example", "https://", "https://*", "https://a.*",
                           "ftp://a.example", "https://a.example/", "https://a b", "**"}) {
    EXPECT_FALSE(is_origin_pattern(text)) << text;
  }
}

TEST(WebOrigin, AndJsonAreWhatAChangeTakes) {
  Request change = request(nullptr, "h");
  EXPECT_FALSE(refuses_change(change, {}, {}));
  change.body = "{}";
  EXPECT_EQ(refuses_change(change, {}, {}), 415);
  change.headers.push_back({"Content-Type", "text/plain"});
  EXPECT_EQ(refuses_change(change, {}, {}), 415);
  change.headers.back().value = "application/json; charset=utf-8";
  EXPECT_FALSE(refuses_change(change, {}, {}));
  change.headers.push_back({"Origin", "http://evil.example"});
  EXPECT_EQ(refuses_change(change, {}, {}), 403);
}

}  // namespace
}  // namespace millrace::web
