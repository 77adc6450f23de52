#include "flow/schema.hpp"

#include <gtest/gtest.h>

#include "flow/flow.hpp"
#include "flow/settings/settings_keys.hpp"

namespace millrace::flow {
namespace {

const AppFacts kFacts{{"Test"}, {}, {}};

std::string problems_of(const Files& files) {
  std::string out;
  for (const Problem& problem : compile(files, kFacts).problems) out += problem.describe() + "\n";
  return out;
}

TEST(FlowSchema, EveryKeyOfTheSettingsIsRead) {
  for (const Key& key : settings_keys()) {
    const bool is_section = key.shape == Shape::section;
    const std::string said = problems_of({{"flows/main.flow.yaml", "nodes: {hello: Hello}"},
                                          {"solution.yaml", std::string(key.name) + ": {}"}});
    EXPECT_EQ(said.find("[unknown_key]"), std::string::npos) << said;
    if (!is_section) continue;
    for (const Key& inner : key.section) {
      const std::string text = std::string(key.name) + ": {" + std::string(inner.name) + ": {}}";
      const std::string inside =
          problems_of({{"flows/main.flow.yaml", "nodes: {hello: Hello}"}, {"solution.yaml", text}});
      EXPECT_EQ(inside.find("[unknown_key]"), std::string::npos) << inside;
    }
  }
}

TEST(FlowSchema, EveryKeyOfANodeIsReadAndNoOther) {
  for (const Key& key : node_keys()) {
    if (key.shape == Shape::form) continue;  // which stands by itself
    const std::string said =
        problems_of({{"flows/main.flow.yaml",
                      "nodes: {hello: {say: Hello, " + std::string(key.name) + ": x}}"}});
    EXPECT_EQ(said.find("[unknown_key]"), std::string::npos) << said;
  }
  EXPECT_NE(problems_of({{"flows/main.flow.yaml", "nodes: {hello: {says: Hello}}"}})
                .find("did you mean 'say'?"),
            std::string::npos);
}

TEST(FlowSchema, IsThereForEveryKindOfFile) {
  for (const char* kind : {"flow", "solution", "messages", "nlu"}) {
    EXPECT_TRUE(json::parse_object(json_schema(kind).value_or(""))) << kind;
  }
  EXPECT_FALSE(json_schema("csv"));
}

}  // namespace
}  // namespace millrace::flow
