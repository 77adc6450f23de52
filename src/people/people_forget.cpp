// Forgetting somebody: identifiers, what was done under them, what linked them, and what others are
// said to have of them.
#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "people/people.hpp"

namespace millrace::people {

namespace {

using IsForgotten = std::function<bool(const Trait&)>;

void scrub(std::vector<Trait>& rows, const IsForgotten& is_forgotten) {
  std::erase_if(rows, is_forgotten);
}

void scrub(Facts* facts, const IsForgotten& is_forgotten) {
  if (!facts) return;
  scrub(facts->traits, is_forgotten);
  scrub(facts->once, is_forgotten);
}

void scrub(Deed& deed, const IsForgotten& is_forgotten) {
  if (!deed.said) return;
  scrub(deed.said->traits, is_forgotten);
  scrub(deed.said->once, is_forgotten);
}

void scrub_node(Node& node, const IsForgotten& is_forgotten) {
  scrub(node.facts.get(), is_forgotten);
  if (!node.trail) return;
  scrub(node.trail->settled.get(), is_forgotten);
  for (Deed& deed : node.trail->deeds) scrub(deed, is_forgotten);
}

void remove_within(Node& node, const Held& held) {
  if (!node.trail) return;
  std::erase_if(node.trail->deeds, [&](const Deed& deed) { return held.holds(deed.stamp.at); });
  if (held.holds(node.trail->settled_until.at)) node.trail->settled.reset();
}

}  // namespace

// Whom links or splits connect with those who are to go, or who have a device that they had.
std::vector<NodeId> People::touched_by(const std::vector<NodeId>& gone,
                                       const std::vector<Held>& held) const {
  std::set<NodeId> touched;
  for (const Held& one : held) touched.insert(one.node);
  for (const Link* link : components_.links_of(gone)) touched.insert({link->head, link->other});
  for (const Apart* apart : components_.aparts_of(gone)) {
    touched.insert(apart->a.begin(), apart->a.end());
    touched.insert(apart->b.begin(), apart->b.end());
  }
  for (const NodeId node : gone) touched.erase(node);
  std::vector<NodeId> in_order(touched.begin(), touched.end());
  nodes_.put_in_order(in_order);
  return in_order;
}

// Somebody else may have said that this address is theirs. The link was refused, and the trait was
// noted with them: an address that is forgotten is forgotten there as well.
void People::scrub(const std::vector<NodeId>& nodes, const std::vector<NodeId>& gone) {
  const auto is_forgotten = [&](const Trait& trait) {
    const std::string& name = words_.text(trait.name);
    const auto* text = trait.value.if_string();
    if (!text || (name != kEmail && name != kPhone)) return false;
    const auto named = normalise(rules_, name, *text);
    const auto node = named ? nodes_.find(*named) : std::nullopt;
    return node && std::ranges::find(gone, *node) != gone.end();
  };
  for (const NodeId node : nodes) scrub_node(nodes_[node], is_forgotten);
}

People::Forgotten People::forget(const Identifier& identifier) {
  const auto node = node_of(identifier);
  if (!node) return {};
  const std::vector<Held> held = components_.person_of(*node);
  const std::vector<NodeId> gone = held_now(held);
  const std::vector<NodeId> touched = touched_by(gone, held);
  const Forgotten forgotten = {identifiers(gone), identifiers(touched)};
  for (const Held& one : held) {
    if (one.until != INT64_MAX) remove_within(nodes_[one.node], one);
  }
  scrub(touched, gone);
  components_.remove(gone);
  for (const NodeId id : gone) nodes_.remove(id);
  return forgotten;
}

}  // namespace millrace::people
