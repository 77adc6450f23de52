#include "listener/forgetting.hpp"

#include <gtest/gtest.h>

#include "listener/event_log.hpp"

namespace millrace::listener {
namespace {

std::string record_of(const std::vector<std::string>& events) {
  std::string record = "1 1800000000000\n";
  for (const std::string& json : events) append_line(record, {{1, 2}, true, json});
  return record;
}

TEST(ForgettingEvents, TakesOutAPersonAndWhatTheirOwnDeviceDid) {
  const std::string records[] = {record_of({R"({"user_id":"ana","anonymous_id":"a"})",
                                            R"({"user_id":"bo","anonymous_id":"b"})",
                                            R"({"user_id":"ana","anonymous_id":"both"})"}),
                                 record_of({R"({"anonymous_id":"a"})", R"({"anonymous_id":"both"})",
                                            R"({"user_id":"bo","anonymous_id":"both"})",
                                            R"({"user_id":"bo","properties":{"friends":["ana"]}})",
                                            R"({"user_id":"anabel"})"})};
  Forgetting forgetting({"ana"});
  for (const std::string& record : records) ASSERT_TRUE(forgetting.learn(record).has_value());
  EXPECT_EQ(*forgetting.without(records[0]), record_of({R"({"user_id":"bo","anonymous_id":"b"})"}));
  EXPECT_EQ(*forgetting.without(records[1]),
            record_of({R"({"anonymous_id":"both"})", R"({"user_id":"bo","anonymous_id":"both"})",
                       R"({"user_id":"anabel"})"}));
  EXPECT_EQ(forgetting.removed(), 4U);
}

TEST(ForgettingEvents, TakesOutWhatWasQuarantined) {
  const auto quarantined = [](std::string_view raw) {
    return json::serialize(
        json::object{{"dialect", "segment"}, {"source", "s"}, {"received", 1}, {"raw", raw}});
  };
  const std::string theirs = quarantined(R"({"userId":"ana"})");
  const std::string others = quarantined(R"({"userId":"bo"})");
  std::string record = "1 1800000000000\n";
  std::string left = record;
  append_line(record, {{1, 2}, false, theirs});
  append_line(record, {{3, 4}, false, others});
  append_line(left, {{3, 4}, false, others});
  Forgetting forgetting({"ana"});
  ASSERT_TRUE(forgetting.learn(record).has_value());
  EXPECT_EQ(*forgetting.without(record), left);
}

}  // namespace
}  // namespace millrace::listener
