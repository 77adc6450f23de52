#include "app/wire/options.hpp"

#include <gtest/gtest.h>

namespace millrace::app {
namespace {

TEST(AppOptions, ReadAPublicUrl) {
  const auto plain = parse_public_url("https://chat.example.com");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->origin, "https://chat.example.com");
  EXPECT_EQ(plain->prefix, "");
  EXPECT_TRUE(plain->is_https());
  const auto below = parse_public_url("http://example.com:8080/brands/talk/");
  ASSERT_TRUE(below);
  EXPECT_EQ(below->origin, "http://example.com:8080");
  EXPECT_EQ(below->prefix, "/brands/talk");
  EXPECT_FALSE(below->is_https());
}

TEST(AppOptions, RefuseWhatIsNoPublicUrl) {
  for (const char* text :
       {"", "example.com", "ftp://example.com", "https://", "https://*.example.com",
        "https://example.com/a?b", "https://example.com/a b", "https://example.com//a",
        "https://example.com/../a", "https://example.com/a/./b", "https://u@example.com/a"}) {
    EXPECT_FALSE(parse_public_url(text)) << text;
  }
}

TEST(AppOptions, ReadWhereAPartIsServed) {
  EXPECT_TRUE(parse_exposure("off")->is_off);
  const auto own = parse_exposure("127.0.0.1:9000");
  ASSERT_TRUE(own);
  EXPECT_EQ(own->own->port, 9000);
  EXPECT_FALSE(parse_exposure("on"));
  EXPECT_FALSE(parse_exposure(""));
}

}  // namespace
}  // namespace millrace::app
