// Properties of people, by seed. People, devices, links, splits and doings at random; whatever the
// order in which events come, also late and twice, what is known has to be what a batch computation
// over the sorted log knows (tests/support/people.hpp), the bytes that are kept have to be the
// same, and what was undone or forgotten has to be gone. MILLRACE_SEED=n has one seed again,
// MILLRACE_SEEDS=n plays so many.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/text.hpp"
#include "people/suppressed.hpp"
#include "tests/support/people.hpp"

namespace millrace::people {
namespace {

constexpr int64_t kQuarterMs = 900'000;

uint64_t from_environment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// One seed's world.
class World {
 public:
  explicit World(uint64_t seed) : dice_(seed), is_crowded_(seed % 4 == 0) {
    if (roll(4) == 0) rules_.first[0].max = 2;
    if (roll(3) == 0) rules_.last[1].max = 1 + roll(2);
    if (roll(3) == 0) rules_.on_shared_device = OnSharedDevice::refuse;
    if (roll(8) == 0) rules_.identifiers_max = 3;
    const size_t count = 4 + roll(18);
    for (size_t i = 0; i < count; ++i) events_.push_back(any_event());
  }

  const std::vector<Event>& events() const { return events_; }
  const Rules& rules() const { return rules_; }
  // Whether many things happen at one time. A batch that knows all claims of a device then knows
  // more than is kept of them, so that it can only be told whether all orders give the same.
  bool is_crowded() const { return is_crowded_; }
  size_t roll(size_t sides) { return dice_() % sides; }
  template <typename T>
  void shuffle(std::vector<T>& what) {
    for (size_t i = what.size(); i > 1; --i) std::swap(what[i - 1], what[roll(i)]);
  }

  // As a client and a network deliver them: late, and some of them twice. What is counted comes
  // once, as the listener sees to it; what is told of a device only is safe by itself.
  std::vector<Event> delivered() {
    std::vector<Event> all = events_;
    for (const Event& event : events_) {
      const bool is_counted = event.kind == EventKind::track || event.kind == EventKind::page;
      const auto named = promote(rules_, event).identifiers;
      const bool is_of_device = !named.empty() && standing_of(rules_, named[0].type).is_shared;
      if ((!is_counted || is_of_device) && roll(3) == 0) all.push_back(event);
    }
    shuffle(all);
    return all;
  }

 private:
  std::string one_of(std::string_view prefix, size_t of) {
    return std::string(prefix) + "<" + std::to_string(roll(of)) + ">";
  }

