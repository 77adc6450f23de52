#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "listener/dialects/dialect.hpp"

namespace millrace::listener {
namespace {

const Source kSource{.name = "shop/site", .write_key = "phc_key_1"};
constexpr base::Timestamp kNow{.ms = 1'795'436'500'000};

people::Event one(std::string_view body) {
  const Arrival arrival{.source = kSource, .received = kNow};
  auto batch = read_posthog(*json::parse(body), arrival);
  EXPECT_TRUE(batch && batch->events.size() == 1) << body;
  return batch && !batch->events.empty() ? batch->events[0] : people::Event();
}

TEST(Posthog, ReadsWhatABrowserSends) {
  const people::Event event = one(R"({"api_key":"phc_key_1","batch":[{"uuid":"0192-1",
    "event":"$pageview","properties":{"distinct_id":"dev-1","$device_id":"dev-1",
    "$session_id":"s-1","$current_url":"https://a.test/p?utm_source=x","$pathname":"/p",
    "$referrer":"$direct","$lib":"web","$lib_version":"1.449.2","$is_identified":false,
    "token":"phc_key_1"},"timestamp":"2026-11-23T12:21:30Z"}],"sent_at":"2026-11-23T12:21:35Z"})");
  EXPECT_EQ(event.kind, people::EventKind::page);
  EXPECT_EQ(event.message_id, "0192-1");
  EXPECT_EQ(event.anonymous_id, "dev-1");
  EXPECT_EQ(event.user_id, "");
  EXPECT_EQ(event.session_id, "s-1");
  EXPECT_EQ(event.page->path, "/p");
  EXPECT_EQ(event.page->referrer, "");
  EXPECT_EQ(event.campaign, (std::map<std::string, std::string>{{"utm_source", "x"}}));
  EXPECT_EQ(event.library, "web 1.449.2");
  EXPECT_EQ(event.at.ms, kNow.ms - 5'000);
  EXPECT_FALSE(event.properties.contains("token"));
}

TEST(Posthog, TellsWhoIsMeant) {
  struct Row {
    const char* event;
    const char* anonymous;
    const char* user;
  };
  const Row rows[] = {
      {R"({"event":"$identify","properties":{"distinct_id":"u","$anon_distinct_id":"a",
          "$device_id":"d"}})",
       "a", "u"},
      {R"({"event":"e","properties":{"distinct_id":"u","$device_id":"d","$is_identified":true}})",
       "d", "u"},
      {R"({"event":"e","properties":{"distinct_id":"u","$device_id":"d","$user_id":"u"}})", "d",
       "u"},
      {R"({"event":"e","distinct_id":"u","properties":{"$is_server":true}})", "", "u"},
      {R"({"event":"e","properties":{"distinct_id":"d","$device_id":"d"}})", "d", ""},
      {R"({"event":"$create_alias","distinct_id":"u","properties":{"alias":"x"}})", "", "u"},
      {R"({"$distinct_id":"u","$set":{"a":1}})", "", "u"},
  };
  for (const Row& row : rows) {
    const people::Event event = one(row.event);
    EXPECT_EQ(event.anonymous_id, row.anonymous) << row.event;
    EXPECT_EQ(event.user_id, row.user) << row.event;
  }
}

TEST(Posthog, ReadsTraitsAndGroups) {
  const people::Event told = one(R"({"event":"$identify","distinct_id":"u","uuid":"1",
    "$set":{"plan":"pro"},"$set_once":{"$initial_referrer":"x","$initial_utm_source":null}})");
  EXPECT_EQ(told.traits, (json::object{{"plan", "pro"}}));
  EXPECT_EQ(told.traits_once, (json::object{{"$initial_referrer", "x"}}));
  const people::Event group =
      one(R"({"event":"$groupidentify","distinct_id":"$company_g","uuid":"2",
    "properties":{"$group_type":"company","$group_key":"g","$group_set":{"name":"Acme"}}})");
  EXPECT_EQ(group.kind, people::EventKind::group);
  EXPECT_EQ(group.group_id, "g");
  EXPECT_EQ(group.traits, (json::object{{"name", "Acme"}}));
}

TEST(Snowplow, ReadsTheKindsOfATracker) {
  const Arrival arrival{.source = kSource, .received = kNow};
  constexpr std::string_view kUnstructured =
      R"({"data":{"schema":"iglu:com.acme/add_to_cart/jsonschema/1-0-0","data":{"sku":"9"}}})";
  const std::string quoted = json::serialize(json::value(kUnstructured));
  const std::string escaped = quoted.substr(1, quoted.size() - 2);
  const auto batch = read_snowplow(*json::parse(R"({"schema":"iglu:x","data":[
    {"e":"pv","url":"https://a.test/p","page":"P","eid":"1","duid":"d","dtm":"1795436490000",
     "stm":"1795436495000","tv":"js-4.10.1","sid":"s"},
    {"e":"se","se_ca":"shop","se_ac":"add","se_la":"x","se_va":"3","eid":"2","duid":"d","uid":"u"},
    {"e":"ue","eid":"3","duid":"d","ue_pr":")" + escaped +
                                                R"("},
    {"e":"ue","eid":"4","duid":"d","ue_px":")" + base::to_base64url(kUnstructured) +
                                                R"("},
    {"e":"pp","pp_may":"500","eid":"5","duid":"d"},
    {"e":"zz","eid":"6","duid":"d"},
    {"e":"ue","eid":"7","duid":"d","ue_pr":"{"}]})"),
                                   arrival);
  ASSERT_TRUE(batch.has_value());
  ASSERT_EQ(batch->events.size(), 5U);
  EXPECT_EQ(batch->refused.size(), 2U);
  EXPECT_EQ(batch->events[0].kind, people::EventKind::page);
  EXPECT_EQ(batch->events[0].at.ms, kNow.ms - 5'000);
  EXPECT_EQ(batch->events[0].library, "js-4.10.1");
  EXPECT_EQ(batch->events[1].name, "add");
  EXPECT_EQ(batch->events[1].user_id, "u");
  EXPECT_EQ(batch->events[1].properties.at("label"), "x");
  EXPECT_EQ(batch->events[2].name, "add_to_cart");
  EXPECT_EQ(batch->events[2].properties, (json::object{{"sku", "9"}}));
  EXPECT_EQ(batch->events[3].name, "add_to_cart");
  EXPECT_EQ(batch->events[4].name, "page ping");
}

TEST(Snowplow, RefusesWhatCouldNotBeReadBack) {
  const Arrival arrival{.source = kSource, .received = kNow};
  for (const auto& [levels, taken] : {std::pair(20, 1U), std::pair(28, 0U)}) {
    const std::string deep = std::string(levels, '[') + std::string(levels, ']');
    const json::object event{{"e", "ue"},
                             {"duid", "d"},
                             {"ue_pr", R"({"data":{"schema":"a/b","data":{"x":)" + deep + "}}}"}};
    const auto batch = read_snowplow(json::object{{"data", json::array{event}}}, arrival);
    ASSERT_TRUE(batch.has_value());
    EXPECT_EQ(batch->events.size(), taken);
    EXPECT_EQ(batch->refused.size(), 1 - taken);
  }
}

}  // namespace
}  // namespace millrace::listener
