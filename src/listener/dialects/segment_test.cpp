// Requests as the clients send them, and what they become.
#include <gtest/gtest.h>

#include "listener/dialects/dialect.hpp"

namespace millrace::listener {
namespace {

const Source kSource{.name = "shop/site", .write_key = "site_key_1"};
constexpr base::Timestamp kNow{.ms = 1'795'436'500'000};  // 2026-11-23T12:21:40Z

Batch read(std::string_view body, std::string_view type = {}, const Source& source = kSource) {
  const Arrival arrival{.source = source,
                        .received = kNow,
                        .type = type,
                        .user_agent = "Agent/1",
                        .address = "192.0.2.77"};
  auto batch = read_segment(*json::parse(body), arrival);
  EXPECT_TRUE(batch.has_value()) << body;
  return batch ? std::move(*batch) : Batch();
}

people::Event one(std::string_view body, std::string_view type = {},
                  const Source& source = kSource) {
  Batch batch = read(body, type, source);
  EXPECT_EQ(batch.events.size(), 1U) << body;
  return batch.events.empty() ? people::Event() : batch.events[0];
}

TEST(Segment, ReadsABatchOfAServer) {
  const Batch batch = read(R"({"batch":[
    {"timestamp":"2026-11-23T12:21:21.881Z","type":"identify","userId":"u-1","anonymousId":"a-1",
     "traits":{"email":"a@example.test"},"messageId":"m-1",
     "context":{"library":{"name":"@segment/analytics-node","version":"3.1.0"}}},
    {"type":"track","event":"Order Completed","properties":{"revenue":12.5},"userId":"u-1",
     "context":{"ip":"203.0.113.9","consent":{"categoryPreferences":{"ads":false,"mail":true}},
                "externalIds":[{"id":"5f","type":"braze_id"}],"device":{"id":"d-1"}},
     "messageId":"m-2"},
    {"type":"page","name":"Home","properties":{"url":"https://a.test/x?utm_source=mail&gclid=9#f",
     "title":"Home"},"anonymousId":"a-1","messageId":"m-3"},
    {"type":"group","groupId":"g-1","traits":{"name":"Acme"},"userId":7,"messageId":"m-4"},
    {"type":"alias","previousId":"a-1","userId":"u-1","messageId":"m-5"},
    {"type":"screen","name":"Main","anonymousId":"a-1","messageId":"m-6"}],
    "sentAt":"2026-11-23T12:21:31.881Z"})");
  ASSERT_EQ(batch.events.size(), 6U);
  ASSERT_TRUE(batch.refused.empty());
  const auto& events = batch.events;
  EXPECT_EQ(events[0].kind, people::EventKind::identify);
  EXPECT_EQ(events[0].traits, (json::object{{"email", "a@example.test"}}));
  EXPECT_EQ(events[0].library, "@segment/analytics-node 3.1.0");
  EXPECT_EQ(events[0].at.ms, kNow.ms - 10'000);  // ten seconds before it was sent
  EXPECT_EQ(events[0].source, "shop/site");
  EXPECT_EQ(events[1].name, "Order Completed");
  EXPECT_EQ(events[1].consent, (std::map<std::string, bool>{{"ads", false}, {"mail", true}}));
  EXPECT_EQ(events[1].external_ids,
            (std::vector<people::ExternalId>{{"braze_id", "5f"}, {"device_id", "d-1"}}));
  EXPECT_EQ(events[1].address, "");
  EXPECT_EQ(events[1].at, kNow);
  EXPECT_EQ(events[2].campaign,
            (std::map<std::string, std::string>{{"utm_source", "mail"}, {"gclid", "9"}}));
  EXPECT_EQ(events[2].page->search, "?utm_source=mail&gclid=9");
  EXPECT_EQ(events[3].user_id, "7");
  EXPECT_EQ(events[3].traits, (json::object{{"name", "Acme"}}));
  EXPECT_EQ(events[4].previous_id, "a-1");
  EXPECT_EQ(events[5].kind, people::EventKind::screen);
}

TEST(Segment, ReadsASingleCallByItsAddress) {
  const std::string_view body =
      R"({"event":"Bought","name":"Home","userId":"u","groupId":"g","previousId":"p"})";
  for (const auto& [type, kind] : {std::pair("t", people::EventKind::track),
                                   {"track", people::EventKind::track},
                                   {"p", people::EventKind::page},
                                   {"i", people::EventKind::identify},
                                   {"g", people::EventKind::group},
                                   {"alias", people::EventKind::alias},
                                   {"s", people::EventKind::screen}}) {
    EXPECT_EQ(one(body, type).kind, kind) << type;
  }
}

TEST(Segment, ReadsRudderStacksTraitsAndMoment) {
  const people::Event event = one(
      R"({"type":"identify","userId":"u","context":{"traits":{"plan":"pro"}},"messageId":"m",
          "originalTimestamp":"2026-11-23T12:00:00Z","timestamp":"2020-01-01T00:00:00Z",
          "sentAt":"2026-11-23T12:00:05Z"})",
      "identify");
  EXPECT_EQ(event.traits, (json::object{{"plan", "pro"}}));
  EXPECT_EQ(event.at.ms, kNow.ms - 5'000);
}

