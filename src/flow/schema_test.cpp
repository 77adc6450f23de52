#include "flow/schema.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "flow/yaml_node.hpp"

namespace millrace::flow {
namespace {

const json::object& object_at(const json::object& object, std::string_view key) {
  const auto* member = json::get_object(object, key);
  EXPECT_NE(member, nullptr) << key;
  static const json::object kNone;
  return member == nullptr ? kNone : *member;
}

TEST(FlowSchema, KnowsExactlyTheKeysOfANode) {
  const auto schema = json::parse_object(*json_schema("flow"));
  ASSERT_TRUE(schema);
  const auto& properties = object_at(object_at(object_at(*schema, "$defs"), "node"), "properties");
  for (const std::string& key : node_keys()) EXPECT_TRUE(properties.contains(key)) << key;
  EXPECT_EQ(properties.size(), node_keys().size());
}

TEST(FlowSchema, IsThereForEveryKindOfFile) {
  for (const char* kind : {"flow", "solution", "messages", "nlu"}) {
    EXPECT_TRUE(json::parse_object(json_schema(kind).value_or(""))) << kind;
  }
  EXPECT_FALSE(json_schema("csv"));
}

}  // namespace
}  // namespace millrace::flow
