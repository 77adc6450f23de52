#include "people/facts.hpp"

#include <algorithm>
#include <utility>

namespace millrace::people {

namespace {

void write_all(std::vector<Trait>& rows, const std::vector<Trait>& written, Wins wins, size_t max,
               const Words& words) {
  for (const Trait& trait : written) write_trait(rows, trait, wins, max, words);
}

std::string_view name_counted(const Event& event) {
  switch (event.kind) {
    case EventKind::track: return event.name;
    case EventKind::page: return "$page";
    case EventKind::screen: return "$screen";
    case EventKind::identify:
    case EventKind::group:
    case EventKind::alias: return "";
  }
  return "";
}

bool is_counted(const Event& event) {
  const bool is_doing = event.kind == EventKind::track || event.kind == EventKind::page ||
                        event.kind == EventKind::screen;
  return is_doing && !event.is_bot;
}

Said said_in(const Event& event, Stamp stamp, Words& words) {
  Said said;
  if (event.kind != EventKind::group) said.traits = traits_in(event.traits, stamp, words);
  said.once = traits_in(event.traits_once, stamp, words);
  for (const auto& [purpose, agreed] : event.consent) {
    const Word word = words.learn(purpose);
    if (word != Words::kNone) said.consents.push_back({word, stamp, agreed});
  }
  return said;
}

}  // namespace

Deed deed_of(const Event& event, Words& words) {
  Deed deed;
  deed.stamp = stamp_of(event);
  deed.counts = is_counted(event);
  if (deed.counts) deed.name = words.learn(name_counted(event));
  Said said = said_in(event, deed.stamp, words);
  if (!said.traits.empty() || !said.once.empty() || !said.consents.empty()) {
    deed.said = std::make_unique<Said>(std::move(said));
  }
  return deed;
}

void note(Facts& facts, const Deed& deed, const Words& words) {
  if (deed.counts) count(facts.summaries, deed.name, deed.stamp.at, words);
  if (!deed.said) return;
  write_all(facts.traits, deed.said->traits, Wins::latest, kTraitsMax, words);
  write_all(facts.once, deed.said->once, Wins::earliest, kTraitsMax, words);
  write_all(facts.consents, deed.said->consents, Wins::latest, kPurposesMax, words);
}

void join(Facts& into, const Facts& other, const Words& words) {
  write_all(into.traits, other.traits, Wins::latest, kTraitsMax, words);
  write_all(into.once, other.once, Wins::earliest, kTraitsMax, words);
  write_all(into.consents, other.consents, Wins::latest, kPurposesMax, words);
  for (const Summary& counted : other.summaries) add(into.summaries, counted, words);
}

void note(Trail& trail, Deed deed, const Words& words) {
  const auto settle = [&](const Deed& old) {
    if (!trail.settled) trail.settled = std::make_unique<Facts>();
    note(*trail.settled, old, words);
    trail.settled_until = std::max(trail.settled_until, old.stamp);
  };
  const bool is_full = trail.deeds.size() >= Trail::kDeedsMax;
  if (is_full && deed.stamp < trail.deeds.front().stamp) return settle(deed);
  const auto place = std::ranges::lower_bound(trail.deeds, deed.stamp, {}, &Deed::stamp);
  if (place != trail.deeds.end() && place->stamp == deed.stamp) return;
  trail.deeds.insert(place, std::move(deed));
  if (!is_full) return;
  settle(trail.deeds.front());
  trail.deeds.erase(trail.deeds.begin());
}

size_t bytes_of(const Facts& facts) {
  size_t sum = sizeof(Facts) + facts.summaries.capacity() * sizeof(Summary);
  for (const auto* rows : {&facts.traits, &facts.once, &facts.consents}) {
    sum += rows->capacity() * sizeof(Trait);
    for (const Trait& trait : *rows) {
      if (const auto* text = trait.value.if_string()) sum += text->size();
    }
  }
  return sum;
}

size_t bytes_of(const Trail& trail) {
  size_t sum = sizeof(Trail) + trail.deeds.capacity() * sizeof(Deed);
  for (const Deed& deed : trail.deeds) {
    if (deed.said) sum += sizeof(Said) + deed.said->traits.capacity() * sizeof(Trait);
  }
  return sum + (trail.settled ? bytes_of(*trail.settled) : 0);
}

}  // namespace millrace::people
