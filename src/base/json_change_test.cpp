#include "base/json_change.hpp"

#include <gtest/gtest.h>

#include <random>

namespace millrace::json {
namespace {

object parsed(std::string_view text) {
  return *parse_object(text);
}

TEST(BaseJsonChange, SaysWhatChangedAndNoMore) {
  const struct {
    std::string_view before, after, change;
  } rows[] = {
      {R"({"a":1})", R"({"a":1})", R"({})"},
      {R"({"a":1})", R"({"a":2})", R"({"=":{"a":2}})"},
      {R"({"a":1})", R"({})", R"({"-":["a"]})"},
      {R"({})", R"({"a":null})", R"({"=":{"a":null}})"},
      {R"({"v":{"x":"1","y":"2"}})", R"({"v":{"x":"1","y":"3"}})",
       R"({"/":{"v":{"=":{"y":"3"}}}})"},
      {R"({"h":[1,2,3]})", R"({"h":[2,3,4]})", R"({"+":{"h":{"drop":1,"keep":2,"add":[4]}}})"},
      {R"({"h":[1,2,3]})", R"({"h":[1]})", R"({"+":{"h":{"drop":0,"keep":1,"add":[]}}})"},
      {R"({"h":[1,2]})", R"({"h":[7]})", R"({"=":{"h":[7]}})"},
      {R"({"h":[1,2]})", R"({"h":[]})", R"({"=":{"h":[]}})"},
      {R"({"h":{"a":1}})", R"({"h":[1]})", R"({"=":{"h":[1]}})"},
      {R"({"=":1,"-":2})", R"({"=":2})", R"({"=":{"=":2},"-":["-"]})"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(change_of(parsed(row.before), parsed(row.after)), parsed(row.change)) << row.after;
  }
}

TEST(BaseJsonChange, RefusesWhatDoesNotFit) {
  for (const std::string_view change :
       {R"({"/":{"none":{}}})", R"({"/":{"text":{}}})", R"({"/":{"o":1}})", R"({"-":[1]})",
        R"({"+":{"none":{"drop":0,"keep":0,"add":[]}}})", R"({"+":{"a":7}})",
        R"({"+":{"a":{"drop":3,"keep":0,"add":[]}}})",
        R"({"+":{"a":{"drop":1,"keep":2,"add":[]}}})",
        R"({"+":{"a":{"drop":-1,"keep":1,"add":[]}}})", R"({"+":{"a":{"drop":0,"keep":1}}})",
        R"({"+":{"a":{"drop":0,"keep":9223372036854775807,"add":[]}}})"}) {
    object document = parsed(R"({"text":"t","o":{},"a":[1,2]})");
    const auto applied = apply_change(document, parsed(change));
    ASSERT_FALSE(applied) << change;
    EXPECT_EQ(applied.error().code, base::Code::data_loss);
  }
}

class Documents {
 public:
  explicit Documents(uint64_t seed) : random_(seed) {}
  object object_of(int depth) {
    object made;
    for (int i = below(5); i > 0; --i) made[std::string(1, "abc=-/+"[below(7)])] = any(depth);
    return made;
  }
  // As a chat does it: a member here or there, and arrays that grow and lose.
  object changed(object document) {
    for (auto& member : document) {
      if (auto* inside = member.value().if_object(); inside != nullptr && below(2) == 0) {
        *inside = changed(std::move(*inside));
      } else if (auto* items = member.value().if_array()) {
        if (!items->empty() && below(2) == 0) items->erase(items->begin());
        if (below(2) == 0) items->push_back(any(1));
      } else if (below(3) == 0) {
        member.value() = any(1);
      }
    }
    if (below(3) == 0) document["new"] = any(1);
    return document;
  }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  value any(int depth) {
    switch (below(depth > 0 ? 5 : 3)) {
      case 0: return below(3);
      case 1: return nullptr;
      case 2: return "text";
      case 3: return object_of(depth - 1);
      default: {
        array made;
        for (int i = below(6); i > 0; --i) made.push_back(any(depth - 1));
        return made;
      }
    }
  }
  std::mt19937_64 random_;
};

TEST(BaseJsonChange, AppliedToTheFirstGivesTheSecond) {
  for (uint64_t seed = 1; seed <= 5'000; ++seed) {
    Documents documents(seed);
    object before = documents.object_of(3);
    const object after = seed % 2 == 0 ? documents.object_of(3) : documents.changed(before);
    const object change = change_of(before, after);
    ASSERT_TRUE(apply_change(before, change)) << "seed " << seed;
    ASSERT_EQ(before.size(), after.size()) << "seed " << seed;
    for (const auto& member : after) {
      ASSERT_EQ(serialize(before.at(member.key())), serialize(member.value())) << "seed " << seed;
    }
    ASSERT_TRUE(change_of(before, after).empty()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace millrace::json
