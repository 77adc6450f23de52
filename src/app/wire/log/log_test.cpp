#include "app/wire/log/log.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace millrace::app {
namespace {

std::string written(LogFormat format, std::string_view text) {
  testing::internal::CaptureStderr();
  make_log(base::Level::info, format)->line(base::Level::warning, "server", text);
  return testing::internal::GetCapturedStderr();
}

TEST(AppLog, WritesJsonThatIsOneObjectALine) {
  const std::string line = written(LogFormat::json, "said \"no\"\nand {left} it");
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  const auto object = json::parse_object(line);
  ASSERT_TRUE(object.has_value()) << line;
  EXPECT_EQ(object->at("level"), "warning");
  EXPECT_EQ(object->at("subject"), "server");
  EXPECT_EQ(object->at("message"), "said \"no\"\nand {left} it");
  EXPECT_EQ(object->at("time").as_string().size(), 24U);
}

TEST(AppLog, WritesTextWithTimeLevelAndSubject) {
  const std::string line = written(LogFormat::text, "stops {}");
  EXPECT_TRUE(line.ends_with("Z warning server stops {}\n")) << line;
}

TEST(AppLog, LeavesOutRequestsWhereOnlyWarningsAreWritten) {
  testing::internal::CaptureStderr();
  make_log(base::Level::warning)->answered({.method = "GET", .path = "/"});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace millrace::app
