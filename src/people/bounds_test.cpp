// The bounds of what is known of somebody: names, deeds of a device, claims, links, sizes. Beyond
// them as well, the order of arrival makes no difference.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "people/kept_facts.hpp"
#include "people/people.hpp"

namespace millrace::people {
namespace {

constexpr int64_t kDayMs = 86'400'000;

Event did(std::string name, std::string user_id, std::string anonymous_id, int64_t at) {
  static int number = 0;
  Event event;
  event.source = "site";
  event.message_id = "m" + std::to_string(++number);
  event.name = std::move(name);
  event.user_id = std::move(user_id);
  event.anonymous_id = std::move(anonymous_id);
  event.at.ms = at;
  return event;
}

std::string known_of(const People& people, std::string_view user_id) {
  const auto person = people.find({std::string(kUserId), std::string(user_id)});
  return person ? json::serialize(people.keep(person->identifiers[0])) : "nobody";
}

// That all orders, of some that are tried, give what the first one gives.
std::string same_in_any_order(std::vector<Event> events) {
  std::mt19937_64 dice(5);
  std::string first;
  for (int i = 0; i < 8; ++i) {
    People people;
    for (const Event& event : events) people.take(event);
    const std::string known = known_of(people, "u");
    if (first.empty()) first = known;
    EXPECT_EQ(first, known);
    std::ranges::shuffle(events, dice);
  }
  return first;
}

TEST(PeopleBounds, TheFirstHundredNamesAreCountedAndTheOthersTogether) {
  std::vector<Event> events;
  for (int i = 0; i < 300; ++i) {
    events.push_back(did("Did " + std::to_string(100 + i % 150), "u", "", i * kDayMs / 10));
  }
  same_in_any_order(events);
  People people;
  for (const Event& event : events) people.take(event);
  const auto summaries = people.find({std::string(kUserId), "u"})->summaries;
  ASSERT_EQ(summaries.size(), kSummariesMax + 1);
  EXPECT_EQ(summaries[0].first, "");
  EXPECT_EQ(summaries[0].second.count, 100u);
  EXPECT_EQ(summaries[1].first, "Did 100");
  EXPECT_EQ(summaries[1].second.count, 2u);
  EXPECT_EQ(summaries.back().first, "Did 199");
}

TEST(PeopleBounds, TheFirstHundredTraitsAreKeptAndNoneThatIsTooLong) {
  std::vector<Event> events;
  for (int i = 0; i < 150; ++i) {
    events.push_back(did("", "u", "", i));
    events.back().traits["trait " + std::to_string(100 + i)] = i;
    events.back().traits["long"] = std::string(kTraitBytesMax + 1, 'x');
    events.back().traits["deep"] = json::array{std::string(kTraitBytesMax, 'x')};
  }
  same_in_any_order(events);
  People people;
  for (const Event& event : events) people.take(event);
  const auto traits = people.find({std::string(kUserId), "u"})->traits;
  EXPECT_EQ(traits.size(), kTraitsMax);
  EXPECT_TRUE(traits.contains("trait 199"));
  EXPECT_FALSE(traits.contains("trait 200"));
}

TEST(PeopleBounds, OldDeedsOfADeviceArePutTogether) {
  std::vector<Event> events = {did("Came", "u", "a", 50 * kDayMs)};
  for (int i = 0; i < 400; ++i) events.push_back(did("Did", "", "a", i * kDayMs / 4));
  events.push_back(did("Came", "v", "a", 20 * kDayMs));
  events.push_back(did("Came", "v", "a", 90 * kDayMs));
  const std::string kept = same_in_any_order(events);
  EXPECT_NE(kept.find("\"Came\""), std::string::npos);
  People people;
  for (const Event& event : events) people.take(event);
  const auto count = [&](std::string_view who) {
    uint32_t sum = 0;
    for (const auto& [name, summary] :
         people.find({std::string(kUserId), std::string(who)})->summaries) {
      if (name == "Did") sum += summary.count;
    }
    return sum;
  };
  // The latest 128 are from day 68 on; "v" has the device again from day 90 on.
  EXPECT_EQ(count("v"), 40u);
  EXPECT_EQ(count("u"), 360u);
}

TEST(PeopleBounds, TheLatestClaimsOfADeviceAreKnown) {
  std::vector<Event> events;
  for (int i = 0; i < 120; ++i) {
    events.push_back(did("", i % 3 == 0 ? "v" : "u", "a", i * kDayMs / 6));
    events.push_back(did("Did", "", "a", i * kDayMs / 6 + 5));
  }
  same_in_any_order(events);
}

TEST(PeopleBounds, SummariesKeepThirtyOneDays) {
  Words words;
  const Word name = words.learn("Did");
  std::vector<Summary> rows;
  for (const int day : {40, 10, 9, 40, 0, 39}) count(rows, name, day * kDayMs + 7, words);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].count, 6u);
  EXPECT_EQ(rows[0].first, 7);
  EXPECT_EQ(rows[0].last, 40 * kDayMs + 7);
  EXPECT_EQ(rows[0].on(40), 2);
  EXPECT_EQ(rows[0].on(39), 1);
  EXPECT_EQ(rows[0].on(10), 1);
  EXPECT_EQ(rows[0].on(9), 0) << "31 days before the 40th begin with the 10th";
  EXPECT_EQ(rows[0].on(41), 0);
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(day_of(0), 0);
}

TEST(PeopleBounds, ADeviceOfTheWholeTownLinksABoundedNumber) {
  People people;
  size_t refused = 0;
  for (size_t i = 0; i < Components::kLinksMax + 10; ++i) {
    const Taken taken =
        people.take(did("", "u" + std::to_string(i), "a", static_cast<int64_t>(i) * 1'000));
    if (!taken.pairs.empty() && taken.pairs[0].rule == Rule::too_many) ++refused;
  }
  EXPECT_EQ(refused, 10u);
  // What is linked already is so still.
  EXPECT_EQ(people.take(did("", "u7", "a", int64_t{1} << 40)).pairs.at(0).what, What::switched);
}

TEST(PeopleBounds, WhatIsKeptIsRefusedWhereItIsDamaged) {
  People people;
  Event event = did("Did", "u", "a", 5);
  event.traits["plan"] = "pro";
  event.consent["mail"] = true;
  people.take(event);
  people.take(did("Did", "", "a", 6));
  people.take(did("Came", "u", "a", kDayMs));
  const std::string kept = known_of(people, "u");
  const std::pair<std::string_view, std::string_view> damages[] = {
      {R"("v":1)", R"("v":2)"},
      {R"(["user_id","u"])", R"(["user_id",7])"},
      {R"("kind":"track")", R"("kind":"x")"},
      {R"("count":1)", R"("count":-1)"},
      {R"("days":[1])", R"("days":[-1])"},
      {R"("links":[)", R"("links":[7,)"},
      {R"("deeds":[)", R"("deeds":[7,)"},
      {R"("plan":[)", R"("plan":[[],)"},
      {R"("seen":[5,)", R"("seen":["5",)"},
      {R"("claims":[)", R"("claims":["5",)"}};
  for (const auto& [good, bad] : damages) {
    std::string text = kept;
    const size_t at = text.find(good);
    ASSERT_NE(at, std::string::npos) << good << " in " << kept;
    text.replace(at, good.size(), bad);
    const auto read = People().restore(json::parse_object(text).value());
    ASSERT_FALSE(read.has_value()) << bad;
    EXPECT_EQ(read.error().code, base::Code::data_loss);
  }
}

}  // namespace
}  // namespace millrace::people
