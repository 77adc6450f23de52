#include "people/people.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace millrace::people {

namespace {

constexpr size_t kMessageIdBytesMax = 128;  // of those that the log shows

Claim claim_of(const Event& event, NodeId head, NodeId other, Word source) {
  return {.head = head,
          .other = other,
          .kind = event.kind,
          .source = source,
          .message_id = std::string_view(event.message_id).substr(0, kMessageIdBytesMax),
          .at = event.at.ms};
}

Rules bounded(Rules rules) {
  rules.identifiers_max = std::min<size_t>(rules.identifiers_max, 1'000);
  return rules;
}

}  // namespace

What what_happened(Verdict verdict, bool both_were_known) {
  switch (verdict) {
    case Verdict::known: return What::known;
    case Verdict::joined: return both_were_known ? What::merged : What::added;
    case Verdict::switched: return What::switched;
    case Verdict::refused: return What::refused;
  }
  return What::known;
}

People::People(Rules rules)
    : rules_(bounded(std::move(rules))), nodes_(rules_), components_(nodes_, rules_, words_) {}

std::optional<NodeId> People::node_of(const Identifier& identifier) const {
  const auto normal = normalise(rules_, identifier.type, identifier.value);
  if (!normal) return std::nullopt;
  return nodes_.find(*normal);
}

void People::note_under(NodeId node, Deed deed) {
  if (!deed.counts && !deed.said) return;
  Node& known = nodes_[node];
  if (nodes_.standing(node).is_shared) {
    if (!known.trail) known.trail = std::make_unique<Trail>();
    note(*known.trail, std::move(deed), words_);
  } else {
    if (!known.facts) known.facts = std::make_unique<Facts>();
    note(*known.facts, deed, words_);
  }
}

People::Named People::name(const Event& event, std::vector<Promoted::Left>& left_out) {
  Named named;
  Promoted promoted = promote(rules_, event);
  left_out = std::move(promoted.left_out);
  const Stamp stamp = stamp_of(event);
  const auto seen = [&](const Identifier& identifier) -> std::optional<Named::One> {
    const auto node = nodes_.find_or_make(identifier);
    if (!node) {
      left_out.push_back({identifier.type, Unfit::one_too_many});
      return std::nullopt;
    }
    Stamp& first_seen = nodes_[*node].first_seen;
    const bool was_known = first_seen != kNeverYet;
    first_seen = std::min(first_seen, stamp);
    return Named::One{*node, was_known};
  };
  for (const Identifier& identifier : promoted.identifiers) {
    if (const auto one = seen(identifier)) named.ids.push_back(*one);
  }
  if (event.kind != EventKind::alias || event.previous_id.empty() || named.ids.empty()) {
    return named;
  }
  // Whom a client calls by a former name is somebody without a user_id: an alias makes one person
  // of a known one and an unknown one.
  if (const auto previous = normalise(rules_, kAnonymousId, event.previous_id)) {
    named.previous = seen(*previous);
  } else {
    left_out.push_back({std::string(kAnonymousId), previous.error()});
  }
  return named;
}

std::set<NodeId> People::leads_of(const Named& named) const {
  std::set<NodeId> leads;
  for (const Named::One& one : named.ids) {
    if (one.was_known) leads.insert(lead_of(components_.person_of(one.node)));
  }
  if (named.previous && named.previous->was_known) {
    leads.insert(lead_of(components_.person_of(named.previous->node)));
  }
  return leads;
}

void People::link_all(const Event& event, const Named& named, Taken& taken) {
  const Named::One head = named.ids.front();
  const Word source = words_.learn(event.source);
  const auto link = [&](const Named::One& other, bool is_alias) {
    if (other.node == head.node) return;
    Claim claim = claim_of(event, head.node, other.node, source);
    claim.is_alias = is_alias;
    const Judgement judgement = components_.connect(claim);
    const What what = what_happened(judgement.verdict, head.was_known && other.was_known);
    taken.pairs.push_back({nodes_.identifier(other.node), what, judgement.rule});
    taken.what = std::max(taken.what, what);
    taken.is_found_anew |= judgement.is_found_anew;
  };
  for (size_t at = 1; at < named.ids.size(); ++at) link(named.ids[at], false);
  if (named.previous) link(*named.previous, true);
}

Taken People::take(const Event& event) {
  Taken taken;
  const Named named = name(event, taken.left_out);
  if (named.ids.empty()) return taken;
  const NodeId head = named.ids.front().node;
  taken.who = nodes_.identifier(head);
  taken.what = What::known;
  note_under(head, deed_of(event, words_));
  const std::set<NodeId> leads = leads_of(named);
  link_all(event, named, taken);
  if (leads.empty()) taken.what = What::created;
  for (const NodeId lead : taken.pairs.empty() ? std::set<NodeId>() : leads) {
    if (lead_of(components_.person_of(lead)) != lead) {
      taken.gone.push_back(nodes_.identifier(lead));
    }
  }
  return taken;
}

NodeId People::lead_of(const std::vector<Held>& held) const {
  const auto comes_before = [this](const Held& a, const Held& b) {
    return nodes_.comes_before(a.node, b.node);
  };
  return std::ranges::min_element(held, comes_before)->node;
}

Facts People::facts_of(const std::vector<Held>& held) const {
  Facts facts;
  for (const Held& one : held) {
    const Node& node = nodes_[one.node];
    if (node.facts) join(facts, *node.facts, words_);
    if (!node.trail) continue;
    const Trail& trail = *node.trail;
    if (trail.settled && one.holds(trail.settled_until.at)) join(facts, *trail.settled, words_);
    for (const Deed& deed : trail.deeds) {
      if (one.holds(deed.stamp.at)) note(facts, deed, words_);
    }
  }
  return facts;
}

std::optional<Person> People::find(const Identifier& identifier) const {
  const auto node = node_of(identifier);
  if (!node) return std::nullopt;
  const std::vector<Held> held = components_.person_of(*node);
  Person person = person_with(facts_of(held));
  Stamp first_seen = kNeverYet;
  person.identifiers = identifiers(held_now(held));
  for (const Held& one : held) {
    if (one.from == INT64_MIN) first_seen = std::min(first_seen, nodes_[one.node].first_seen);
  }
  const Identifier lead = nodes_.identifier(lead_of(held));
  person.id = base::Id::derived("person", lead.type + '\n' + lead.value);
  person.first_seen.ms = first_seen.at;
  return person;
}

// What a view of these facts shows: names in their order, no numbers of words.
Person People::person_with(Facts facts) const {
  Person person;
  std::map<std::string_view, const json::value*> traits;
  for (const Trait& trait : facts.once) traits[words_.text(trait.name)] = &trait.value;
  for (const Trait& trait : facts.traits) traits[words_.text(trait.name)] = &trait.value;
  for (const auto& [name, value] : traits) {
    if (!value->is_null()) person.traits[name] = *value;
  }
  for (const Trait& consent : facts.consents) {
    person.consents.emplace_back(words_.text(consent.name), consent.value == json::value(true));
  }
  for (Summary& summary : facts.summaries) {
    const std::string& name = words_.text(summary.name);
    summary.name = Words::kNone;  // a number that says nothing outside of here
    person.summaries.emplace_back(name, summary);
  }
  std::ranges::sort(person.consents);
  std::ranges::sort(person.summaries, {}, &std::pair<std::string, Summary>::first);
  return person;
}

// Each once, in the order in which they stand for a person.
std::vector<NodeId> People::held_now(const std::vector<Held>& held) const {
  std::vector<NodeId> now;
  for (const Held& one : held) {
    if (one.until == INT64_MAX) now.push_back(one.node);
  }
  nodes_.put_in_order(now);
  return now;
}

std::vector<Identifier> People::identifiers(const std::vector<NodeId>& nodes) const {
  std::vector<Identifier> out;
  for (const NodeId node : nodes) out.push_back(nodes_.identifier(node));
  return out;
}

std::vector<Identifier> People::leads_among(const std::vector<NodeId>& nodes) const {
  std::vector<NodeId> leads;
  for (const NodeId node : nodes) {
    if (lead_of(components_.person_of(node)) == node) leads.push_back(node);
  }
  nodes_.put_in_order(leads);
  return identifiers(leads);
}

std::vector<Identifier> People::all() const {
  return leads_among(nodes_.all());
}

std::vector<Identifier> People::linked_with(const Identifier& identifier) const {
  const auto node = node_of(identifier);
  return node ? leads_among(components_.linked_with(*node)) : std::vector<Identifier>();
}

}  // namespace millrace::people
