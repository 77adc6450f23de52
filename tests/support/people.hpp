// People the plain way: all events at once, sorted, with sets of texts, no links kept, nothing
// applied to what there was before. What room people finds bit by bit has to be equal to this.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "people/people.hpp"

namespace millrace::people {

namespace batch_detail {

inline bool is_user(const Identifier& identifier) {
  return identifier.type == kUserId;
}

inline bool share(const std::set<Identifier>& a, const std::set<Identifier>& b) {
  return std::ranges::any_of(a, [&](const Identifier& one) { return b.contains(one); });
}

inline std::vector<Identifier> named_by(const Rules& rules, const Event& event) {
  return promote(rules, event).identifiers;
}

inline json::object counted(const std::vector<int64_t>& times) {
  std::map<int32_t, int> by_day;
  const int64_t last = std::ranges::max(times);
  for (const int64_t at : times) ++by_day[day_of(at)];
  json::object days;
  for (const auto& [day, number] : by_day) {
    if (day > day_of(last) - kSummaryDays) days[std::to_string(day)] = number;
  }
  return {
      {"count", times.size()}, {"first", std::ranges::min(times)}, {"last", last}, {"days", days}};
}

}  // namespace batch_detail

class Batch {
 public:
  using Side = std::set<Identifier>;

  // Each event once. `aparts`: what was split.
  Batch(std::vector<Event> events, Rules rules, std::vector<std::pair<Side, Side>> aparts = {});

  // Whose identifiers were on either side just before a step that brought them together; of a
  // device that changed hands, the device alone.
  static std::pair<Side, Side> sides_of(std::vector<Event> events, Rules rules, const Step& step);

  // Each person as one text: identifiers, traits, consents and counts.
  std::set<std::string> people() const;

 private:
  struct Point {
    int64_t at = 0;
    Identifier head;
    Identifier other;
    bool is_alias = false;
  };
  struct Known {
    Side identifiers;  // that they have or had
    std::vector<const Event*> events;
  };

  std::vector<Point> points() const;
  bool comes_before(const Identifier& a, const Identifier& b) const;
  std::string objection(const Side& a, const Side& b, bool is_alias) const;
  bool are_apart(const Side& a, const Side& b) const;
  void apply(const Point& point);
  void apply_all(const Step* until);
  size_t owner(const Identifier& identifier, int64_t at) const;
  std::string describe(size_t person) const;

