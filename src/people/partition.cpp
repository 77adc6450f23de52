#include "people/partition.hpp"

#include <algorithm>
#include <map>

namespace millrace::people {

namespace {

bool has(const std::vector<NodeId>& nodes, NodeId id) {
  return std::ranges::find(nodes, id) != nodes.end();
}

bool overlap(const std::vector<NodeId>& a, const std::vector<NodeId>& b) {
  return std::ranges::any_of(a, [&](NodeId id) { return has(b, id); });
}

bool are_apart(const std::vector<Apart>& aparts, const std::vector<NodeId>& a,
               const std::vector<NodeId>& b) {
  return std::ranges::any_of(aparts, [&](const Apart& apart) {
    return (overlap(apart.a, a) && overlap(apart.b, b)) ||
           (overlap(apart.a, b) && overlap(apart.b, a));
  });
}

bool is_identified(const Nodes& nodes, const std::vector<NodeId>& ids) {
  return std::ranges::any_of(ids, [&](NodeId id) { return nodes.is_user(id); });
}

// The rule that one person with all of these would break.
std::optional<Rule> excess(const Ground& ground, const std::vector<NodeId>& a,
                           const std::vector<NodeId>& b) {
  std::map<uint16_t, size_t> by_type;
  size_t all = 0;
  bool is_beyond = false;
  const auto count = [&](NodeId id) {
    ++all;
    is_beyond |= ++by_type[ground.nodes[id].type] > ground.nodes.standing(id).max;
  };
  std::ranges::for_each(a, count);
  for (const NodeId id : b) {
    if (!has(a, id)) count(id);
  }
  if (is_beyond) return Rule::limit;
  if (all > ground.rules.identifiers_max) return Rule::too_many;
  return std::nullopt;
}

}  // namespace

void Partition::add(NodeId node) {
  const auto person = static_cast<uint32_t>(members_.size());
  const auto holding = static_cast<uint32_t>(holdings_.size());
  holdings_.push_back({.node = node, .person = person});
  now_.push_back(holding);
  members_.push_back({holding});
  ++living_;
}

std::vector<Held> Partition::of(uint32_t person) const {
  std::vector<Held> all;
  for (const uint32_t index : members_[person]) {
    Held held{.node = holdings_[index].node, .from = holdings_[index].from};
    // Holdings stand in the order of their beginnings.
    for (size_t later = index + 1; later < holdings_.size(); ++later) {
      if (holdings_[later].node != held.node) continue;
      held.until = holdings_[later].from;
      break;
    }
    all.push_back(held);
  }
  return all;
}

std::vector<NodeId> Partition::nodes_of(uint32_t person) const {
  std::vector<NodeId> nodes;
  for (const uint32_t holding : members_[person]) {
    const NodeId node = holdings_[holding].node;
    if (!has(nodes, node)) nodes.push_back(node);
  }
  return nodes;
}

NodeId Partition::lead(const Nodes& nodes, uint32_t person) const {
  const auto ids = nodes_of(person);
  return *std::ranges::min_element(ids,
                                   [&](NodeId a, NodeId b) { return nodes.comes_before(a, b); });
}

std::optional<Rule> Partition::objection(const Ground& ground, const std::vector<NodeId>& a,
                                         const std::vector<NodeId>& b, bool is_alias) const {
  if (are_apart(ground.aparts, a, b)) return Rule::split;
  const bool both = is_identified(ground.nodes, a) && is_identified(ground.nodes, b);
  if (both && !is_alias) return Rule::identified;
  return excess(ground, a, b);
}

Judgement Partition::judge(const Ground& ground, const Link& link) const {
  const uint32_t here = now(ground.nodes[link.head]).person;
  const uint32_t there = now(ground.nodes[link.other]).person;
  if (here == there) return {Verdict::known, Rule::none};
  const auto a = nodes_of(here);
  const auto b = nodes_of(there);
  const auto rule = objection(ground, a, b, link.is_alias);
  if (!rule) return {Verdict::joined, Rule::none};
  const bool is_anothers = ground.nodes.standing(link.other).is_shared &&
                           is_identified(ground.nodes, a) && is_identified(ground.nodes, b);
  if (!is_anothers) return {Verdict::refused, *rule};
  if (ground.rules.on_shared_device == OnSharedDevice::refuse) {
    return {Verdict::refused, Rule::shared_device};
  }
  if (are_apart(ground.aparts, a, {link.other})) return {Verdict::refused, Rule::split};
  if (const auto beyond = excess(ground, a, {link.other})) return {Verdict::refused, *beyond};
  return {Verdict::switched, Rule::shared_device};
}

Judgement Partition::apply(const Ground& ground, const Link& link, int64_t at) {
  const Judgement judgement = judge(ground, link);
  const uint32_t here = now(ground.nodes[link.head]).person;
  const Node& other = ground.nodes[link.other];
  if (judgement.verdict == Verdict::joined) absorb(here, now(other).person);
  if (judgement.verdict == Verdict::switched) {
    const auto holding = static_cast<uint32_t>(holdings_.size());
    holdings_.push_back({link.other, at, here});
    members_[here].push_back(holding);
    now_[other.slot] = holding;
  }
  return judgement;
}

void Partition::absorb(uint32_t into, uint32_t other) {
  for (const uint32_t holding : members_[other]) {
    holdings_[holding].person = into;
    members_[into].push_back(holding);
  }
  members_[other] = {};
  --living_;
}

}  // namespace millrace::people
