// What the rules say, by example: who is joined to whom by which event, what becomes of shared
// devices, what the log tells, and what is there after splitting and forgetting.
#include "people/people.hpp"

#include <gtest/gtest.h>

#include "people/suppressed.hpp"

namespace millrace::people {
namespace {

using Ids = std::vector<Identifier>;

Identifier user(std::string_view value) {
  return {std::string(kUserId), std::string(value)};
}
Identifier anon(std::string_view value) {
  return {std::string(kAnonymousId), std::string(value)};
}
Identifier email(std::string_view value) {
  return {std::string(kEmail), std::string(value)};
}

// Events that follow one another by a day.
class Teller {
 public:
  Event event(EventKind kind, std::string user_id, std::string anonymous_id) {
    Event event;
    event.source = "site";
    event.kind = kind;
    event.user_id = std::move(user_id);
    event.anonymous_id = std::move(anonymous_id);
    event.at.ms = ++days_ * 86'400'000;
    event.message_id = "m" + std::to_string(days_);
    return event;
  }
  Event did(std::string name, std::string user_id, std::string anonymous_id) {
    Event made = event(EventKind::track, std::move(user_id), std::move(anonymous_id));
    made.name = std::move(name);
    return made;
  }
  Event identify(std::string user_id, std::string anonymous_id, json::object traits = {}) {
    Event made = event(EventKind::identify, std::move(user_id), std::move(anonymous_id));
    made.traits = std::move(traits);
    return made;
  }

 private:
  int64_t days_ = 0;
};

std::vector<std::string> names_counted(const People& people, const Identifier& who) {
  std::vector<std::string> names;
  const auto person = people.find(who);
  if (!person) return names;
  for (const auto& [name, summary] : person->summaries) {
    names.push_back(name + " " + std::to_string(summary.count));
  }
  return names;
}

TEST(People, AVisitorBecomesSomebodyWhoIsKnown) {
  People people;
  Teller tell;
  EXPECT_EQ(people.take(tell.did("Seen", "", "a")).what, What::created);
  EXPECT_EQ(people.take(tell.did("Seen", "", "a")).what, What::known);
  const Taken taken =
      people.take(tell.identify("u", "a", {{"email", "Ana@example.test"}, {"plan", "pro"}}));
  EXPECT_EQ(taken.what, What::added);
  EXPECT_EQ(taken.who, user("u"));
  const auto person = people.find(anon("a"));
  ASSERT_TRUE(person.has_value());
  EXPECT_EQ(person->identifiers, (Ids{user("u"), email("ana@example.test"), anon("a")}));
  EXPECT_EQ(person->traits.at("plan"), "pro");
  EXPECT_EQ(person->first_seen.ms, 86'400'000);
  EXPECT_EQ(names_counted(people, user("u")), (std::vector<std::string>{"Seen 2"}));
  EXPECT_EQ(people.find(email(" ANA@example.test"))->id, person->id);
}

TEST(People, AnEventThatNamesNobodyIsNotKept) {
  People people;
  Teller tell;
  const Taken taken = people.take(tell.did("Seen", "null", "undefined"));
  EXPECT_EQ(taken.what, What::nobody);
  ASSERT_EQ(taken.left_out.size(), 2u);
  EXPECT_EQ(taken.left_out[0].why, Unfit::blocked);
  EXPECT_EQ(people.size(), 0u);
}

TEST(People, TwoWhoWereKnownAreMerged) {
  People people;
  Teller tell;
  people.take(tell.did("Seen", "", "a"));
  people.take(tell.did("Bought", "u", ""));
  const Taken taken = people.take(tell.identify("u", "a"));
  EXPECT_EQ(taken.what, What::merged);
  EXPECT_EQ(taken.gone, (Ids{anon("a")}));
  EXPECT_FALSE(taken.is_found_anew);
  const auto log = people.log(user("u"));
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].what, What::merged);
  EXPECT_EQ(log[0].kept, user("u"));
  EXPECT_EQ(log[0].joined, anon("a"));
  EXPECT_EQ(log[0].why, EventKind::identify);
  EXPECT_EQ(log[0].source, "site");
  EXPECT_EQ(log[0].message_id, "m3");
  EXPECT_EQ(log[0].at.ms, 3 * 86'400'000);
}

