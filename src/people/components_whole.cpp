// Components as wholes: who belongs together, what was kept of them, and taking out what is to be
// forgotten.
#include <algorithm>
#include <set>
#include <utility>

#include "people/components.hpp"

namespace millrace::people {

namespace {

bool touches(const Link& link, const std::vector<NodeId>& nodes) {
  return std::ranges::any_of(nodes,
                             [&](NodeId node) { return node == link.head || node == link.other; });
}

bool touches(const std::vector<NodeId>& side, const std::vector<NodeId>& nodes) {
  return std::ranges::find_first_of(side, nodes) != side.end();
}

}  // namespace

void Components::restore(Link link) {
  Claim claim{.head = link.head,
              .other = link.other,
              .is_alias = link.is_alias,
              .kind = link.kind,
              .source = link.source,
              .message_id = link.message_id,
              .at = link.at};
  connect(claim);
  for (const int64_t at : link.claims) {
    // What was said again says nothing of who said it first.
    claim.at = at;
    if (at > link.at) connect(claim);
  }
}

void Components::separate(Apart apart) {
  if (apart.a.empty() || apart.b.empty()) return;
  for (const NodeId node : apart.a) unite(apart.a.front(), node);
  for (const NodeId node : apart.b) unite(apart.a.front(), node);
  Component& component = unite(apart.a.front(), apart.b.front());
  std::ranges::sort(apart.a);
  std::ranges::sort(apart.b);
  const auto& known = component.aparts;
  if (std::ranges::find(known, apart) == known.end()) {
    component.aparts.push_back(std::move(apart));
  }
  find_anew(component, nullptr, 0);
}

void Components::remove(const std::vector<NodeId>& nodes) {
  std::set<uint32_t> concerned;
  for (const NodeId node : nodes) {
    if (nodes_[node].component != kNothing) concerned.insert(nodes_[node].component);
  }
  for (const uint32_t at : concerned) {
    Component taken = std::exchange(components_[at], Component());
    free_.push_back(at);
    for (const NodeId node : taken.nodes) {
      nodes_[node].component = kNothing;
      nodes_[node].slot = 0;
    }
    for (Link& link : taken.links) {
      if (touches(link, nodes)) continue;
      Component& component = unite(link.head, link.other);
      component.links.push_back(std::move(link));
    }
    for (Apart& apart : taken.aparts) {
      const auto is_gone = [&](NodeId node) {
        return std::ranges::find(nodes, node) != nodes.end();
      };
      std::erase_if(apart.a, is_gone);
      std::erase_if(apart.b, is_gone);
      separate(std::move(apart));
    }
    for (const NodeId node : taken.nodes) {
      const uint32_t now = nodes_[node].component;
      if (now != kNothing && components_[now].nodes.front() == node) {
        find_anew(components_[now], nullptr, 0);
      }
    }
  }
}

std::vector<Held> Components::person_of(NodeId node) const {
  const uint32_t at = nodes_[node].component;
  if (at == kNothing) return {{.node = node}};
  const Component& component = components_[at];
  if (component.partition) {
    return component.partition->of(component.partition->now(nodes_[node]).person);
  }
  std::vector<Held> all;
  for (const NodeId one : component.nodes) all.push_back({.node = one});
  return all;
}

std::vector<NodeId> Components::linked_with(NodeId node) const {
  const uint32_t at = nodes_[node].component;
  return at == kNothing ? std::vector<NodeId>{node} : components_[at].nodes;
}

void Components::replay(NodeId node, const Heard& heard) const {
  const uint32_t at = nodes_[node].component;
  if (at != kNothing) walk(components_[at], heard);
}

std::vector<const Link*> Components::links_of(const std::vector<NodeId>& nodes) const {
  std::vector<const Link*> found;
  if (nodes.empty() || nodes_[nodes.front()].component == kNothing) return found;
  for (const Link& link : components_[nodes_[nodes.front()].component].links) {
    if (touches(link, nodes)) found.push_back(&link);
  }
  return found;
}

std::vector<const Apart*> Components::aparts_of(const std::vector<NodeId>& nodes) const {
  std::vector<const Apart*> found;
  if (nodes.empty() || nodes_[nodes.front()].component == kNothing) return found;
  for (const Apart& apart : components_[nodes_[nodes.front()].component].aparts) {
    if (touches(apart.a, nodes) || touches(apart.b, nodes)) found.push_back(&apart);
  }
  return found;
}

size_t Components::bytes() const {
  size_t sum = components_.capacity() * sizeof(Component) + free_.capacity() * sizeof(uint32_t);
  for (const Component& component : components_) {
    sum += component.nodes.capacity() * sizeof(NodeId) + component.links.capacity() * sizeof(Link) +
           component.aparts.capacity() * sizeof(Apart);
    for (const Link& link : component.links) {
      sum += link.message_id.capacity() + link.claims.capacity() * sizeof(int64_t);
    }
    if (component.partition) {
      sum += sizeof(Partition) + component.nodes.size() * (sizeof(Partition::Holding) + 40);
    }
  }
  return sum;
}

}  // namespace millrace::people