  // Where it is not crowded, every moment is the first of its quarter of an hour, so that every
  // claim of a device counts.
  int64_t any_time() {
    const int64_t begin = 1'700'000'100'000 / kQuarterMs * kQuarterMs;
    const auto steps = static_cast<int64_t>(roll(roll(2) == 0 ? 20 : 4'000));
    return begin + steps * (is_crowded_ ? kQuarterMs / 7 : kQuarterMs);
  }

  Event any_event() {
    Event event;
    event.source = roll(2) == 0 ? "site" : "app";
    event.message_id = "m" + std::to_string(events_.size());
    event.at.ms = any_time();
    event.kind = static_cast<EventKind>(roll(6));
    if (event.kind == EventKind::screen) event.kind = EventKind::track;
    event.name = one_of("Did ", 3);
    if (roll(2) == 0) event.user_id = one_of("user", 3);
    if (roll(3) > 0) event.anonymous_id = roll(9) == 0 ? "undefined" : one_of("anon", 4);
    if (roll(6) == 0) event.external_ids.push_back({"crm", one_of("crm", 3)});
    if (roll(6) == 0) event.external_ids.push_back({"device_id", one_of("device", 2)});
    if (event.kind == EventKind::alias) event.previous_id = one_of("anon", 4);
    if (roll(5) == 0) event.traits["email"] = "Mail" + std::to_string(roll(3)) + "@example.test";
    add_what_is_said(event);
    return event;
  }

  void add_what_is_said(Event& event) {
    if (roll(3) == 0) event.traits[one_of("trait", 3)] = "said by " + event.message_id;
    if (roll(9) == 0) event.traits[one_of("trait", 3)] = nullptr;
    if (roll(4) == 0) event.traits_once[one_of("trait", 4)] = "first by " + event.message_id;
    if (roll(5) == 0) event.consent[one_of("purpose", 2)] = roll(2) == 0;
    event.is_bot = roll(9) == 0;
  }

  std::mt19937_64 dice_;
  bool is_crowded_;
  Rules rules_;
  std::vector<Event> events_;
};

void feed(People& people, const std::vector<Event>& events) {
  for (const Event& event : events) people.take(event);
}

std::set<std::string> described(const People& people) {
  std::set<std::string> all;
  for (const Identifier& lead : people.all()) all.insert(describe(*people.find(lead)));
  return all;
}

std::string line(const Step& step) {
  std::string text = step.id.to_string() + " " + std::to_string(step.at.ms) + " ";
  text += std::string(kWhat(step.what)) + " " + std::string(kRules(step.rule)) + " ";
  for (const Identifier* one : {&step.head, &step.other, &step.kept, &step.joined}) {
    text += one->type + ":" + one->value + " ";
  }
  return text + std::string(kEventKinds(step.why)) + " " + step.source + " " + step.message_id;
}

// All there is, as bytes: what is kept, shown and logged.
std::string everything(const People& people) {
  std::string text;
  for (const Identifier& lead : people.all()) {
    text += json::serialize(people.keep(lead)) + "\n" + describe(*people.find(lead)) + "\n";
    for (const Step& step : people.log(lead)) text += line(step) + "\n";
  }
  return text;
}

template <typename Check>
void for_each_seed(Check check) {
  const uint64_t only = from_environment("MILLRACE_SEED", 0);
  const uint64_t seeds = only != 0 ? 1 : from_environment("MILLRACE_SEEDS", 2'000);
  for (uint64_t i = 0; i < seeds && !testing::Test::HasFailure(); ++i) {
    const uint64_t seed = only != 0 ? only : i + 1;
    SCOPED_TRACE("MILLRACE_SEED=" + std::to_string(seed));
    World world(seed);
    check(world);
  }
}

TEST(PeopleProperties, AnyOrderGivesWhatABatchOverTheSortedLogGives) {
  for_each_seed([](World& world) {
    People one(world.rules());
    People other(world.rules());
    std::vector<Event> sorted = world.events();
    std::ranges::sort(sorted, {}, stamp_of);
    feed(one, sorted);
    feed(other, world.delivered());
    if (!world.is_crowded()) {
      ASSERT_EQ(described(other), Batch(world.events(), world.rules()).people());
    }
    ASSERT_EQ(everything(one), everything(other));
  });
}

TEST(PeopleProperties, SplittingUndoesWhatMergingDid) {
  for_each_seed([](World& world) {
    People people(world.rules());
    std::vector<Event> before = world.events();
    world.shuffle(before);
    std::vector<Event> after(before.begin() + static_cast<long>(before.size() / 2), before.end());
    before.resize(before.size() / 2);
    feed(people, before);
    std::vector<Step> steps;
    for (const Identifier& lead : people.all()) {
      for (const Step& step : people.log(lead)) {
        if (step.what != What::refused) steps.push_back(step);
      }
    }
    if (steps.empty()) return;
    const Step step = steps[world.roll(steps.size())];
    const auto before_it = Batch::sides_of(before, world.rules(), step);
    ASSERT_TRUE(people.split(step.head, step.id).has_value());
    if (!world.is_crowded()) {
      ASSERT_EQ(described(people), Batch(before, world.rules(), {before_it}).people());
    }
    feed(people, after);
    if (!world.is_crowded()) {
      ASSERT_EQ(described(people), Batch(world.events(), world.rules(), {before_it}).people());
    }
    const auto head = people.find(step.head);
    const auto other = people.find(step.other);
    ASSERT_NE(head->id, other->id) << line(step);
  });
}

// What a store would have that keeps the rows that are said to have changed, and no others.
class Store {
 public:
  void keep(const People& people, const Identifier& identifier) {
    rows_[identifier] = json::serialize(people.keep_one(identifier));
  }
  void take(People& people, const Event& event) {
    const Taken taken = people.take(event);
    if (taken.what == What::nobody) return;
    keep(people, taken.who);
    for (const Taken::Pair& pair : taken.pairs) keep(people, pair.other);
  }
  void split(People& people, const Step& step) {
    const auto touched = people.split(step.head, step.id);
    ASSERT_TRUE(touched.has_value());
    for (const Identifier& identifier : *touched) keep(people, identifier);
  }
  void forget(People& people, const Identifier& who) {
    const auto forgotten = people.forget(who);
    for (const Identifier& identifier : forgotten.identifiers) rows_.erase(identifier);
    for (const Identifier& identifier : forgotten.touched) keep(people, identifier);
  }
  std::vector<std::string> rows() const {
    std::vector<std::string> rows;
    for (const auto& [identifier, row] : rows_) rows.push_back(row);
    return rows;
  }

 private:
  std::map<Identifier, std::string> rows_;
};

TEST(PeopleProperties, WhatIsKeptIsReadBackInAnyOrder) {
  for_each_seed([](World& world) {
    People people(world.rules());
    Store store;
    const std::vector<Event> events = world.delivered();
    for (size_t i = 0; i < events.size(); ++i) {
      store.take(people, events[i]);
      if (i != events.size() / 2) continue;
      const auto leads = people.all();
      if (leads.empty()) continue;
      const auto steps = people.log(leads[world.roll(leads.size())]);
      if (!steps.empty() && steps.back().what != What::refused) store.split(people, steps.back());
      if (world.roll(2) == 0) store.forget(people, leads[world.roll(leads.size())]);
    }
    auto rows = store.rows();
    world.shuffle(rows);
    People again(world.rules());
    for (const std::string& row : rows) {
      const auto read = again.restore(json::parse_object(row).value());
      ASSERT_TRUE(read.has_value()) << read.error().message;
    }
    ASSERT_EQ(everything(again), everything(people));
  });
}

TEST(PeopleProperties, ForgettingLeavesNoIdentifierAnywhere) {
  for_each_seed([](World& world) {
    People people(world.rules());
    feed(people, world.delivered());
    const auto leads = people.all();
    if (leads.empty()) return;
    const Identifier who = leads[world.roll(leads.size())];
    const auto theirs = people.find(who)->identifiers;
    const auto forgotten = people.forget(who).identifiers;
    ASSERT_EQ(forgotten, theirs);
    Suppressed suppressed("key");
    for (const Identifier& one : forgotten) suppressed.add(one);
    std::string bytes = everything(people);
    for (const std::string& hash : suppressed.keep()) bytes += hash + "\n";
    bytes = base::to_ascii_lower(bytes);
    for (const Identifier& one : forgotten) {
      ASSERT_EQ(bytes.find(base::to_ascii_lower(one.value)), std::string::npos) << one.value;
      ASSERT_FALSE(people.find(one).has_value());
    }
    for (const Event& event : world.events()) {
      const auto named = promote(world.rules(), event).identifiers;
      if (named.empty() || std::ranges::find(forgotten, named[0]) == forgotten.end()) continue;
      ASSERT_EQ(bytes.find(" by " + event.message_id + "\""), std::string::npos);
    }
    // And nothing of it comes back.
    for (const Event& event : world.delivered()) {
      if (!suppressed.holds(world.rules(), event)) people.take(event);
    }
    for (const Identifier& one : forgotten) ASSERT_FALSE(people.find(one).has_value());
  });
}

}  // namespace
}  // namespace millrace::people