// What each rule makes of a second event, after somebody "u" has had the anonymous id "a".
struct RuleCase {
  std::string name;
  EventKind kind;
  std::string user_id, anonymous_id, previous_id;
  size_t users_max, anonymous_max;
  OnSharedDevice on_shared_device;
  What what;
  Rule rule;
};

TEST(People, TheRulesDecideWhoIsJoined) {
  using enum OnSharedDevice;
  const RuleCase rows[] = {
      {"again", EventKind::track, "u", "a", "", 1, 5, switch_over, What::known, Rule::none},
      {"device", EventKind::identify, "u", "b", "", 1, 5, switch_over, What::added, Rule::none},
      {"one too many", EventKind::identify, "u", "b", "", 1, 1, switch_over, What::refused,
       Rule::limit},
      {"shared", EventKind::identify, "v", "a", "", 1, 5, switch_over, What::switched,
       Rule::shared_device},
      {"not shared", EventKind::identify, "v", "a", "", 1, 5, refuse, What::refused,
       Rule::shared_device},
      {"identified", EventKind::identify, "v", "a", "", 5, 5, refuse, What::refused,
       Rule::shared_device},
      {"alias", EventKind::alias, "u", "", "b", 1, 5, switch_over, What::added, Rule::none},
      {"alias of another's", EventKind::alias, "v", "", "a", 1, 5, refuse, What::refused,
       Rule::shared_device},
      {"alias within the limits", EventKind::alias, "v", "", "a", 2, 5, refuse, What::added,
       Rule::none},
  };
  for (const RuleCase& row : rows) {
    Rules rules;
    rules.first[0].max = row.users_max;
    rules.last[1].max = row.anonymous_max;
    rules.on_shared_device = row.on_shared_device;
    People people(rules);
    Teller tell;
    people.take(tell.identify("u", "a"));
    Event event = tell.event(row.kind, row.user_id, row.anonymous_id);
    event.previous_id = row.previous_id;
    const Taken taken = people.take(event);
    EXPECT_EQ(taken.what, row.what) << row.name << ": " << kWhat(taken.what);
    ASSERT_EQ(taken.pairs.size(), 1u) << row.name;
    EXPECT_EQ(taken.pairs[0].rule, row.rule) << row.name << ": " << kRules(taken.pairs[0].rule);
  }
}

TEST(People, TwoWithAUserIdAreNotJoinedByAnAddress) {
  Rules rules;
  rules.first[0].max = 5;
  People people(rules);
  Teller tell;
  people.take(tell.identify("u", "", {{"email", "ana@example.test"}}));
  const Taken taken = people.take(tell.identify("v", "a", {{"email", "ana@example.test"}}));
  ASSERT_EQ(taken.pairs.size(), 2u);
  EXPECT_EQ(taken.pairs[0].rule, Rule::identified);
  // What does not break the rule is joined all the same.
  EXPECT_EQ(taken.pairs[1].what, What::added);
  EXPECT_EQ(people.find(email("ana@example.test"))->identifiers[0], user("u"));
  EXPECT_EQ(people.find(anon("a"))->identifiers[0], user("v"));
}

TEST(People, ADeviceIsTheNewPersonsFromThenOn) {
  People people;
  Teller tell;
  const Event before = tell.did("Before", "", "a");
  const Event first = tell.identify("u", "a");
  const Event between = tell.did("Between", "", "a");
  const Event second = tell.identify("v", "a");
  const Event after = tell.did("After", "", "a");
  const Event back = tell.identify("u", "a");
  const Event at_last = tell.did("At last", "", "a");
  for (const Event& event : {at_last, second, between, back, after, first, before}) {
    people.take(event);
  }
  EXPECT_EQ(names_counted(people, user("u")),
            (std::vector<std::string>{"At last 1", "Before 1", "Between 1"}));
  EXPECT_EQ(names_counted(people, user("v")), (std::vector<std::string>{"After 1"}));
  EXPECT_EQ(people.find(anon("a"))->identifiers[0], user("u"));
}

TEST(People, ALateLinkSaysThatOthersMayBeSomebodyElse) {
  People people;
  Teller tell;
  const Event early = tell.identify("u", "a");
  people.take(tell.identify("v", "a", {{"email", "v@example.test"}}));
  const Taken taken = people.take(early);
  EXPECT_TRUE(taken.is_found_anew);
  EXPECT_EQ(people.linked_with(anon("a")), (Ids{user("u"), user("v")}));
  EXPECT_EQ(people.find(anon("a"))->identifiers[0], user("v"));
}