  std::vector<Event> events_;
  Rules rules_;
  std::vector<std::pair<Side, Side>> aparts_;
  std::vector<Known> people_;
  std::map<Identifier, std::vector<std::pair<int64_t, size_t>>> owners_;  // since when, and who
};

inline Batch::Batch(std::vector<Event> events, Rules rules,
                    std::vector<std::pair<Side, Side>> aparts)
    : events_(std::move(events)), rules_(std::move(rules)), aparts_(std::move(aparts)) {
  const auto make = [this](const Identifier& identifier) {
    if (owners_.contains(identifier)) return;
    owners_[identifier] = {{INT64_MIN, people_.size()}};
    people_.push_back({{identifier}, {}});
  };
  std::ranges::sort(events_, {}, stamp_of);
  for (const Event& event : events_) {
    for (const Identifier& identifier : batch_detail::named_by(rules_, event)) make(identifier);
  }
  for (const Point& point : points()) make(point.other);
  apply_all(nullptr);
  for (const Event& event : events_) {
    const auto named = batch_detail::named_by(rules_, event);
    if (named.empty()) continue;
    people_[owner(named.front(), event.at.ms)].events.push_back(&event);
  }
}

inline void Batch::apply_all(const Step* until) {
  for (auto& [identifier, owners] : owners_) owners.resize(1);
  for (const Point& point : points()) {
    const base::Timestamp at{.ms = point.at};
    if (until && step_id(point.head, point.other, point.is_alias, at) == until->id) return;
    apply(point);
  }
}

inline std::pair<Batch::Side, Batch::Side> Batch::sides_of(std::vector<Event> events, Rules rules,
                                                           const Step& step) {
  Batch batch({}, std::move(rules));
  Batch whole(events, batch.rules_);
  batch.events_ = whole.events_;
  for (const auto& [identifier, owners] : whole.owners_) {
    batch.owners_[identifier] = {{INT64_MIN, batch.people_.size()}};
    batch.people_.push_back({{identifier}, {}});
  }
  batch.apply_all(&step);
  const auto side_of = [&](const Identifier& identifier) {
    return batch.people_[batch.owners_[identifier].back().second].identifiers;
  };
  Side head = side_of(step.head);
  const Side other = step.what == What::switched ? Side{step.other} : side_of(step.other);
  std::erase_if(head, [&](const Identifier& one) { return other.contains(one); });
  return {head, other};
}

inline bool Batch::comes_before(const Identifier& a, const Identifier& b) const {
  const auto place = [this](const Identifier& one) {
    return std::tuple(standing_of(rules_, one.type).rank, one);
  };
  return place(a) < place(b);
}

inline std::vector<Batch::Point> Batch::points() const {
  std::vector<Point> points;
  for (const Event& event : events_) {
    const auto named = batch_detail::named_by(rules_, event);
    for (size_t i = 1; i < named.size(); ++i) {
      points.push_back({event.at.ms, named[0], named[i], false});
    }
    if (event.kind != EventKind::alias || named.empty()) continue;
    const auto previous = normalise(rules_, kAnonymousId, event.previous_id);
    if (previous && *previous != named[0]) {
      points.push_back({event.at.ms, named[0], *previous, true});
    }
  }
  std::ranges::sort(points, [this](const Point& a, const Point& b) {
    if (a.at != b.at) return a.at < b.at;
    if (a.head != b.head) return comes_before(a.head, b.head);
    if (a.other != b.other) return comes_before(a.other, b.other);
    return a.is_alias < b.is_alias;
  });
  return points;
}

inline bool Batch::are_apart(const Side& a, const Side& b) const {
  return std::ranges::any_of(aparts_, [&](const auto& apart) {
    return (batch_detail::share(apart.first, a) && batch_detail::share(apart.second, b)) ||
           (batch_detail::share(apart.first, b) && batch_detail::share(apart.second, a));
  });
}

// "" where one person may have all of these.
inline std::string Batch::objection(const Side& a, const Side& b, bool is_alias) const {
  if (are_apart(a, b)) return "split";
  if (std::ranges::any_of(a, batch_detail::is_user) &&
      std::ranges::any_of(b, batch_detail::is_user) && !is_alias) {
    return "identified";
  }
  Side both = a;
  both.insert(b.begin(), b.end());
  std::map<std::string, size_t> by_type;
  for (const Identifier& one : both) ++by_type[one.type];
  for (const auto& [type, number] : by_type) {
    if (number > standing_of(rules_, type).max) return "limit";
  }
  return both.size() > rules_.identifiers_max ? "too_many" : "";
}

inline void Batch::apply(const Point& point) {
  const size_t here = owners_[point.head].back().second;
  const size_t there = owners_[point.other].back().second;
  if (here == there) return;
  Side& a = people_[here].identifiers;
  Side& b = people_[there].identifiers;
  const std::string why = objection(a, b, point.is_alias);
  if (why.empty()) {
    a.insert(b.begin(), b.end());
    b.clear();
    for (auto& [identifier, owners] : owners_) {
      for (auto& [since, person] : owners) person = person == there ? here : person;
    }
    return;
  }
  const bool is_anothers = standing_of(rules_, point.other.type).is_shared &&
                           std::ranges::any_of(a, batch_detail::is_user) &&
                           std::ranges::any_of(b, batch_detail::is_user);
  if (!is_anothers) return;
  if (rules_.on_shared_device == OnSharedDevice::refuse) return;
  if (!objection(a, {point.other}, true).empty()) return;
  a.insert(point.other);
  owners_[point.other].emplace_back(point.at, here);
}

inline size_t Batch::owner(const Identifier& identifier, int64_t at) const {
  size_t person = 0;
  for (const auto& [since, who] : owners_.at(identifier)) {
    if (since <= at) person = who;
  }
  return person;
}

inline std::string Batch::describe(size_t person) const {
  std::map<std::string, json::value> traits;
  std::map<std::string, bool> consents;
  std::map<std::string, std::vector<int64_t>> times;
  for (const Event* event : people_[person].events) {
    for (const auto& [name, value] : event->traits_once) traits.emplace(name, value);
  }
  for (const Event* event : people_[person].events) {
    if (event->kind != EventKind::group) {
      for (const auto& [name, value] : event->traits) traits[name] = value;
    }
    for (const auto& [purpose, agreed] : event->consent) consents[purpose] = agreed;
    if (event->is_bot) continue;
    if (event->kind == EventKind::track) times[event->name].push_back(event->at.ms);
    if (event->kind == EventKind::page) times["$page"].push_back(event->at.ms);
  }
  std::vector<Identifier> now;
  for (const auto& [identifier, owners] : owners_) {
    if (owners.back().second == person) now.push_back(identifier);
  }
  std::ranges::sort(
      now, [this](const Identifier& a, const Identifier& b) { return comes_before(a, b); });
  json::object out;
  json::array identifiers;
  for (const Identifier& one : now) identifiers.push_back(json::array{one.type, one.value});
  out["is"] = std::move(identifiers);
  for (const auto& [name, value] : traits) {
    if (!value.is_null()) out["trait " + name] = value;
  }
  for (const auto& [purpose, agreed] : consents) out["consent " + purpose] = agreed;
  for (const auto& [name, at] : times) out["count " + name] = batch_detail::counted(at);
  return json::serialize(out);
}

inline std::set<std::string> Batch::people() const {
  std::set<std::string> all;
  for (size_t person = 0; person < people_.size(); ++person) {
    if (!people_[person].identifiers.empty()) all.insert(describe(person));
  }
  return all;
}

// The same of a person as room people knows them.
inline std::string describe(const Person& person) {
  json::object out;
  json::array identifiers;
  for (const Identifier& one : person.identifiers) {
    identifiers.push_back(json::array{one.type, one.value});
  }
  out["is"] = std::move(identifiers);
  for (const auto& [name, value] : person.traits) out["trait " + std::string(name)] = value;
  for (const auto& [purpose, agreed] : person.consents) out["consent " + purpose] = agreed;
  for (const auto& [name, summary] : person.summaries) {
    json::object days;
    for (int32_t day = day_of(summary.last) - kSummaryDays + 1; day <= day_of(summary.last);
         ++day) {
      if (summary.on(day) > 0) days[std::to_string(day)] = summary.on(day);
    }
    out["count " + name] = {
        {"count", summary.count}, {"first", summary.first}, {"last", summary.last}, {"days", days}};
  }
  return json::serialize(out);
}

}  // namespace millrace::people