TEST(Segment, BelievesNoClock) {
  struct Row {
    const char* timestamp;
    const char* sent;
    int64_t ago_ms;
  };
  for (const Row& row :
       {Row{"2031-01-01T00:00:00Z", "2031-01-01T00:01:00Z", 60'000},
        Row{"2031-01-01T00:02:00Z", "2031-01-01T00:01:00Z", 0},
        Row{"2031-01-01T00:02:00Z", "never", 0}, Row{"2026-11-23T12:21:39Z", "never", 1'000},
        Row{"1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z", 0},
        Row{"no day", "2026-11-23T12:21:39Z", 0}}) {
    const people::Event event = one(std::string(R"({"event":"e","userId":"u","timestamp":")") +
                                        row.timestamp + R"(","sentAt":")" + row.sent + R"("})",
                                    "track");
    EXPECT_EQ(kNow.ms - event.at.ms, row.ago_ms) << row.timestamp << " " << row.sent;
  }
}

TEST(Segment, RefusesOneEventWithoutTheOthers) {
  const Batch batch = read(R"({"batch":[
    {"type":"track","event":"good","userId":"u","messageId":"1"},
    {"type":"track","event":"nobody","messageId":"2"},
    {"type":"track","userId":"u","messageId":"3"},
    {"type":"dance","userId":"u","messageId":"4"},
    {"type":"group","userId":"u","messageId":"5"},
    {"type":"alias","userId":"u","messageId":"6"},
    17,
    {"type":"track","event":"good","anonymousId":"a","messageId":"8"}]})");
  EXPECT_EQ(batch.events.size(), 2U);
  ASSERT_EQ(batch.refused.size(), 6U);
  EXPECT_EQ(batch.refused[0].message_id, "2");
  EXPECT_TRUE(batch.refused[0].reason.contains("userId"));
  EXPECT_TRUE(batch.refused[2].reason.contains("'dance'"));
}

TEST(Segment, RefusesAnEventThatIsTooLongAndABatchWithTooMany) {
  const std::string pad(kEventBytesMax, 'x');
  const Batch batch =
      read(R"({"batch":[{"type":"track","event":"e","userId":"u","properties":{"pad":")" + pad +
           R"("}},{"type":"track","event":"e","userId":"u"}]})");
  EXPECT_EQ(batch.events.size(), 1U);
  EXPECT_EQ(batch.refused.size(), 1U);
  json::array many;
  for (size_t i = 0; i <= kEventsMax; ++i) many.push_back(json::object{{"type", "track"}});
  const Arrival arrival{.source = kSource, .received = kNow};
  EXPECT_FALSE(read_segment(json::object{{"batch", many}}, arrival).has_value());
  EXPECT_FALSE(read_segment(json::object{{"batch", 5}}, arrival).has_value());
  EXPECT_FALSE(read_segment(json::array(), arrival).has_value());
}

TEST(Segment, TellsTwoEventsWithoutAnIdApart) {
  const Batch batch = read(R"({"batch":[{"type":"track","event":"e","userId":"u"},
                                        {"type":"track","event":"e","userId":"u"}]})");
  ASSERT_EQ(batch.events.size(), 2U);
  EXPECT_NE(batch.events[0].message_id, batch.events[1].message_id);
}

TEST(Segment, KeepsOfAddressesWhatTheSourceSays) {
  struct Row {
    Addresses kept;
    const char* given;
    const char* stored;
  };
  for (const Row& row :
       {Row{Addresses::drop, "203.0.113.9", ""},
        Row{Addresses::truncate, "203.0.113.9", "203.0.113.0"},
        Row{Addresses::keep, "203.0.113.9", "203.0.113.9"},
        Row{Addresses::truncate, "2001:db8:1:2::9", "2001:db8:1::"},
        Row{Addresses::truncate, "::1", ""}, Row{Addresses::truncate, "nonsense", ""}}) {
    const Source source{.name = "s", .write_key = "k", .addresses = row.kept};
    EXPECT_EQ(
        one(std::string(R"({"event":"e","userId":"u","context":{"ip":")") + row.given + "\"}}",
            "track", source)
            .address,
        row.stored)
        << row.given;
  }
}

TEST(Segment, MarksRobots) {
  EXPECT_TRUE(
      one(R"({"event":"e","userId":"u","context":{"userAgent":"Googlebot/2.1"}})", "t").is_bot);
  EXPECT_FALSE(one(R"({"event":"e","userId":"u"})", "t").is_bot);
}

}  // namespace
}  // namespace millrace::listener
