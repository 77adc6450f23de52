#include "delivery/braze/answer.hpp"
#include "delivery/headers.hpp"

#include <gtest/gtest.h>

namespace millrace::delivery::braze {
namespace {

constexpr base::Timestamp kNow{1'700'000'000'000};
using Kind = Answer::Kind;

Reading read(int status, std::string body, std::vector<web::Header> headers = {}) {
  const std::vector<base::Sensitive> sensitive{{"SECRET-KEY", "key"}};
  return classify({status, std::move(headers), std::move(body)}, kNow, sensitive);
}

TEST(DeliveryAnswer, EachStatusHasItsMeaning) {
  EXPECT_EQ(read(201, R"({"message":"success"})").kind, Kind::accepted);
  EXPECT_EQ(read(202, R"({"message":"queued"})").kind, Kind::accepted);
  EXPECT_EQ(read(200, R"({"message":"queued"})").kind, Kind::odd);
  EXPECT_EQ(read(200, "<html>").kind, Kind::odd);
  EXPECT_EQ(read(200, "").kind, Kind::odd);
  EXPECT_EQ(read(201, R"({"message":"Max Input Length Exceeded"})").kind, Kind::odd);
  EXPECT_EQ(read(400, "").kind, Kind::refused);
  for (const int status : {401, 403, 404, 415, 301, 302}) {
    EXPECT_EQ(read(status, "{}").kind, Kind::stopped) << status;
  }
  EXPECT_EQ(read(413, "<html>").kind, Kind::too_large);
  EXPECT_EQ(read(429, "").kind, Kind::throttled);
  EXPECT_EQ(read(503, "").kind, Kind::failed);
  EXPECT_FALSE(read(503, "").may_have_happened);
  EXPECT_TRUE(read(504, "").may_have_happened);
}

TEST(DeliveryAnswer, TheSameObjectListedTwiceIsRefusedOnce) {
  const auto answer = read(201, R"({"message":"success","events_processed":1,"errors":[
    {"type":"a","input_array":"events","index":3},{"type":"a","input_array":"events","index":3},
    {"type":"b","input_array":"purchases","index":3},{"type":"c","input_array":"nowhere","index":0},
    "just words"]})");
  ASSERT_EQ(answer.named.size(), 4u);
  EXPECT_EQ(answer.named[0], (Named{Array::events, 3, "a"}));
  EXPECT_EQ(answer.named[1], (Named{Array::purchases, 3, "b"}));
  EXPECT_FALSE(answer.named[2].array);
  EXPECT_FALSE(answer.named[3].array);
}

TEST(DeliveryAnswer, ToleratesCountersBesideAFatalMessage) {
  const auto answer = read(400, R"({"message":"Valid data must be provided in the 'attributes'",
    "attributes_processed":1,"errors":[{"type":"x","input_array":"events","index":0}]})");
  EXPECT_EQ(answer.kind, Kind::refused);
  EXPECT_TRUE(answer.is_partly_done);
  EXPECT_EQ(answer.named.size(), 1u);
}

TEST(DeliveryAnswer, NeitherTheKeyNorAnAddressStaysInTheMessage) {
  const auto answer = read(401, R"({"message":"Invalid API key: SECRET-KEY of ana@example.com"})");
  EXPECT_FALSE(answer.message.contains("SECRET-KEY"));
  EXPECT_FALSE(answer.message.contains("ana@example.com"));
  EXPECT_TRUE(answer.message.starts_with("Invalid API key: [key]"));
  const auto listed =
      read(201, R"({"message":"success","errors":[{"type":"SECRET-KEY","index":0}]})");
  EXPECT_EQ(listed.named[0].reason, "[key]");
}

TEST(DeliveryAnswer, ReadsRateLimitsInEveryNotation) {
  const auto wait = [](std::vector<web::Header> headers) -> std::optional<int64_t> {
    const auto answer = read(429, "", std::move(headers));
    if (!answer.wait_until) return std::nullopt;
    return answer.wait_until->ms - kNow.ms;
  };
  EXPECT_EQ(wait({{"X-Ratelimit-Retry-After", "7"}}), 7'000);
  EXPECT_EQ(wait({{"retry-after", "7"}, {"X-RateLimit-Retry-After", "3"}}), 3'000);
  EXPECT_EQ(wait({{"Retry-After", " 2.5 "}}), 2'000);
  EXPECT_EQ(wait({{"Retry-After", "Tue, 14 Nov 2023 22:13:30 GMT"}}), 10'000);
  EXPECT_EQ(wait({{"X-RateLimit-Reset", "1700000030"}}), 30'000);
  EXPECT_EQ(wait({{"X-RateLimit-Reset", "30"}}), 30'000);
  EXPECT_EQ(wait({{"X-RateLimit-Reset", ""}, {"Retry-After", ""}}), std::nullopt);
  EXPECT_EQ(wait({{"Retry-After", "-1"}}), std::nullopt);
  EXPECT_EQ(wait({{"Retry-After", "soon"}}), std::nullopt);
  EXPECT_EQ(wait({{"Retry-After", "99999999999999999999"}}), std::nullopt);
  EXPECT_EQ(wait({{"Retry-After", "Tue, 34 Nov 2023 22:13:30 GMT"}}), std::nullopt);
  EXPECT_EQ(wait({}), std::nullopt);
  const auto good = read(201, R"({"message":"success"})",
                         {{"X-RateLimit-Remaining", "12"}, {"X-RateLimit-Reset", "3"}});
  EXPECT_EQ(good.remaining, 12);
  EXPECT_EQ(good.window_ends_at, (base::Timestamp{kNow.ms + 3'000}));
  EXPECT_FALSE(good.wait_until);
  EXPECT_EQ(read(201, "{}", {{"X-RateLimit-Remaining", ""}}).remaining, std::nullopt);
}

}  // namespace
}  // namespace millrace::delivery::braze
