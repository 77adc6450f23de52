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

// The attribute as BrazeTrack sends it; "" when it is left out.
std::string sent_as(const char* type, const char* text) {
  json::value known;
  const Owing owed = owe_track(
      {"k", kAda, {}, {}},
      {{"attributes", json::object{{"a", text}}}, {"types", json::object{{"a", type}}}}, known);
  const auto* attributes = json::get_object(owed.items[owed.main].body, "attributes");
  return attributes == nullptr ? "" : json::serialize(*attributes->if_contains("a"));
}

TEST(DeliveryBrazeTypes, AreHeldToOrTheAttributeIsLeftOut) {
  const struct {
    const char *type, *text, *sent;
  } cases[] = {{"number", "5", "5"},         {"number", "-5.5", "-5.5E0"},
               {"number", "five or so", ""}, {"number", "", ""},
               {"number", "5 kg", ""},       {"boolean", "true", "true"},
               {"boolean", "True", "true"},  {"boolean", "YES", "true"},
               {"boolean", "1", "true"},     {"boolean", "False", "false"},
               {"boolean", "no", "false"},   {"boolean", "maybe", ""},
               {"text", "5", "\"5\""},       {"text", "true", "\"true\""}};
  for (const auto& one : cases) EXPECT_EQ(sent_as(one.type, one.text), one.sent) << one.text;
}

}  // namespace
}  // namespace millrace::delivery::braze
