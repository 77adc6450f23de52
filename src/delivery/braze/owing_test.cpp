#include "delivery/braze/owing.hpp"

#include <gtest/gtest.h>

namespace millrace::delivery::braze {
namespace {

const base::Id kAda = base::Id::derived("test", "ada");

std::string names(const char* known_as) {
  std::string out;
  for (const json::object& name : names_of(*json::parse(known_as), kAda)) {
    out += json::serialize(name);
  }
  return out;
}

TEST(DeliveryBrazeNames, AreTheIdTheAliasAndWhatIdentifiedThemLast) {
  const std::string id = kAda.to_string();
  const std::string always = R"({"external_id":")" + id + R"("}{"user_alias":{"alias_name":")" +
                             id + R"(","alias_label":"millrace"}})";
  EXPECT_EQ(names("null"), always);
  EXPECT_EQ(names(R"({"user":{},"alias":true})"), always);
  EXPECT_EQ(names(R"({"user":{"external_id":"u-1"},"alias":false})"),
            always + R"({"external_id":"u-1"})");
  EXPECT_EQ(names(R"({"user":{"email":"a@example.com"}})"),
            always + R"({"email":"a@example.com"})");
}

}  // namespace
}  // namespace millrace::delivery::braze