TEST(People, TwoWhoWereSplitMayUseOneDeviceThatNeitherHad) {
  People people;
  Teller tell;
  people.take(tell.identify("u", "a"));
  people.take(tell.identify("", "b", {{"email", "v@example.test"}}));
  people.take(tell.identify("u", "", {{"email", "v@example.test"}}));
  const auto log = people.log(user("u"));
  ASSERT_TRUE(people.split(user("u"), log.back().id).has_value());
  people.take(tell.identify("v", "", {{"email", "v@example.test"}}));
  people.take(tell.identify("u", "c"));
  EXPECT_EQ(people.take(tell.identify("v", "c")).what, What::switched);
  // But none of those that were on either side.
  EXPECT_EQ(people.take(tell.identify("v", "a")).pairs.at(0).rule, Rule::split);
  EXPECT_EQ(people.take(tell.identify("u", "b")).pairs.at(0).rule, Rule::split);
}

TEST(People, SplittingGivesBackTwo) {
  People people;
  Teller tell;
  people.take(tell.did("Seen", "", "a"));
  people.take(tell.did("Bought", "u", ""));
  people.take(tell.identify("u", "a", {{"plan", "pro"}}));
  const auto log = people.log(anon("a"));
  ASSERT_EQ(log.size(), 1u);
  ASSERT_TRUE(people.split(anon("a"), log[0].id).has_value());
  EXPECT_EQ(names_counted(people, anon("a")), (std::vector<std::string>{"Seen 1"}));
  EXPECT_EQ(names_counted(people, user("u")), (std::vector<std::string>{"Bought 1"}));
  EXPECT_TRUE(people.find(anon("a"))->traits.empty());
  // They stay two, and what is done goes by the identifiers it carries.
  EXPECT_EQ(people.take(tell.did("Bought", "u", "a")).pairs.at(0).rule, Rule::split);
  people.take(tell.did("Seen", "", "a"));
  EXPECT_EQ(names_counted(people, user("u")), (std::vector<std::string>{"Bought 2"}));
  EXPECT_EQ(names_counted(people, anon("a")), (std::vector<std::string>{"Seen 2"}));
  EXPECT_EQ(people.split(anon("a"), log[0].id).error().code, base::Code::not_found);
}

TEST(People, ForgettingTakesWhatOthersSaidOfThemToo) {
  People people;
  Teller tell;
  people.take(tell.identify("u", "a", {{"email", "ana@example.test"}}));
  people.take(tell.did("Seen", "", "a"));
  people.take(tell.identify("v", "a", {{"email", "Ana@Example.test"}, {"plan", "pro"}}));
  people.take(tell.did("Later", "", "a"));
  const auto forgotten = people.forget(email("ana@example.test"));
  EXPECT_EQ(forgotten.identifiers, (Ids{user("u"), email("ana@example.test")}));
  EXPECT_EQ(forgotten.touched, (Ids{user("v"), anon("a")}));
  const auto other = people.find(user("v"));
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(other->identifiers, (Ids{user("v"), anon("a")}));
  EXPECT_EQ(json::serialize(other->traits), R"({"plan":"pro"})");
  EXPECT_EQ(names_counted(people, anon("a")), (std::vector<std::string>{"Later 1"}));
  EXPECT_TRUE(people.forget(user("u")).identifiers.empty());
}

TEST(Suppressed, HoldsWhoeverIsOnTheList) {
  Suppressed suppressed("key");
  Teller tell;
  Event event = tell.identify("u", "a", {{"email", "Ana@example.test"}});
  EXPECT_FALSE(suppressed.holds({}, event));
  suppressed.add(email("ana@example.test"));
  EXPECT_TRUE(suppressed.holds({}, event));
  event.traits.clear();
  EXPECT_FALSE(suppressed.holds({}, event));
  suppressed.add(anon("old"));
  event.previous_id = "old";
  EXPECT_TRUE(suppressed.holds({}, event));
  Suppressed again("key");
  again.restore(suppressed.keep());
  EXPECT_TRUE(again.holds({}, event));
  Suppressed other_key("other");
  other_key.restore(suppressed.keep());
  EXPECT_FALSE(other_key.holds({}, event));
  suppressed.remove(anon("old"));
  EXPECT_FALSE(suppressed.holds({}, event));
}

}  // namespace
}  // namespace millrace::people
