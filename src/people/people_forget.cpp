// Forgetting somebody: identifiers, what was done under them, what linked them, and what others are
// said to have of them.
#include <algorithm>
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
  Said said = *deed.said;
  scrub(said.traits, is_forgotten);
  scrub(said.once, is_forgotten);
  deed.said = std::make_shared<const Said>(std::move(said));
}

void scrub(Node& node, const IsForgotten& is_forgotten) {
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

// Somebody else may have said that this address is theirs. The link was refused, and the trait was
// noted with them: an address that is forgotten is forgotten there as well.
void People::scrub_neighbours(const std::vector<NodeId>& gone) {
  const auto is_forgotten = [&](const Trait& trait) {
    const std::string& name = words_.text(trait.name);
    const auto* text = trait.value.if_string();
    if (!text || (name != kEmail && name != kPhone)) return false;
    const auto named = normalise(rules_, name, *text);
    const auto node = named ? nodes_.find(*named) : std::nullopt;
    return node && std::ranges::find(gone, *node) != gone.end();
  };
  for (const Link* link : components_.links_of(gone)) {
    scrub(nodes_[link->head], is_forgotten);
    scrub(nodes_[link->other], is_forgotten);
  }
}

std::vector<Identifier> People::forget(const Identifier& identifier) {
  std::vector<Identifier> forgotten;
  const auto node = node_of(identifier);
  if (!node) return forgotten;
  const std::vector<Held> held = components_.person_of(*node);
  const std::vector<NodeId> gone = held_now(held);
  for (const Held& one : held) {
    if (one.until != INT64_MAX) remove_within(nodes_[one.node], one);
  }
  scrub_neighbours(gone);
  components_.remove(gone);
  for (const NodeId id : gone) {
    forgotten.push_back(nodes_.identifier(id));
    nodes_.remove(id);
  }
  return forgotten;
}

}  // namespace millrace::people
