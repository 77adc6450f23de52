#include "people/event.hpp"

#include <gtest/gtest.h>

namespace millrace::people {
namespace {

Event full() {
  Event event;
  event.source = "site";
  event.message_id = "m-1";
  event.kind = EventKind::page;
  event.name = "Pricing";
  event.anonymous_id = "a-1";
  event.user_id = "u-1";
  event.previous_id = "u-0";
  event.group_id = "g-1";
  event.session_id = "s-1";
  event.external_ids = {{"braze_id", "5f"}, {"email", "ana@example.test"}};
  event.at = {.ms = 1'000};
  event.received = {.ms = 2'000};
  event.properties = {{"price", 12.5}};
  event.traits = {{"plan", "pro"}};
  event.traits_once = {{"first_plan", "free"}};
  event.page = Page{.url = "https://a.test/p?q", .path = "/p", .search = "?q", .title = "P"};
  event.campaign = {{"utm_source", "mail"}};
  event.consent = {{"marketing", false}};
  event.user_agent = "Agent/1";
  event.locale = "pt-PT";
  event.address = "192.0.2.1";
  event.library = "tag 1";
  event.is_bot = true;
  event.is_late = true;
  return event;
}

TEST(Event, IsReadBackAsItWasKept) {
  const auto read = read_event(write_event(full()));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, full());
}

TEST(Event, KeepsOnlyWhatSaysSomething) {
  Event event;
  event.source = "site";
  event.anonymous_id = "a";
  EXPECT_EQ(json::serialize(write_event(event)),
            R"({"v":1,"kind":"track","at":0,"received":0,"source":"site","anonymous_id":"a"})");
}

TEST(Event, RefusesWhatItDoesNotUnderstand) {
  const json::object good = write_event(full());
  for (const auto& [member, value] : good) {
    if (member == "bot" || member == "late") continue;  // anything but true is false
    json::object bad = good;
    bad[member] = json::array{1, 2};
    EXPECT_FALSE(read_event(bad).has_value()) << member;
  }
}

}  // namespace
}  // namespace millrace::people
